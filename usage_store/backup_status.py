"""How good backups are: `ok`, `warn` or `alarm`, with the reasons in words. Pure: the moment is an argument.

An item is in alarm when its newest tarball is older than allowed, or none lies there; it is worth a warning
when a tarball of the last week is empty or shrank by more than half, when it stopped while other items of the
node go on, or when tarballs are dated in the future. A node is as bad as its worst item, a hub as its worst
node.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import pairwise
from statistics import median

from usage_store.backups import KeptTarball, NodeBackups

OK, WARN, ALARM = "ok", "warn", "alarm"
_SEVERITY = (OK, WARN, ALARM)
USUAL_MAX_AGE_SECONDS = 36 * 3600  # of backups that come every night
# A node's clock may be a little ahead; a tarball beyond that says nothing about now.
AHEAD_SECONDS = 3600
# For so long a bad tarball is worth a warning; then it is history.
RECENT_SECONDS = 7 * 86_400
# An item has stopped when so many times its usual interval passed, counted by what the others did.
_INTERVALS_MISSED = 1.5
_INTERVALS_LOOKED_AT = 10
_DAY = 86_400
_MOST_DAYS = 3_660


@dataclass(frozen=True, slots=True)
class Point:
    """All tarballs of an item of one moment: mostly one."""

    time: int
    size_bytes: int
    is_listed: bool


@dataclass(frozen=True, slots=True)
class ItemStatus:
    """`points` is the whole series to `now`, `tarballs` how many of them lie there; ages are seconds."""

    item: str
    points: tuple[Point, ...]
    tarballs: int
    future: tuple[KeptTarball, ...]
    age_seconds: int | None
    now: int
    zero_size: tuple[int, ...]
    shrunk: tuple[int, ...]
    status: str
    is_too_old: bool
    reasons: tuple[str, ...]

    def days_without(self) -> tuple[date, ...]:
        """Days (UTC) from the first tarball to today on which none came, of the last ten years."""
        if not self.points:
            return ()
        today, have = _day(self.now), {_day(point.time) for point in self.points}
        days = min((today - min(have)).days, _MOST_DAYS)
        return tuple(day for n in range(days, -1, -1) if (day := today - timedelta(days=n)) not in have)


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """`too_old` are the items in alarm for their age, all that the first tool of this kind looked at."""

    backups: NodeBackups
    items: tuple[ItemStatus, ...]
    max_age_seconds: int
    newest: int | None
    daily_counts: Mapping[date, int]
    status: str
    reasons: tuple[str, ...]

    @property
    def too_old(self) -> list[str]:
        return sorted(item.item for item in self.items if item.is_too_old)

    @property
    def status_by_age(self) -> str:
        return ALARM if self.too_old or not self.items else OK


def judge_node(
    backups: NodeBackups, now: int, max_age_seconds: int | None = None, zone: tzinfo = UTC
) -> NodeStatus:
    """`max_age_seconds` is asked for; else what the node's source allows, else 36 hours. Moments in reasons
    are of `zone`, and name it."""
    allowed = _first_known(max_age_seconds, backups.max_age_seconds, USUAL_MAX_AGE_SECONDS)
    past = {item: _points(tarballs, now) for item, tarballs in backups.items.items()}
    times = [point.time for points in past.values() for point in points if point.is_listed]
    newest = max(times, default=None)
    items = tuple(
        _judge_item(item, tarballs, past[item], newest, now, allowed, zone)
        for item, tarballs in backups.items.items()
    )
    reasons = [f"{item.item}: {reason}" for item in items for reason in item.reasons]
    status = _worst(item.status for item in items)
    if not times:
        status = ALARM
        reasons.insert(0, "no tarball at all")
    counts = Counter(
        _day(one.time) for item in backups.items.values() for one in item if not _is_future(one.time, now)
    )
    return NodeStatus(backups, items, allowed, newest, dict(sorted(counts.items())), status, tuple(reasons))


def status_of_hub(nodes: Sequence[NodeStatus]) -> str:
    return _worst(node.status for node in nodes)


def conclusion(nodes: Sequence[NodeStatus]) -> str:
    """By age alone, as `tgzstat` says it: the states of all nodes that are not ok, joined by ':', or ok."""
    return ":".join(node.status_by_age for node in nodes if node.status_by_age != OK) or OK


def _judge_item(
    item: str,
    tarballs: Sequence[KeptTarball],
    points: tuple[Point, ...],
    newest_of_node: int | None,
    now: int,
    allowed: int,
    zone: tzinfo,
) -> ItemStatus:
    listed = [point for point in points if point.is_listed]
    future = tuple(one for one in tarballs if _is_future(one.time, now) and one.is_listed)
    age = max(0, now - listed[-1].time) if listed else None
    alarms = list(_alarms(points, age, allowed))
    warnings = list(_warnings(points, listed, future, newest_of_node, now, zone))
    return ItemStatus(
        item=item,
        points=points,
        tarballs=sum(1 for one in tarballs if one.is_listed) - len(future),
        future=future,
        age_seconds=age,
        now=now,
        zero_size=tuple(point.time for point in points if point.size_bytes == 0),
        shrunk=tuple(
            later.time
            for earlier, later in pairwise(points)
            if 0 < earlier.size_bytes >= 2 * later.size_bytes
        ),
        status=ALARM if alarms else WARN if warnings else OK,
        is_too_old=bool(alarms),
        reasons=(*alarms, *warnings),
    )


def _alarms(points: Sequence[Point], age: int | None, allowed: int) -> Iterator[str]:
    if age is None:
        yield "none of its tarballs lies there any more" if points else "all its tarballs are of the future"
    elif age > allowed:
        yield f"the newest is {_in_words(age)} old, allowed are {_in_words(allowed)}"


def _warnings(
    points: Sequence[Point],
    listed: Sequence[Point],
    future: Sequence[KeptTarball],
    newest_of_node: int | None,
    now: int,
    zone: tzinfo,
) -> Iterator[str]:
    for point in listed:
        if point.size_bytes == 0 and _is_recent(point, now):
            yield f"the tarball of {_moment(point.time, zone)} is empty"
    for earlier, later in pairwise(points):
        if earlier.size_bytes > 2 * later.size_bytes > 0 and later.is_listed and _is_recent(later, now):
            sizes = f"from {earlier.size_bytes >> 20} to {later.size_bytes >> 20} MiB"
            yield f"shrank by more than half on {_moment(later.time, zone)}, {sizes}"
    if listed and newest_of_node is not None and _has_stopped(listed, newest_of_node):
        yield f"stopped on {_moment(listed[-1].time, zone)}, while others go on"
    if future:
        times = ", ".join(_moment(one.time, zone) for one in future[:3])
        yield f"dated in the future, is the node's clock right? {times}"


def _points(tarballs: Iterable[KeptTarball], now: int) -> tuple[Point, ...]:
    points: dict[int, Point] = {}
    for one in tarballs:
        if not _is_future(one.time, now):
            before = points.get(one.time, Point(one.time, 0, False))
            points[one.time] = Point(
                one.time, before.size_bytes + one.size_bytes, before.is_listed or one.is_listed
            )
    return tuple(points.values())


def _has_stopped(listed: Sequence[Point], newest_of_node: int) -> bool:
    intervals = [
        later.time - earlier.time for earlier, later in pairwise(listed[-_INTERVALS_LOOKED_AT - 1 :])
    ]
    usual = max(median(intervals) if intervals else _DAY, 1)
    return newest_of_node - listed[-1].time > _INTERVALS_MISSED * usual


def _is_future(time: int, now: int) -> bool:
    return time > now + AHEAD_SECONDS


def _is_recent(point: Point, now: int) -> bool:
    return point.time > now - RECENT_SECONDS


def _worst(statuses: Iterable[str]) -> str:
    return max(statuses, key=_SEVERITY.index, default=OK)


def _first_known(*seconds: int | None) -> int:
    return next(one for one in seconds if one is not None)


def _day(time: int) -> date:
    return datetime.fromtimestamp(time, UTC).date()


def _moment(time: int, zone: tzinfo) -> str:
    return f"{datetime.fromtimestamp(time, zone):%Y-%m-%d %H:%M %Z}"


def _in_words(seconds: int) -> str:
    if seconds < 2 * 86_400:
        return f"{seconds / 3600:.3g} hours"
    if seconds < 2 * 365 * 86_400:
        return f"{seconds / 86_400:.1f} days"
    return f"{seconds / 86_400 / 365:.1f} years"
