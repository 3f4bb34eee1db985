"""What a report says, read from the store: numbers and names, no words yet."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import NamedTuple

from alerts import troubles
from alerts.trouble import Trouble
from overview.pictures.source import Source
from overview.quota_use import QuotaUse, quota_uses
from overview.report.period import Period
from usage_store.awaited_sources import never_ran
from usage_store.engine import StoreConnection
from usage_store.finished import FinishedFilter, sums_of_finished
from usage_store.period_sums import Held, Reads, held_at_ends, reads_within
from usage_store.queues import all_clusters, sums_per_user
from usage_store.storage_days import volume_days
from usage_store.volume_fullness import Fullness, fullness
from usage_store.what_is_known import kinds_known
from usermon.alert_rules import Rule

MOST = 5
# Of quotas there is a part of its own.
_TOLD_APART = ("quota", "growth", "reference")


class VolumeFacts(NamedTuple):
    """All users together at the end, in bytes. Changes are of those who were measured at both ends; who came
    to be measured meanwhile stands apart, since what they hold did not grow in that time. `fullness` is None
    where the capacity is not told."""

    volume: str
    bytes: int
    change: int
    files: int
    files_change: int
    users: int
    new_users: int
    new_bytes: int
    fullness: Fullness | None = None


class Jobs(NamedTuple):
    """Jobs that ended; `name` of a user, a group or a cluster."""

    name: str
    jobs: int
    cpu_hours: float
    gpu_hours: float


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """`all` together; of each the heaviest, by hours of processors and of GPUs together."""

    all: Jobs
    users: tuple[Jobs, ...]
    groups: tuple[Jobs, ...]
    clusters: tuple[Jobs, ...]


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """`fullest`, `over`, `troubles`, `never_ran` (sources of usermon.toml) and `known`, the kinds of which
    there is anything, are of `now`; all else of the period."""

    period: Period
    now: int
    volumes: tuple[VolumeFacts, ...]
    growers: tuple[Held, ...]
    fullest: tuple[QuotaUse, ...]
    over: int
    near: int
    limited: int
    queues: QueueFacts | None
    io: Reads | None
    troubles: tuple[Trouble, ...]
    never_ran: tuple[str, ...] = ()
    known: frozenset[str] = frozenset()


def report_facts(
    source: Source, period: Period, rules: Sequence[Rule], sources: Collection[str] = ()
) -> ReportFacts:
    """`sources` are those that usermon.toml names."""
    with source.store.reading() as connection:
        held = held_at_ends(connection, period.start, period.end)
        queues = _queues(connection, period)
        io = reads_within(connection, period.first_day, period.last_day, MOST)
        end = min(source.now, period.end)
        volumes = tuple(
            _filled(connection, source, end, _volume(name, held))
            for name in source.snapshots.storage().volumes
        )
        missing = tuple(never_ran(connection, sources))
        known = kinds_known(connection)
        wrong = tuple(one for one in troubles(connection, rules, source.now) if one.kind not in _TOLD_APART)
    uses = quota_uses(source.snapshots.latest(), source.snapshots.limits(), most=MOST, most_fine=0)
    return ReportFacts(
        period=period,
        now=source.now,
        volumes=volumes,
        growers=_growers(held),
        fullest=uses.fullest[:MOST],
        over=len(uses.over),
        near=len(uses.near),
        limited=uses.limited,
        queues=queues,
        io=io,
        troubles=wrong,
        never_ran=missing,
        known=known,
    )


def _filled(connection: StoreConnection, source: Source, end: int, facts: VolumeFacts) -> VolumeFacts:
    """With how full it was at `end`, where its capacity is told."""
    capacity = source.capacities.get(facts.volume)
    if capacity is None:
        return facts
    days = volume_days(connection).get(facts.volume)
    known = None if days is None else days.until(end)
    if known is None:
        return facts
    return facts._replace(fullness=fullness(facts.volume, facts.bytes, capacity, known, end))


def _volume(volume: str, held: Sequence[Held]) -> VolumeFacts:
    here = [one for one in held if one.volume == volume]
    new = [one for one in here if one.then_bytes is None]
    known = [one for one in here if one.then_bytes is not None]
    return VolumeFacts(
        volume=volume,
        bytes=sum(one.bytes for one in here),
        change=sum(one.bytes - (one.then_bytes or 0) for one in known),
        files=sum(one.files for one in here),
        files_change=sum(one.files - (one.then_files or 0) for one in known),
        users=len(here),
        new_users=len(new),
        new_bytes=sum(one.bytes for one in new),
    )


def _growers(held: Sequence[Held]) -> tuple[Held, ...]:
    """Who is new has not grown, but come."""
    grown = [one for one in held if one.then_bytes is not None and one.bytes > one.then_bytes]
    return tuple(nlargest(MOST, grown, key=lambda one: one.bytes - (one.then_bytes or 0)))


def _queues(connection: StoreConnection, period: Period) -> QueueFacts | None:
    users: defaultdict[str, list[Jobs]] = defaultdict(list)
    groups: defaultdict[str, list[Jobs]] = defaultdict(list)
    clusters: list[Jobs] = []
    for cluster in all_clusters(connection):
        known_groups = sums_per_user(connection, cluster).get("groups", {})
        ended = sums_of_finished(connection, cluster, FinishedFilter(period.start, period.end))
        here = [Jobs(one["user"], one["jobs"], one["cpu_hours"], one["gpu_hours"]) for one in ended]
        for one in here:
            users[one.name].append(one)
            groups[known_groups.get(one.name) or ""].append(one)
        if here:
            clusters.append(_together(cluster.name, here))
    if not clusters:
        return None
    groups.pop("", None)  # of users who are in no queue now, schedulers tell no group
    return QueueFacts(
        _together("", clusters),
        _heaviest(users),
        _heaviest(groups),
        _heaviest({c.name: [c] for c in clusters}),
    )


def _heaviest(jobs: dict[str, list[Jobs]]) -> tuple[Jobs, ...]:
    summed = [_together(name, parts) for name, parts in jobs.items()]
    return tuple(nlargest(MOST, summed, key=lambda one: (one.cpu_hours + one.gpu_hours, one.name)))


def _together(name: str, parts: Sequence[Jobs]) -> Jobs:
    return Jobs(
        name,
        sum(one.jobs for one in parts),
        sum(one.cpu_hours for one in parts),
        sum(one.gpu_hours for one in parts),
    )
