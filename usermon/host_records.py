"""What a host is and how it does. Base units: bytes, MHz, percent, UTC epoch seconds."""

from dataclasses import dataclass

LONGEST_NAME = 255
LARGEST_NUMBER = 2**63 - 1
# Larger than any machine that exists, so that a wrong unit is noticed: what the store's columns hold.
LARGEST_BYTES = 2**51 - 1
LARGEST_DISK_BYTES = 2**62
MOST_CPUS = 1_000_000
MOST_OPERATIONS = 2**31 - 1
MOST_BYTES_A_SECOND = 2**41 - 1
MOST_PARTS = 1_000


@dataclass(frozen=True, slots=True)
class HostInfo:
    """A host's hardware as it was at `time`. What a machine does not tell is None."""

    hostname: str
    time: int
    cpu_number: int
    cpu_architecture: str
    cpu_model: str
    cpu_mhz: float | None
    l2_cache_bytes: int | None
    total_memory_bytes: int


@dataclass(frozen=True, slots=True)
class GpuUsage:
    """One GPU at one moment; `number` is that of `nvidia-smi`."""

    number: int
    name: str
    busy: float | None  # percent of the driver's last sampling period
    memory_used_bytes: int | None
    memory_total_bytes: int | None


@dataclass(frozen=True, slots=True)
class MountSpace:
    """What is available to users on one mounted file system; None: it did not answer in time. `size_bytes` is
    what users can fill, used and available together: what `df` takes its percentage of. None: not told."""

    mount: str
    available_bytes: int | None
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class HostUsage:
    """How a host does at `time`; percentages and rates are of the interval before it.

    `disk_io` is I/O operations: a second in the interval where Usermon measured it, in progress at the
    moment in tables of others. `disk_available_bytes` and `disk_size_bytes` are those of the first mount that
    was asked for, `mounts` holds all when there are several.
    """

    hostname: str
    time: int
    memory_free_bytes: int
    cpu_idle: float  # percent
    cpu_kernel: float  # percent
    disk_io: int
    disk_available_bytes: int | None
    load: float | None = None  # of one minute
    network_received: int | None = None  # bytes a second, all interfaces but loopback
    network_sent: int | None = None
    mounts: tuple[MountSpace, ...] = ()
    gpus: tuple[GpuUsage, ...] = ()
    disk_size_bytes: int | None = None


def check_host_info(info: HostInfo) -> None:
    """Raises ValueError for what no host is, saying what is wrong in words for a table."""
    check_host_name(info.hostname)
    _check_number("time", info.time, LARGEST_NUMBER)
    _check_number("cpu_number", info.cpu_number, MOST_CPUS, least=1)
    _check_text("cpu_architecture", info.cpu_architecture)
    _check_text("cpu_model", info.cpu_model)
    if info.cpu_mhz is not None:
        _check_number("cpu_mhz", info.cpu_mhz, 1_000_000)
    if info.l2_cache_bytes is not None:
        _check_number("l2_cache", info.l2_cache_bytes, LARGEST_BYTES)
    _check_number("total_mem", info.total_memory_bytes, LARGEST_BYTES, least=1024**2)


def check_host_usage(usage: HostUsage) -> None:
    """Raises ValueError for what no host does, saying what is wrong in words for a table."""
    check_host_name(usage.hostname)
    _check_number("time", usage.time, LARGEST_NUMBER)
    _check_number("memory_free", usage.memory_free_bytes, LARGEST_BYTES)
    _check_number("cpu_idle", usage.cpu_idle, 100)
    _check_number("cpu_kernel", usage.cpu_kernel, 100)
    _check_number("disk_io", usage.disk_io, MOST_OPERATIONS)
    _check_optional("disk_available", usage.disk_available_bytes, LARGEST_DISK_BYTES)
    _check_optional("disk_size", usage.disk_size_bytes, LARGEST_DISK_BYTES)
    _check_optional("load", usage.load, 1_000_000)
    _check_optional("network_received", usage.network_received, MOST_BYTES_A_SECOND)
    _check_optional("network_sent", usage.network_sent, MOST_BYTES_A_SECOND)
    if len(usage.mounts) > MOST_PARTS or len(usage.gpus) > MOST_PARTS:
        raise ValueError(f"more than {MOST_PARTS} mounts or GPUs")
    for space in usage.mounts:
        _check_text("mount", space.mount)
        _check_optional("disk_available", space.available_bytes, LARGEST_DISK_BYTES)
        _check_optional("disk_size", space.size_bytes, LARGEST_DISK_BYTES)
    for gpu in usage.gpus:
        _check_number("gpu", gpu.number, MOST_PARTS)
        _check_text("gpu name", gpu.name)
        _check_optional("gpu busy", gpu.busy, 100)
        _check_optional("gpu memory used", gpu.memory_used_bytes, LARGEST_BYTES)
        _check_optional("gpu memory", gpu.memory_total_bytes, LARGEST_BYTES)


def check_host_name(name: str) -> None:
    """Raises ValueError for a name that is empty, too long, or holds blanks or unprintable characters."""
    _check_text("hostname", name)
    if name.startswith("-") or any(character.isspace() or character == "/" for character in name):
        raise ValueError("hostname is no host's name")


def _check_text(what: str, text: str) -> None:
    if not text:
        raise ValueError(f"{what} is empty")
    if len(text) > LONGEST_NAME:
        raise ValueError(f"{what} is longer than {LONGEST_NAME} characters")
    if not text.isprintable():
        raise ValueError(f"{what} holds unprintable characters")


def _check_optional(what: str, number: float | None, most: float) -> None:
    if number is not None:
        _check_number(what, number, most)


def _check_number(what: str, number: float, most: float, least: float = 0) -> None:
    if number != number:
        raise ValueError(f"{what} is not a number")
    if number < 0:
        raise ValueError(f"{what} is negative")
    if number < least:
        raise ValueError(f"{what} is less than {least}")
    if number > most:
        raise ValueError(f"{what} is more than {_in_words(most)}")


def _in_words(most: float) -> str:
    return "100 percent" if most == 100 else "any host has"
