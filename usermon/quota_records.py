"""What one line of a quota report says, whichever tool wrote it. Amounts are bytes, whatever it counts in.

A report is not yet samples: a user may stand in it once for each fileset, pool or device. What of it becomes
StorageUsage, and how such lines are summed, is in collectors/quota_sums.py.
"""

from collections.abc import Collection
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class QuotaEntry:
    """One user's line. A limit of None is no limit, `files_used` of None is not counted by the report.

    Graces stand as the report writes them ("6 days", "6days", "expired"); None while none runs.
    """

    line: int  # in the report, from 1
    name: str
    bytes_used: int
    files_used: int | None
    soft_bytes: int | None = None
    hard_bytes: int | None = None
    soft_files: int | None = None
    hard_files: int | None = None
    block_grace: str | None = None
    files_grace: str | None = None
    # Where, as far as the report tells: a storage pool counts as fileset.
    filesystem: str | None = None
    fileset: str | None = None
    device: str | None = None
    # What only some tools tell.
    type: str | None = None
    id: int | None = None
    bytes_in_doubt: int | None = None
    over_block: bool | None = None
    over_files: bool | None = None
    block_status: str | None = None
    file_status: str | None = None


AMOUNTS = (
    "name",
    "bytes_used",
    "soft_bytes",
    "hard_bytes",
    "files_used",
    "soft_files",
    "hard_files",
    "block_grace",
    "files_grace",
)


def fields_of(
    entry: QuotaEntry, always: Collection[str] = (), when_known: Collection[str] = ()
) -> dict[str, object]:
    """The amounts by name, and of the other fields those that this kind of report tells."""
    shown = {*AMOUNTS, *always, *(name for name in when_known if getattr(entry, name) is not None)}
    return {field.name: getattr(entry, field.name) for field in fields(entry) if field.name in shown}
