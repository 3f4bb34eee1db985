"""Volumes that are nearly full, or soon will be."""

from collections.abc import Iterator

from alerts.trouble import SERIOUS, WARNING, Trouble
from alerts.words import full_in, size
from usage_store.engine import StoreConnection
from usage_store.storage_days import volume_days
from usage_store.volume_fullness import SERIOUSLY_FULL_PERCENT, Fullness, fullness_of
from usermon.alert_rules import VolumeRule

_DAY = 86_400


def volume_troubles(connection: StoreConnection, rule: VolumeRule, now: int) -> Iterator[Trouble]:
    capacities = {volume: size for volume, size in rule.capacities.items() if rule.covers(volume)}
    if not capacities:
        return
    for one in fullness_of(volume_days(connection), capacities, now):
        soon = is_soon_full(one, rule)
        if not (soon or is_over(one, rule)):
            continue
        share = 100 * one.used_bytes / one.capacity_bytes
        words = f"{one.volume} is {one.percent} % full: users hold {size(one.used_bytes)} of"
        words += f" {size(one.capacity_bytes)}"
        if one.outlook.days and soon:
            words += f"; {full_in(one.outlook.days)} at the present growth"
        yield Trouble(
            kind="volume",
            area="/storage",
            subject=one.volume,
            severity=rule.severity or (SERIOUS if share >= SERIOUSLY_FULL_PERCENT else WARNING),
            since=None,
            words=words,
            remedy="Make room: the storage page says who grew most. If the volume has grown, tell its new"
            " capacity in usermon.toml.",
            link="/storage",
            rule=rule.name,
        )


def is_over(one: Fullness, rule: VolumeRule) -> bool:
    return rule.over_percent is not None and 100 * one.used_bytes >= rule.over_percent * one.capacity_bytes


def is_soon_full(one: Fullness, rule: VolumeRule) -> bool:
    days, within = one.outlook.days, rule.full_within_seconds
    return days is not None and within is not None and days * _DAY <= within
