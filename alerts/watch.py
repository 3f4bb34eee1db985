"""Asking rules again and again: those whose data stands as it stood are not asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alerts.survey import in_order, troubles_of
from alerts.trouble import RULE, Trouble
from usage_store.engine import StoreConnection
from usage_store.revisions import current_revisions
from usermon.alert_rules import (
    BackupRule,
    DashboardRule,
    GrowthRule,
    QuotaRule,
    ReferenceRule,
    Rule,
    VolumeRule,
)


@dataclass(frozen=True, slots=True)
class _Depends:
    """On a topic of the store, and, where things become wrong by themselves, on the clock."""

    topic: str
    every_seconds: int | None = None


# Kinds that are not here are asked each time: silence breaks out by itself, and they are small questions.
_DEPENDS: Mapping[type[Rule], _Depends] = {
    QuotaRule: _Depends("storage"),
    GrowthRule: _Depends("storage", every_seconds=3600),
    ReferenceRule: _Depends("storage"),
    VolumeRule: _Depends("storage", every_seconds=3600),
    DashboardRule: _Depends("dashboards"),
    BackupRule: _Depends("backups", every_seconds=300),
}


class Watch:
    """Remembers what each rule found, and from what."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[object, list[Trouble]]] = {}

    def troubles(self, connection: StoreConnection, rules: Sequence[Rule], now: float) -> list[Trouble]:
        revisions = current_revisions(connection)
        found: dict[str, tuple[object, list[Trouble]]] = {}
        for rule in rules:
            depends = _DEPENDS.get(type(rule))
            made_from = None
            if depends is not None:
                clock = None if depends.every_seconds is None else now // depends.every_seconds
                made_from = (rule, revisions.get(depends.topic, 0), clock)
            kept = self._found.get(rule.name)
            if made_from is not None and kept is not None and kept[0] == made_from:
                found[rule.name] = kept
            else:
                asked = troubles_of(connection, rule, now)
                has_failed = any(one.kind == RULE for one in asked)
                found[rule.name] = (None if has_failed else made_from, asked)
        self._found = found
        return in_order([trouble for _, troubles in found.values() for trouble in troubles])
