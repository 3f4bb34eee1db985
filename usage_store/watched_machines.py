"""What stopped giving news, or failed: the questions of alert rules about hosts, dashboards and sources."""

from typing import NamedTuple

from sqlalchemy import Connection, func, select

from usage_store.hosts_now import earlier_sample, interval_of
from usage_store.schema import collection_runs, dashboard_states, dashboards, users
from usage_store.schema_delivery import token_sources
from usage_store.schema_hosts import hosts


class FailedDashboard(NamedTuple):
    user: str
    error: str | None


class SilentHost(NamedTuple):
    """`interval` is how many seconds lay between its newest samples: None when there are not two."""

    name: str
    newest_time: int
    interval: int | None


class SourceRuns(NamedTuple):
    """The newest run of a source, and the span of all that are kept. `good_at` is when the newest run ended
    that did not fail, None where none is kept."""

    source: str
    collector: str
    finished_at: float
    error: str | None
    remedy: str | None
    good_at: float | None
    runs: int
    first_at: float

    @property
    def usual_seconds(self) -> float | None:
        """Its rhythm, as it was; None before the third run."""
        return (self.finished_at - self.first_at) / (self.runs - 1) if self.runs > 2 else None


def silent_hosts(connection: Connection, after: int, until: int) -> list[SilentHost]:
    """Hosts whose newest sample is of `after` or later, and of before `until`."""
    query = select(hosts.c.name, hosts.c.newest_time, earlier_sample(0), earlier_sample(1)).where(
        hosts.c.newest_time >= after, hosts.c.newest_time < until
    )
    return [
        SilentHost(name, newest, interval_of(newest, *before))
        for name, newest, *before in connection.execute(query)
    ]


def failed_dashboards(connection: Connection) -> list[FailedDashboard]:
    """Of users whom the lists name; of others nobody expects a dashboard."""
    query = (
        select(users.c.name, dashboard_states.c.error)
        .join(dashboard_states, dashboard_states.c.user_id == users.c.id)
        .join(dashboards, dashboards.c.user_id == users.c.id)
        .where(dashboard_states.c.state == "failed", dashboards.c.listed)
    )
    return [FailedDashboard(*row) for row in connection.execute(query)]


def runs_by_source(connection: Connection) -> list[SourceRuns]:
    table = collection_runs.c
    # Of the index alone: sources of agents may be thousands, with hundreds of runs each.
    spans = (
        select(
            table.source,
            func.max(table.id).label("newest"),
            func.count().label("runs"),
            func.min(table.started_at).label("first_at"),
        )
        .group_by(table.source)
        .subquery()
    )
    query = select(
        *(table[name] for name in ("source", "collector", "finished_at", "error", "remedy")),
        spans.c.runs,
        spans.c.first_at,
    ).join(spans, spans.c.newest == table.id)
    found = connection.execute(query).all()
    failing = [row.source for row in found if row.error is not None]
    good = (
        select(table.source, func.max(table.finished_at))
        .where(table.source.in_(failing), table.error.is_(None))
        .group_by(table.source)
    )
    good_at = {row[0]: row[1] for row in connection.execute(good)} if failing else {}
    return [
        SourceRuns(
            source=row.source,
            collector=row.collector,
            finished_at=row.finished_at,
            error=row.error,
            remedy=row.remedy,
            good_at=good_at.get(row.source) if row.error is not None else row.finished_at,
            runs=row.runs,
            first_at=row.first_at,
        )
        for row in found
    ]


def delivered_sources(connection: Connection) -> frozenset[str]:
    """Those that agents may deliver."""
    return frozenset(connection.execute(select(token_sources.c.source).distinct()).scalars())
