"""Users who hold much more than a while before."""

from collections.abc import Iterator

from alerts.trouble import WARNING, Trouble
from alerts.words import amount_held, path_of, period
from usage_store.engine import StoreConnection
from usage_store.watched_storage import grown
from usermon.alert_rules import GrowthRule


def growth_troubles(connection: StoreConnection, rule: GrowthRule, now: int) -> Iterator[Trouble]:
    for one in grown(connection, rule.over_bytes, rule.within_seconds, now):
        if rule.covers(one.user) and rule.covers_volume(one.volume):
            more = amount_held(one.used_bytes - one.before_bytes)
            yield Trouble(
                kind="growth",
                area="/storage",
                subject=one.user,
                part=one.volume,
                severity=rule.severity or WARNING,
                since=None,
                words=f"{one.user} grew by {more} within {period(rule.within_seconds)} on {one.volume},"
                f" to {amount_held(one.used_bytes)}",
                remedy="Ask the user whether that is meant to stay, and whether the volume has room.",
                link=path_of("users", one.user),
                rule=rule.name,
            )
