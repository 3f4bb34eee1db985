"""Users over their quota, or close to it."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from alerts.trouble import SERIOUS, WARNING, Trouble
from alerts.words import amount_held, amount_of_files, path_of
from usage_store.engine import StoreConnection
from usage_store.watched_storage import HeldWithLimits, over_limits
from usermon.alert_rules import QuotaRule

_EXPIRED = "expired"
_REMEDY = "Ask the user to remove or archive data, or raise the limit."


class _Over(NamedTuple):
    severity: str
    words: str


def quota_troubles(connection: StoreConnection, rule: QuotaRule, _now: int) -> Iterator[Trouble]:
    for held in over_limits(connection, rule.over_soft, rule.over_percent):
        if not (rule.covers(held.user) and rule.covers_volume(held.volume)):
            continue
        found = over_what(held, rule)
        is_serious = any(one.severity == SERIOUS for one in found)
        yield Trouble(
            kind="quota",
            area="/storage",
            subject=held.user,
            part=held.volume,
            severity=rule.severity or (SERIOUS if is_serious else WARNING),
            since=None,
            words=f"{held.user} has {' and '.join(one.words for one in found)} on {held.volume}",
            remedy=_REMEDY,
            link=path_of("users", held.user),
            rule=rule.name,
        )


def over_what(held: HeldWithLimits, rule: QuotaRule) -> list[_Over]:
    """Of bytes and of files, what is over."""
    limits = held.limits
    bytes_ = _over(
        held.used_bytes, limits.soft_limit_bytes, limits.hard_limit_bytes, limits.bytes_grace, rule
    )
    files = _over(held.files, limits.soft_limit_files, limits.hard_limit_files, limits.files_grace, rule)
    return [
        _Over(level.severity, level.words.format(*(written(amount) for amount in level.amounts)))
        for level, written in ((bytes_, amount_held), (files, amount_of_files))
        if level is not None
    ]


class _Level(NamedTuple):
    severity: str
    words: str
    amounts: tuple[int, ...]


def _over(
    value: int, soft: int | None, hard: int | None, grace: str | None, rule: QuotaRule
) -> _Level | None:
    # Tools write "no limit" as 0.
    soft, hard = soft or None, hard or None
    last = hard or soft
    if last is None:
        return None
    if hard is not None and value >= hard:
        return _Level(SERIOUS, "{}, the hard limit of {} is reached", (value, hard))
    if rule.over_soft and soft is not None and value > soft:
        if grace == _EXPIRED:
            return _Level(SERIOUS, "{}, over the soft limit of {} for longer than allowed", (value, soft))
        left = f" ({_literal(grace)} left)" if grace else ""
        return _Level(WARNING, f"{{}}, over the soft limit of {{}}{left}", (value, soft))
    if rule.over_percent is not None and 100 * value >= last * rule.over_percent:
        name = "hard limit" if hard else "soft limit"
        return _Level(
            WARNING, f"{{}}, {math.floor(100 * value / last)} % of the {name} of {{}}", (value, last)
        )
    return None


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
