"""Where sheets read from: the snapshots that pages are made from, and the store itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from overview.snapshots import Snapshots
from usage_store.engine import Store, StoreConnection
from usermon.alert_rules import DEFAULT_RULES, Rule

Content = TypeVar("Content")


@dataclass(frozen=True, slots=True)
class Source:
    """`now` in epoch seconds: what is silent or too old depends on it, and on `rules`. `capacities` are bytes
    by volume, of those that usermon.toml tells."""

    snapshots: Snapshots
    store: Store
    now: int
    capacities: Mapping[str, int] = field(default_factory=dict)
    rules: Sequence[Rule] = DEFAULT_RULES

    def read(self, ask: Callable[[StoreConnection], Content]) -> Content:
        with self.store.reading() as connection:
            return ask(connection)
