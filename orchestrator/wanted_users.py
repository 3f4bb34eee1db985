"""Whom the lists want to have a dashboard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from orchestrator.reconcile import Reconciled, reconcile
from orchestrator.user_list import read_user_list
from usermon.records import Parsed

_LONGEST_LISTS = 64  # of the store's column


class Select(StrEnum):
    """Which of two lists count."""

    BOTH = "both"  # who is in both
    LOCAL = "local"  # the local list
    CRYO = "cryo"  # the cryo list
    ANY = "any"  # who is in one at least


@dataclass(frozen=True, slots=True)
class RejectedName:
    file: str
    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class WantedUsers:
    """`lists_of` holds each user with the names of the lists they stand in ("local+cryo")."""

    lists_of: Mapping[str, str]
    rejected: tuple[RejectedName, ...]


@dataclass(frozen=True, slots=True)
class ListFiles:
    """Where the names come from: plain lists, or a local and a cryo list to select from."""

    plain: tuple[Path, ...] = ()
    local: Path | None = None
    cryo: Path | None = None
    select: Select = Select.BOTH

    @property
    def paths(self) -> tuple[Path, ...]:
        return tuple(path for path in (*self.plain, self.local, self.cryo) if path is not None)


def read_wanted_users(files: ListFiles) -> WantedUsers:
    """Raises WrongUse when a file cannot be read."""
    if files.local is not None and files.cryo is not None:
        return _select(files.local, files.cryo, files.select)
    lists_of: dict[str, list[str]] = {}
    rejected: list[RejectedName] = []
    for path in files.plain:
        parsed = read_user_list(path)
        rejected += _rejected(path, parsed)
        for name in parsed.records:
            lists_of.setdefault(name, []).append(path.stem)
    return WantedUsers(
        {name: "+".join(lists)[:_LONGEST_LISTS] for name, lists in lists_of.items()}, tuple(rejected)
    )


def read_reconciled(local_file: Path, cryo_file: Path) -> tuple[Reconciled, tuple[RejectedName, ...]]:
    """Raises WrongUse when a file cannot be read."""
    local, cryo = read_user_list(local_file), read_user_list(cryo_file)
    rejected = (*_rejected(local_file, local), *_rejected(cryo_file, cryo))
    return reconcile(local.records, cryo.records), rejected


def _select(local_file: Path, cryo_file: Path, select: Select) -> WantedUsers:
    found, rejected = read_reconciled(local_file, cryo_file)
    lists = {
        **dict.fromkeys(found.both, "local+cryo"),
        **dict.fromkeys(found.local_only, "local"),
        **dict.fromkeys(found.cryo_only, "cryo"),
    }
    local, cryo = read_user_list(local_file).records, read_user_list(cryo_file).records
    names: Sequence[str] = {
        Select.BOTH: found.both,
        Select.LOCAL: local,
        Select.CRYO: cryo,
        Select.ANY: (*local, *found.cryo_only),
    }[select]
    return WantedUsers({name: lists[name] for name in names}, rejected)


def _rejected(path: Path, parsed: Parsed[str]) -> tuple[RejectedName, ...]:
    return tuple(RejectedName(str(path), r.line, r.text, r.reason) for r in parsed.rejected)
