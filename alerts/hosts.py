"""Hosts that send no samples any more."""

from collections.abc import Iterator

from alerts.trouble import SERIOUS, Trouble
from alerts.words import path_of, period
from usage_store.engine import StoreConnection
from usage_store.host_status import LIMITS, in_words
from usage_store.watched_machines import silent_hosts
from usermon.alert_rules import HostRule


def host_troubles(connection: StoreConnection, rule: HostRule, now: int) -> Iterator[Trouble]:
    for host, newest, interval in silent_hosts(
        connection, now - rule.until_seconds, now - rule.after_seconds
    ):
        # One that gives a sample each hour is not silent in between. Pages go by the same: host_limits.py.
        missed = LIMITS.silent_after_samples * (interval or 0)
        if rule.covers(host) and now - newest > missed:
            after = period(rule.after_seconds) if missed <= rule.after_seconds else in_words(missed)
            yield Trouble(
                kind="host",
                area="/hosts",
                subject=host,
                severity=rule.severity or SERIOUS,
                since=newest,
                words=f"{host} is silent: no sample for more than {after}",
                remedy="Look whether the host is up, and whether its agent runs: `usermon-collect` there.",
                link=path_of("hosts", host),
                rule=rule.name,
            )
