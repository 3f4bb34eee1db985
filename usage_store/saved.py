"""What saving records did."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Saved:
    """Records that were new or changed, records that the store held already or had thinned out, and the
    users whose data is another now."""

    taken: int
    known: int
    users: frozenset[str] = frozenset()
