"""A folder tree without quotas, scanned on the spot: what each owner holds in it."""

import pwd
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from collectors.appended_file import Block
from collectors.collector import Collector
from collectors.printable import printable_file
from collectors.quota_sums import fault_of
from collectors.reading import Context, Pass, Reading, SourceUnreadable
from collectors.tree_walk import MOST_FAULTS, Fault, Stopped, Walked, walk
from usermon.errors import SettingsError, UsermonError
from usermon.records import Parsed, Rejected, StorageUsage
from usermon.site_file import Source

ENTRIES_A_SECOND = 5_000
_COUNTS = ("sizes", "blocks")


def read_new(source: Source, pass_: Pass) -> Iterator[Reading]:
    """One sample an owner; nothing of a scan that was stopped, since a part is no sample.

    Raises SourceUnreadable when the tree's own folder cannot be listed, SettingsError for a wrong key.
    """
    rate, counts = _rate(source), _counts(source)
    assert source.path is not None  # noqa: S101 - the catalogue has refused it
    try:
        walked = walk(
            source.path,
            entries_a_second=rate,
            counts_blocks=counts == "blocks",
            is_stopping=pass_.is_stopping,
        )
    except Stopped:
        return
    except OSError as error:
        raise SourceUnreadable(
            f"{source.name}: {printable_file(str(source.path))} cannot be listed: {error.strerror}",
            f"Check that it is there (is it mounted?) and who may read it, or correct the path of source "
            f"{source.name!r} in usermon.toml.",
        ) from error
    records, nobodys = _by_user(walked, source.name, datetime.fromtimestamp(int(pass_.now), UTC))
    faults = [*walked.faults, *nobodys]
    if walked.fault_count > MOST_FAULTS:
        faults.append(Fault("...", f"{walked.fault_count - MOST_FAULTS} more that cannot be read"))
    rejected = tuple(Rejected(n, fault.path[-200:], fault.reason) for n, fault in enumerate(faults, start=1))
    yield Reading(printable_file(str(source.path))[-255:], 0, tuple(records), rejected)


def _by_user(walked: Walked, volume: str, time: datetime) -> tuple[list[StorageUsage], list[Fault]]:
    records, nobodys = [], []
    for owner, holding in sorted(walked.by_owner.items()):
        try:
            name = pwd.getpwuid(owner).pw_name
        except KeyError:
            name = f"#{owner}"
        if fault := fault_of(name):
            held = f"{holding.used_bytes} bytes in {holding.files} files"
            nobodys.append(Fault(f"owner {printable_file(name)} ({held})", fault))
        else:
            records.append(StorageUsage(name, volume, time, holding.used_bytes, holding.files))
    return sorted(records, key=lambda record: record.user), nobodys


def _rate(source: Source) -> float:
    rate = source.options.get("entries_per_second", ENTRIES_A_SECOND)
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 1 <= rate <= 10_000_000:
        raise SettingsError(
            f"{source.name}.entries_per_second",
            f"source {source.name!r}: entries_per_second is {rate!r}",
            f"Write a number from 1, as {ENTRIES_A_SECOND}.",
        )
    return rate


def _counts(source: Source) -> str:
    counts = source.options.get("count", _COUNTS[0])
    if counts not in _COUNTS:
        raise SettingsError(
            f"{source.name}.count",
            f"source {source.name!r}: count is {counts!r}",
            'Write "sizes" or "blocks".',
        )
    return str(counts)


def _reads_no_files(
    _blocks: Iterable[Block], _context: Context
) -> Iterator[tuple[Block, Parsed[StorageUsage]]]:
    raise UsermonError(
        "tree_scan reads no files: it scans the folder that a source names",
        "`usermon-collect check --source NAME` scans it without saving, `once --source NAME` saves.",
    )


def _as_fields(usage: Any, _zone: ZoneInfo) -> dict[str, object]:
    return {"user": usage.user, "bytes_used": usage.used_bytes, "files_used": usage.files}


COLLECTOR = Collector(
    kind="storage",
    read_new=read_new,
    parse_blocks=_reads_no_files,
    as_fields=_as_fields,
    options=frozenset(("entries_per_second", "count")),
    needs_path=True,
    reads_files_here=True,
)
