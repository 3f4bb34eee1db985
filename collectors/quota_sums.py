"""From the lines of a quota report to one sample a user: what stands in several filesets is added up."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime

from collectors.grace_times import shortest
from collectors.parsers.lines import shown
from usermon.errors import InvalidUserName
from usermon.quota_records import QuotaEntry
from usermon.records import Rejected, StorageUsage
from usermon.user_names import check_user_name

_MOST = 2**63 - 1


def usages_of(entries: Sequence[QuotaEntry], volume: str, time: float) -> list[StorageUsage]:
    """One sample a user, by name. Entries of names that no account can have are left out: see `nobodys`."""
    by_user: dict[str, dict[object, QuotaEntry]] = {}
    for entry in entries:
        if fault_of(entry.name) is None:
            by_user.setdefault(entry.name, {})[_place(entry)] = entry
    moment = datetime.fromtimestamp(int(time), UTC)
    return [_usage(user, volume, moment, by_user[user].values()) for user in sorted(by_user)]


def nobodys(entries: Iterable[QuotaEntry]) -> list[Rejected]:
    """Entries that are nobody's, with the reason."""
    return [
        Rejected(entry.line, shown(entry.name), fault)
        for entry in entries
        if (fault := fault_of(entry.name)) is not None
    ]


def fault_of(name: str) -> str | None:
    """Why no account has this name; None when one can."""
    if name.removeprefix("#").isdigit():
        return "an id without a name: no account has it"
    try:
        check_user_name(name)
    except InvalidUserName as error:
        return f"not a user name: {error.reason}"
    return None


def of_places(
    entries: Sequence[QuotaEntry], filesystems: Collection[str], filesets: Collection[str]
) -> tuple[QuotaEntry, ...]:
    """Those on one of `filesystems` (or devices) and in one of `filesets`; an empty choice is any."""
    return tuple(
        entry
        for entry in entries
        if (not filesystems or (entry.filesystem or entry.device) in filesystems)
        and (not filesets or entry.fileset in filesets)
    )


def _place(entry: QuotaEntry) -> object:
    """A place that comes twice was reported twice, and the later line stands; no place is each line's own."""
    place = (entry.filesystem, entry.device)
    return (*place, entry.fileset) if any(place) else entry.line


def _usage(user: str, volume: str, time: datetime, entries: Collection[QuotaEntry]) -> StorageUsage:
    now = time.timestamp()
    return StorageUsage(
        user=user,
        volume=volume,
        time=time,
        used_bytes=_total(entry.bytes_used for entry in entries),
        files=_total(entry.files_used or 0 for entry in entries),
        soft_limit_bytes=_limit(entries, lambda entry: entry.soft_bytes, _holds_bytes),
        hard_limit_bytes=_limit(entries, lambda entry: entry.hard_bytes, _holds_bytes),
        soft_limit_files=_limit(entries, lambda entry: entry.soft_files, _holds_files),
        hard_limit_files=_limit(entries, lambda entry: entry.hard_files, _holds_files),
        bytes_grace=shortest([entry.block_grace for entry in entries if entry.block_grace], now),
        files_grace=shortest([entry.files_grace for entry in entries if entry.files_grace], now),
    )


def _limit(
    entries: Collection[QuotaEntry],
    limit_of: Callable[[QuotaEntry], int | None],
    holds: Callable[[QuotaEntry], bool],
) -> int | None:
    """The limits' sum; None where some of what is held has none, since then nothing bounds the whole."""
    limits = [limit_of(entry) for entry in entries if limit_of(entry) is not None or holds(entry)]
    known = [limit for limit in limits if limit is not None]
    return _total(known) if known and len(known) == len(limits) else None


def _holds_bytes(entry: QuotaEntry) -> bool:
    return entry.bytes_used > 0


def _holds_files(entry: QuotaEntry) -> bool:
    return bool(entry.files_used)


def _total(amounts: Iterable[int]) -> int:
    return min(sum(amounts), _MOST)
