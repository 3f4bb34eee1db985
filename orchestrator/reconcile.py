"""Two lists of names against each other: who is on both storages, who on one only."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reconciled:
    both: tuple[str, ...]
    cryo_only: tuple[str, ...]
    local_only: tuple[str, ...]


def reconcile(local: Sequence[str], cryo: Sequence[str]) -> Reconciled:
    """Names are compared whole. Each result keeps the order of the list it is read from; `both` cryo's."""
    in_local, in_cryo = frozenset(local), frozenset(cryo)
    return Reconciled(
        both=tuple(name for name in dict.fromkeys(cryo) if name in in_local),
        cryo_only=tuple(name for name in dict.fromkeys(cryo) if name not in in_local),
        local_only=tuple(name for name in dict.fromkeys(local) if name not in in_cryo),
    )
