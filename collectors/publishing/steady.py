"""Medians that stay as they are while they are about right: each change rewrites everybody's file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from usage_store.engine import StoreConnection
from usage_store.medians import Median

_ASKED_EVERY_SECONDS = 3600.0
_ABOUT = 0.1

Medians = Mapping[str, Median]


@dataclass
class SteadyMedians:
    """What `ask` says, asked anew once an hour, and taken over when an amount moved by a tenth."""

    ask: Callable[[StoreConnection], Medians]
    _stands: Medians = field(default_factory=dict)
    _asked_at: float | None = None

    def get(self, connection: StoreConnection, now: float) -> Medians:
        if self._asked_at is None or not self._stands or now - self._asked_at >= _ASKED_EVERY_SECONDS:
            fresh = self.ask(connection)
            self._asked_at = now
            if not _are_about(self._stands, fresh):
                self._stands = fresh
        return self._stands


def _are_about(stands: Medians, fresh: Medians) -> bool:
    return stands.keys() == fresh.keys() and all(
        abs(before - after) <= _ABOUT * before
        for name in fresh
        for before, after in zip(stands[name].amounts, fresh[name].amounts, strict=True)
    )
