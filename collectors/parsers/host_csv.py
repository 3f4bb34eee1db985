"""Two tables of hosts, as CSV: `host_info.csv`, what they are, and `host_usage.csv`, how they do each minute.

    id,hostname,cpu_number,cpu_architecture,cpu_model,cpu_mhz,l2_cache,total_mem,timestamp
    3,calc-01.cluster-a.example,8,x86_64,Intel(R) Xeon(R) Gold 6130,2100.0,1024,32779100,2022-02-22 10:20:24

    timestamp,host_id,memory_free,cpu_idle,cpu_kernel,disk_io,disk_available
    2022-03-14 00:00:02,3,24314,68,1,675,20480

The tables of Jarvis' `linux_sql`, exported with their headers (`\\copy ... csv header`). total_mem and
l2_cache are KiB, memory_free and disk_available MiB, cpu_idle and cpu_kernel percent, times local to the
facility (`YYYY-MM-DD HH:MM:SS`, a T is fine). Columns are found by their names in the header; of others
disk_size (MiB) is read, and those besides are left alone. A part without a header has them in the order
above. A sample names its host by the id in host_info.csv: one that is not known is rejected, as is a line
with a missing, negative or impossible number.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from collectors.parsers.lines import LONGEST_LINE, numbered_lines, shown
from collectors.parsers.local_clock import AHEAD_SECONDS, BadTime, LocalClock
from usermon.host_records import HostInfo, HostUsage, check_host_info, check_host_usage
from usermon.records import Parsed, Rejected

INFO_COLUMNS = (
    "id",
    "hostname",
    "cpu_number",
    "cpu_architecture",
    "cpu_model",
    "cpu_mhz",
    "l2_cache",
    "total_mem",
    "timestamp",
)
USAGE_COLUMNS = (
    "timestamp",
    "host_id",
    "memory_free",
    "cpu_idle",
    "cpu_kernel",
    "disk_io",
    "disk_available",
)
# Not one of Jarvis' tables: what users can fill, used and available together.
DISK_SIZE = "disk_size"
_LEAST_TOTAL_MEM = 1024  # KiB
_KIB = 1024
_MIB = 1024**2

# No part of these can match the same text in two ways, so that no line takes longer than its length.
_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,19}", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,19}(?:\.\d{0,19})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class InfoLine:
    """A host and the id by which host_usage.csv calls it."""

    host_id: int
    record: HostInfo


@dataclass(frozen=True, slots=True)
class UsageLine:
    host_id: int
    record: HostUsage


HostLine = InfoLine | UsageLine


@dataclass
class Tables:
    """What the lines before say about those that follow: hosts by id, the columns of the header, the clocks.

    One of these goes with all parts of a file, and through all files of one export.
    """

    hosts: dict[int, str] = field(default_factory=dict)
    columns: tuple[str, ...] | None = None
    clocks: dict[str, LocalClock] = field(default_factory=dict)


class _Bad(ValueError):
    """Why a line is none."""


def parse(
    text: str,
    *,
    timezone: ZoneInfo,
    now: float,
    hosts: Mapping[int, str] | None = None,
    first_line: int = 1,
    tables: Tables | None = None,
) -> Parsed[HostLine]:
    """Read either table, the whole file or (from `first_line` on) a part of it.

    `hosts` are names by id from another file; rows of host_info.csv add to them. Samples more than a day
    after `now` (epoch seconds) are rejected.
    """
    tables = Tables() if tables is None else tables
    tables.hosts.update(hosts or {})
    records: list[HostLine] = []
    rejected: list[Rejected] = []
    for number, line in numbered_lines(text, first_line):
        try:
            if (record := _line(line, number, tables, timezone, now + AHEAD_SECONDS)) is not None:
                records.append(record)
        except ValueError as reason:
            rejected.append(Rejected(number, shown(line), str(reason)))
    return Parsed(tuple(records), tuple(rejected))


def as_fields(line: HostLine, timezone: ZoneInfo) -> dict[str, object]:
    """The very fields of a line, in its units."""
    time = f"{datetime.fromtimestamp(line.record.time, UTC).astimezone(timezone):%Y-%m-%d %H:%M:%S}"
    if isinstance(line, InfoLine):
        info = line.record
        return {
            "id": line.host_id,
            "hostname": info.hostname,
            "cpu_number": info.cpu_number,
            "cpu_architecture": info.cpu_architecture,
            "cpu_model": info.cpu_model,
            "cpu_mhz": info.cpu_mhz,
            "l2_cache": None if info.l2_cache_bytes is None else info.l2_cache_bytes // _KIB,
            "total_mem": info.total_memory_bytes // _KIB,
            "timestamp": time,
        }
    usage = line.record
    available, size = usage.disk_available_bytes, usage.disk_size_bytes
    return {
        "timestamp": time,
        "host_id": line.host_id,
        "hostname": usage.hostname,
        "memory_free": usage.memory_free_bytes // _MIB,
        "cpu_idle": _plain(usage.cpu_idle),
        "cpu_kernel": _plain(usage.cpu_kernel),
        "disk_io": usage.disk_io,
        "disk_available": None if available is None else available // _MIB,
        **({} if size is None else {DISK_SIZE: size // _MIB}),
    }


def _plain(number: float) -> float | int:
    return int(number) if number.is_integer() else number


def _line(line: str, number: int, tables: Tables, timezone: ZoneInfo, latest: float) -> HostLine | None:
    line = line.rstrip("\r")
    if not line or line.isspace():
        return None
    if len(line) > LONGEST_LINE:
        raise _Bad(f"longer than {LONGEST_LINE} characters")
    values = _values(line)
    if header := _header(values):
        if number != 1:
            raise _Bad("a header that is not the first line")
        tables.columns = header
        return None
    columns = tables.columns or _columns_by_count(len(values))
    if len(values) != len(columns):
        raise _Bad(f"{len(values)} columns instead of {len(columns)}")
    fields = dict(zip(columns, values, strict=True))
    return (_info if "id" in fields else _usage)(fields, tables, timezone, latest)


def _values(line: str) -> list[str]:
    try:
        [values] = csv.reader([line], strict=True)
    except (csv.Error, ValueError):
        raise _Bad("not a line of CSV") from None
    return [value.strip() for value in values]


def _header(values: list[str]) -> tuple[str, ...] | None:
    names = tuple(value.lower() for value in values)
    for columns in (INFO_COLUMNS, USAGE_COLUMNS):
        if set(columns) <= set(names) and len(set(names)) == len(names):
            return names
    return None


def _columns_by_count(count: int) -> tuple[str, ...]:
    for columns in (INFO_COLUMNS, USAGE_COLUMNS):
        if len(columns) == count:
            return columns
    known = f"host_info.csv has {len(INFO_COLUMNS)} and host_usage.csv {len(USAGE_COLUMNS)}"
    raise _Bad(f"{count} columns, where {known}")


def _info(fields: dict[str, str], tables: Tables, timezone: ZoneInfo, latest: float) -> InfoLine:
    host_id, total_mem = _whole(fields, "id"), _whole(fields, "total_mem")
    if 0 <= total_mem < _LEAST_TOTAL_MEM:  # the record says it in bytes, which the table does not hold
        raise _Bad(f"total_mem is less than {_LEAST_TOTAL_MEM} KiB")
    info = HostInfo(
        hostname=fields["hostname"],
        time=_time(fields["timestamp"], LocalClock(timezone, latest)),
        cpu_number=_whole(fields, "cpu_number"),
        cpu_architecture=fields["cpu_architecture"],
        cpu_model=fields["cpu_model"],
        cpu_mhz=_number(fields, "cpu_mhz"),
        l2_cache_bytes=_whole(fields, "l2_cache") * _KIB,
        total_memory_bytes=total_mem * _KIB,
    )
    check_host_info(info)
    tables.hosts[host_id] = info.hostname
    return InfoLine(host_id, info)


def _usage(fields: dict[str, str], tables: Tables, timezone: ZoneInfo, latest: float) -> UsageLine:
    host_id = _whole(fields, "host_id")
    if host_id not in tables.hosts:
        raise _Bad(f"host_id {host_id} is not in host_info.csv")
    hostname = tables.hosts[host_id]
    memory_free, disk_io = _whole(fields, "memory_free"), _whole(fields, "disk_io")
    idle, kernel = _number(fields, "cpu_idle"), _number(fields, "cpu_kernel")
    available = _whole(fields, "disk_available")
    size = _whole(fields, DISK_SIZE) if fields.get(DISK_SIZE) else None
    usage = HostUsage(
        hostname=hostname,
        time=_time(fields["timestamp"], tables.clocks.setdefault(hostname, LocalClock(timezone, latest))),
        memory_free_bytes=memory_free * _MIB,
        cpu_idle=idle,
        cpu_kernel=kernel,
        disk_io=disk_io,
        disk_available_bytes=available * _MIB,
        disk_size_bytes=None if size is None else size * _MIB,
    )
    check_host_usage(usage)
    return UsageLine(host_id, usage)


def _time(text: str, clock: LocalClock) -> int:
    if not _TIME.fullmatch(text):
        raise _Bad(
            "the timestamp is missing" if not text else "the timestamp is not like 2022-03-14 00:00:02"
        )
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        raise BadTime("there is no such time") from None
    return clock.epoch(local)


def _whole(fields: dict[str, str], name: str) -> int:
    if not fields[name]:
        raise _Bad(f"{name} is missing")
    if not _WHOLE.fullmatch(fields[name]):
        raise _Bad(f"{name} is not a whole number")
    return int(fields[name])


def _number(fields: dict[str, str], name: str) -> float:
    if not fields[name]:
        raise _Bad(f"{name} is missing")
    if not _NUMBER.fullmatch(fields[name]):
        raise _Bad(f"{name} is not a number")
    return float(fields[name])
