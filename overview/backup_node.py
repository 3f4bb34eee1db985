"""One hub's backups on one node, item by item, as its page shows them. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from overview.backup_board import KIND
from overview.shown import size
from usage_store.backup_status import ItemStatus, NodeStatus

_DAY = 86_400
_MIB = 1024**2
# Over so many days it is told how many tarballs come a day.
_USUAL_DAYS = 30
_MOST_POINTS = 1500
_MOST_DAYS = 730


@dataclass(frozen=True, slots=True)
class ItemRow:
    """`per_day` is of the last thirty days that have any, `change` of the newest against the one before."""

    item: str
    kind: str
    reasons: tuple[str, ...]
    newest: int | None
    size: str
    change: str
    tarballs: int
    per_day: str
    missed: int


def item_rows(status: NodeStatus) -> list[ItemRow]:
    """Those in alarm first."""
    rows = [_row(item) for item in status.items]
    return sorted(rows, key=lambda row: ("serious", "warning", "ok").index(row.kind))


def _row(item: ItemStatus) -> ItemRow:
    listed = [point for point in item.points if point.is_listed]
    newest = listed[-1] if listed else None
    since = datetime.fromtimestamp(item.now, UTC).date() - timedelta(days=_USUAL_DAYS)
    return ItemRow(
        item=item.item,
        kind=KIND[item.status],
        reasons=item.reasons,
        newest=None if newest is None else newest.time,
        size="–" if newest is None else size(newest.size_bytes),
        change=_change([point.size_bytes for point in item.points[-2:]]),
        tarballs=item.tarballs,
        per_day=_per_day(item),
        missed=sum(day > since for day in item.days_without()),
    )


def _change(sizes: list[int]) -> str:
    """ "+2 %" of the newest against the one before."""
    if len(sizes) < 2 or sizes[0] == 0:
        return "–"
    share = 100 * (sizes[1] - sizes[0]) / sizes[0]
    if abs(share) < 0.05:
        return "±0 %"
    return f"{share:+.1f} %".replace("-", "−") if abs(share) < 10 else f"{share:+.0f} %".replace("-", "−")


def _per_day(item: ItemStatus) -> str:
    if not item.points:
        return "–"
    last = item.points[-1].time
    recent = [point for point in item.points if point.time > last - _USUAL_DAYS * _DAY]
    days = min(_USUAL_DAYS, max(1, (last - recent[0].time) // _DAY + 1))
    return f"{len(recent) / days:.2g}"


def node_series(status: NodeStatus) -> dict[str, Any]:
    """Plots: each item's sizes (MiB) with what was wrong with a tarball, and all tarballs by day (UTC).

    `marks` are the places of tarballs that were empty or shrank, and how many of all rotation removed.
    """
    days = _all_days(status)
    return {
        "items": [_series(item) for item in status.items],
        "days": [day.isoformat() for day in days],
        "counts": [status.daily_counts.get(day, 0) for day in days],
    }


def _all_days(status: NodeStatus) -> list[date]:
    """From the first tarball to the newest, of two years at most; days without one among them."""
    if not status.daily_counts:
        return []
    last = max(status.daily_counts)
    first = max(min(status.daily_counts), last - timedelta(days=_MOST_DAYS))
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _series(item: ItemStatus) -> dict[str, Any]:
    points = item.points[-_MOST_POINTS:]
    empty, shrunk = set(item.zero_size), set(item.shrunk)
    return {
        "item": item.item,
        "kind": KIND[item.status],
        "reasons": list(item.reasons),
        "times": [point.time for point in points],
        "mib": [round(point.size_bytes / _MIB, 2) for point in points],
        "marks": {
            "empty": [place for place, point in enumerate(points) if point.time in empty],
            "shrunk": [
                place
                for place, point in enumerate(points)
                if point.time in shrunk and point.time not in empty
            ],
            "gone": sum(not point.is_listed for point in points),
        },
    }
