"""What became of the open alerts since the last round. Pure: what was open, what is found, the moment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from alerts.trouble import RULE, Trouble
from usage_store.alerts import FINDING, Alert, Finding
from usermon.alert_rules import Rule

# A trouble that was not looked at for longer, since nobody ran, has not stood all that time.
_UNSEEN_SECONDS = 300
# How often an alert that goes on is noted as seen, so that a round in which nothing happens writes nothing.
SEEN_EVERY_SECONDS = 600


@dataclass(slots=True)
class Changes:
    """`begun` are new and began at once, `pending` are new and must stand for a while first; the others are
    numbers of alerts that are there already."""

    begun: list[Finding] = field(default_factory=list)
    pending: list[Finding] = field(default_factory=list)
    stood: list[int] = field(default_factory=list)
    found_anew: list[int] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)
    back: list[int] = field(default_factory=list)
    reworded: list[tuple[int, Finding]] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    never_began: list[int] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in self.__slots__)

    @property
    def are_shown(self) -> bool:
        """Whether a page shows anything of them."""
        return bool(self.begun or self.stood or self.reworded or self.back or self.gone or self.ended)


def compare(
    open_alerts: Iterable[Alert], troubles: Sequence[Trouble], rules: Iterable[Rule], now: int
) -> Changes:
    by_name = {rule.name: rule for rule in rules}
    standing = {alert.key: alert for alert in open_alerts}
    changes = Changes()
    found: set[tuple[str, str, str, str]] = set()
    for trouble in troubles:
        if trouble.key in found:
            continue
        found.add(trouble.key)
        alert, finding = standing.get(trouble.key), finding_of(trouble)
        if alert is None:
            waits = by_name[trouble.rule].for_seconds > 0
            (changes.pending if waits else changes.begun).append(finding)
        else:
            _still(changes, alert, finding, by_name[trouble.rule], now)
    # Of a rule that could not be asked nobody knows whether what it found is over.
    unknown = {trouble.rule for trouble in troubles if trouble.kind == RULE}
    for key, alert in standing.items():
        if key not in found and alert.rule not in unknown:
            _no_more(changes, alert, by_name, now)
    return changes


def finding_of(trouble: Trouble) -> Finding:
    return Finding(**{name: getattr(trouble, name) for name in FINDING})


def _still(changes: Changes, alert: Alert, finding: Finding, rule: Rule, now: int) -> None:
    if alert.began_at is None:
        if now - alert.seen_at > _UNSEEN_SECONDS:
            changes.found_anew.append(alert.id)
        elif now - alert.found_at >= rule.for_seconds:
            changes.stood.append(alert.id)
        else:
            changes.seen.append(alert.id)
    elif alert.gone_at is not None:
        changes.back.append(alert.id)
    elif now - alert.seen_at >= SEEN_EVERY_SECONDS:
        changes.seen.append(alert.id)
    if any(getattr(alert, name) != getattr(finding, name) for name in FINDING):
        changes.reworded.append((alert.id, finding))


def _no_more(changes: Changes, alert: Alert, rules: Mapping[str, Rule], now: int) -> None:
    if alert.began_at is None:
        changes.never_began.append(alert.id)
        return
    rule = rules.get(alert.rule)
    settle = 0 if rule is None else rule.settle_seconds
    if alert.gone_at is None:
        changes.gone.append(alert.id)
    if now - (alert.gone_at or now) >= settle:
        changes.ended.append(alert.id)
