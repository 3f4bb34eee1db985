"""Hosts: this machine or one over ssh, minute by minute; or tables of hosts that others measured."""

import logging
import os
import shutil
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from collectors import host_tables
from collectors.collector import Collector
from collectors.command import CommandFailed, output_here
from collectors.host_counters import read_counters
from collectors.host_hardware import read_host_info
from collectors.host_rates import Counters, rates_between
from collectors.impatient import Impatient
from collectors.parsers import host_csv, nvidia_smi
from collectors.parsers.host_csv import HostLine
from collectors.parsers.proc_files import SCRIPT, NotAKernel, counters, files_of, host_info, mount_space
from collectors.reach import text_of
from collectors.reading import Context, Pass, Reading, SourceUnreadable
from usermon.errors import SettingsError
from usermon.host_records import (
    LONGEST_NAME,
    GpuUsage,
    HostInfo,
    HostUsage,
    MountSpace,
    check_host_info,
    check_host_name,
    check_host_usage,
)
from usermon.records import Rejected
from usermon.site_file import Source

# Keys of its own in usermon.toml.
MOUNTS, HOSTNAME = "mounts", "hostname"

# How long a mount or the driver of the GPUs may take; the rest of the sample does not wait longer.
ANSWER_SECONDS = 5
# Of a machine that is looked at for the first time, the first sample is of so short an interval.
FIRST_INTERVAL_SECONDS = 1.0
# The hardware is told again after so long, should a hub have lost it.
INFO_EVERY_SECONDS = 86_400
# A driver that refuses is asked again after so long.
GPU_AGAIN_SECONDS = 600
MOST_MOUNTS = 100

_log = logging.getLogger(__name__)


@dataclass
class Host:
    """This machine as one source watches it, from pass to pass."""

    before: Counters | None = None
    info: HostInfo | None = None
    impatient: Impatient = field(default_factory=lambda: Impatient(ANSWER_SECONDS))
    gpus_from: float = 0.0


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a machine, and the one before. `silent` are mounts that said nothing, with the reason."""

    info: HostInfo
    before: Counters
    now: Counters
    spaces: Sequence[MountSpace]
    silent: Mapping[str, str]
    gpus: tuple[GpuUsage, ...] = ()


# A source keeps its counters as long as the program runs.
_HOSTS: dict[str, Host] = {}


def read_new(source: Source, pass_: Pass) -> Iterator[Reading]:
    """Raises SourceUnreadable, SettingsError for a wrong key."""
    if source.path is not None:
        yield from host_tables.read_tables(source, pass_)
        return
    host = _HOSTS.setdefault(source.name, Host())
    name, mounts = _hostname(source), _mounts(source)
    try:
        look = (
            _look_there(host, source, name, mounts, pass_)
            if source.ssh
            else _look_here(host, source, name, mounts, pass_)
        )
    except NotAKernel as error:
        raise SourceUnreadable(
            f"{source.name}: the kernel tells nothing of the machine: {error}",
            "Is it Linux, is /proc mounted, and may the collectors' account read it?",
        ) from error
    rejected = (Rejected(n, mount, reason) for n, (mount, reason) in enumerate(look.silent.items(), start=1))
    yield Reading("the machine", 0, tuple(_records_of_look(host, look)), tuple(rejected))


def _look_here(host: Host, source: Source, name: str | None, mounts: Sequence[str], pass_: Pass) -> Look:
    # Not the full name: looking that up may ask a name server, and wait for it.
    info = read_host_info(name or socket.gethostname(), int(pass_.now))
    before = host.before or _first(read_counters(time.monotonic()))
    silent: dict[str, str] = {}
    spaces = [_space(host, mount, silent) for mount in mounts]
    return Look(info, before, read_counters(time.monotonic()), spaces, silent, _gpus(host, source))


def _look_there(host: Host, source: Source, name: str | None, mounts: Sequence[str], pass_: Pass) -> Look:
    """A machine where nothing may be installed, over ssh."""
    argv = source.command or ("sh", "-c", SCRIPT, "sh", *mounts)
    files = files_of(text_of(source, argv))
    before = host.before or _first(counters(files))
    if host.before is None:
        files = files_of(text_of(source, argv))
    there = files.get("hostname", "").strip()
    info = host_info(files, name or there, int(pass_.now))
    spaces = [mount_space(files, mount) for mount in mounts]
    silent = {space.mount: "df says nothing of it" for space in spaces if space.available_bytes is None}
    return Look(info, before, counters(files), spaces, silent)


def _first(look: Counters) -> Counters:
    """Of a machine that nobody watched: what it does in a moment stands for the first interval."""
    time.sleep(FIRST_INTERVAL_SECONDS)
    return look


def _records_of_look(host: Host, look: Look) -> list[HostInfo | HostUsage]:
    """How it does; what it is too, when that is new or a day old. Raises SourceUnreadable."""
    rates = rates_between(look.before, look.now)
    host.before = look.now
    usage = HostUsage(
        hostname=look.info.hostname,
        time=look.info.time,
        memory_free_bytes=look.now.memory_available,
        cpu_idle=rates.cpu_idle,
        cpu_kernel=rates.cpu_kernel,
        disk_io=rates.disk_io,
        disk_available_bytes=look.spaces[0].available_bytes,
        load=look.now.load,
        network_received=rates.network_received,
        network_sent=rates.network_sent,
        mounts=tuple(look.spaces) if len(look.spaces) > 1 else (),
        gpus=look.gpus,
        disk_size_bytes=look.spaces[0].size_bytes,
    )
    try:
        check_host_info(look.info)
        check_host_usage(usage)
    except ValueError as error:
        raise SourceUnreadable(
            f"{look.info.hostname}: what the kernel tells cannot be: {error}",
            f"Look at /proc there; a name is set by {HOSTNAME} in usermon.toml.",
        ) from error
    if host.info is not None and _is_told(look.info, host.info):
        return [usage]
    host.info = look.info
    return [look.info, usage]


def _is_told(info: HostInfo, told: HostInfo) -> bool:
    return replace(info, time=told.time) == told and info.time - told.time < INFO_EVERY_SECONDS


def _space(host: Host, mount: str, silent: dict[str, str]) -> MountSpace:
    """What users may still write there, and all that they can fill; None, and in `silent`, when it does not
    say it in time."""

    def ask() -> MountSpace:
        status = os.statvfs(mount)
        # Without the blocks that are kept for root: no user fills them.
        size = (status.f_blocks - status.f_bfree + status.f_bavail) * status.f_frsize
        return MountSpace(mount, status.f_bavail * status.f_frsize, size if size > 0 else None)

    try:
        space = host.impatient.ask(f"the mount {mount}", ask)
    except OSError as error:
        silent[mount] = f"the mount cannot be asked: {error.strerror}"
        return MountSpace(mount, None)
    if space is None:
        silent[mount] = f"the mount does not answer within {ANSWER_SECONDS} s"
        return MountSpace(mount, None)
    return space


def _gpus(host: Host, source: Source) -> tuple[GpuUsage, ...]:
    if time.monotonic() < host.gpus_from or shutil.which(nvidia_smi.COMMAND[0]) is None:
        return ()
    limited = replace(source, timeout_seconds=ANSWER_SECONDS)
    try:
        output = host.impatient.ask("nvidia-smi", lambda: output_here(limited, nvidia_smi.COMMAND))
    except CommandFailed as error:
        host.gpus_from = time.monotonic() + GPU_AGAIN_SECONDS
        _log.warning("%s", error.message)
        return ()
    if output is None:
        host.gpus_from = time.monotonic() + GPU_AGAIN_SECONDS
        return ()
    parsed = nvidia_smi.parse(output.text)
    if parsed.rejected or output.exit_code != 0:
        host.gpus_from = time.monotonic() + GPU_AGAIN_SECONDS
        said = parsed.rejected[0].text if parsed.rejected else output.complaints.strip()[:120]
        _log.warning("nvidia-smi ended with %d: %s", output.exit_code, said)
    return parsed.records


def _hostname(source: Source) -> str | None:
    """None: as the machine calls itself."""
    name = source.options.get(HOSTNAME)
    if name is None:
        return None
    try:
        if not isinstance(name, str):
            raise ValueError(f"{HOSTNAME} is {name!r}")
        check_host_name(name)
    except ValueError as error:
        raise SettingsError(
            f"{source.name}.{HOSTNAME}", f"source {source.name!r}: {error}", f'Write {HOSTNAME} = "calc-01".'
        ) from error
    return name


def _mounts(source: Source) -> list[str]:
    """Absolute paths; the first is the one that stands in tables of one column."""
    mounts = source.options.get(MOUNTS, ["/"])
    if isinstance(mounts, list) and 0 < len(mounts) <= MOST_MOUNTS and all(map(_is_mount, mounts)):
        return list(dict.fromkeys(mounts))
    raise SettingsError(
        f"{source.name}.{MOUNTS}",
        f"source {source.name!r}: {MOUNTS} is {mounts!r}",
        f'Write {MOUNTS} = ["/", "/scratch"].',
    )


def _is_mount(mount: object) -> bool:
    return (
        isinstance(mount, str)
        and mount.startswith("/")
        and mount.isprintable()
        and len(mount) <= LONGEST_NAME
    )


def _records_of(lines: Sequence[HostLine], _context: Context) -> list[HostInfo | HostUsage]:
    return [line.record for line in lines]


COLLECTOR = Collector(
    kind="hosts",
    read_new=read_new,
    parse_blocks=host_tables.parse_blocks,
    as_fields=host_csv.as_fields,
    to_records=_records_of,
    file_names=host_tables.file_names,
    options=frozenset({MOUNTS, HOSTNAME}),
)
