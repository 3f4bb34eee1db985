"""Backups that are too old, missing, empty, or shrank."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from alerts.trouble import SERIOUS, WARNING, Trouble
from alerts.words import path_of, period, some_of
from usage_store.backup_status import ALARM, OK, ItemStatus, NodeStatus, judge_node
from usage_store.engine import StoreConnection
from usage_store.recent_backups import recent_backups
from usermon.alert_rules import BackupRule


def backup_troubles(connection: StoreConnection, rule: BackupRule, now: int) -> Iterator[Trouble]:
    zone = ZoneInfo(rule.timezone)
    for backups in recent_backups(connection, now):
        if not rule.covers(backups.hub):
            continue
        node = judge_node(backups, now, zone=zone)
        if node.status == OK:
            continue
        yield Trouble(
            kind="backup",
            area="/backups",
            subject=backups.hub,
            part=backups.node,
            severity=rule.severity or (SERIOUS if node.status == ALARM else WARNING),
            since=_since(node),
            words=f"Backups of {backups.hub} on {backups.node}: {some_of(list(_reasons(node)))}",
            remedy="Look at the job that makes them, and whether its disk is full.",
            link=path_of("backups", backups.hub, backups.node),
            rule=rule.name,
        )


def _reasons(node: NodeStatus) -> Iterator[str]:
    """As the status gives them, but without ages, which grow."""
    if node.newest is None:
        yield "there is no tarball at all"
        return
    if node.too_old:
        yield f"none for more than {period(node.max_age_seconds)} of {_named(node.too_old)}"
    for item in node.items:
        yield from (f"{item.item} {reason}" for reason in _lasting(item))


def _lasting(item: ItemStatus) -> tuple[str, ...]:
    # The one reason that makes an item too old comes first.
    return item.reasons[1:] if item.is_too_old else item.reasons


def _named(items: list[str]) -> str:
    more = len(items) - 3
    return f"{', '.join(items[:3])} and {more} more" if more > 0 else ", ".join(items)


def _since(node: NodeStatus) -> int | None:
    """Of those too old, the one that has been so for longest."""
    newest = [
        max((point.time for point in item.points if point.is_listed), default=None)
        for item in node.items
        if item.is_too_old
    ]
    return min((time for time in newest if time is not None), default=None)
