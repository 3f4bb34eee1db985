"""Finding anything by a part of its name: users, hosts, clusters, machines of I/O logs, backups and jobs.

Names that begin with what is looked for come before those that hold it elsewhere. All names are walked
through, which takes 15 ms of 10 000 users, 2 000 hosts and 50 000 jobs; only of ended jobs, of which there
may be millions, the beginning of the id is looked up in the key.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Label, Select, case, func, or_, select

from usage_store.engine import contains_ignoring_case
from usage_store.schema import dashboard_states, storage_latest, users, volumes
from usage_store.schema_backups import backup_nodes
from usage_store.schema_hosts import hosts
from usage_store.schema_io import io_machines
from usage_store.schema_queues import cluster_jobs, clusters, finished_jobs

MOST_OF_EACH = 8
LONGEST_TEXT = 100

Kind = Literal["user", "host", "cluster", "machine", "backup", "job"]


@dataclass(frozen=True, slots=True)
class Found:
    """`name` is what was found, `parts` what its address is made of, `facts` what else is known at once.

    Of a user: `held` (volume -> bytes), `state` of the dashboard; a host and a backup: `time`; a cluster:
    `time`, `totals`; a job: `job_name`, `user`, `cluster`, `status`, `processors`, `ended`.
    """

    kind: Kind
    name: str
    parts: tuple[str, ...]
    facts: Mapping[str, Any]


def find(connection: Connection, text: str) -> list[Found]:
    """At most MOST_OF_EACH of each kind; nothing for a text that is blank, too long or no text."""
    text = text.strip()
    if not text or len(text) > LONGEST_TEXT or "\0" in text:
        return []
    return [
        *_users(connection, text),
        *_hosts(connection, text),
        *_clusters(connection, text),
        *_machines(connection, text),
        *_backups(connection, text),
        *_jobs(connection, text),
    ]


def _best(connection: Connection, query: Select[Any], text: str, *names: ColumnElement[str]) -> Select[Any]:
    """`query` for those with `text` in any of `names`, the best first."""
    rank: Label[int] = case(
        *((contains_ignoring_case(connection, name, text, at_start=True), 0) for name in names), else_=1
    ).label("rank")
    return (
        query.where(or_(*(contains_ignoring_case(connection, name, text) for name in names)))
        .order_by(rank, *(func.lower(name) for name in names))
        .limit(MOST_OF_EACH)
    )


def _users(connection: Connection, text: str) -> Iterator[Found]:
    query = select(users.c.id, users.c.name, dashboard_states.c.state).outerjoin(
        dashboard_states, dashboard_states.c.user_id == users.c.id
    )
    rows = connection.execute(_best(connection, query, text, users.c.name)).all()
    held = _held(connection, [row.id for row in rows])
    for row in rows:
        yield Found("user", row.name, (row.name,), {"held": held.get(row.id, {}), "state": row.state})


def _held(connection: Connection, user_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Bytes by user and volume."""
    query = (
        select(storage_latest.c.user_id, volumes.c.name, storage_latest.c.used_bytes)
        .join(volumes, volumes.c.id == storage_latest.c.volume_id)
        .where(storage_latest.c.user_id.in_(user_ids))
        .order_by(volumes.c.name)
    )
    held: dict[int, dict[str, int]] = {}
    for user_id, volume, used_bytes in connection.execute(query):
        held.setdefault(user_id, {})[volume] = used_bytes
    return held


def _hosts(connection: Connection, text: str) -> Iterator[Found]:
    query = select(hosts.c.name, hosts.c.newest_time)
    for row in connection.execute(_best(connection, query, text, hosts.c.name)):
        yield Found("host", row.name, (row.name,), {"time": row.newest_time})


def _clusters(connection: Connection, text: str) -> Iterator[Found]:
    query = select(clusters.c.name, clusters.c.time, clusters.c.totals)
    for row in connection.execute(_best(connection, query, text, clusters.c.name)):
        totals = json.loads(row.totals) if row.totals else {}
        yield Found("cluster", row.name, (row.name,), {"time": row.time, "totals": totals})


def _machines(connection: Connection, text: str) -> Iterator[Found]:
    query = select(io_machines.c.name, io_machines.c.type)
    for row in connection.execute(_best(connection, query, text, io_machines.c.name, io_machines.c.type)):
        yield Found("machine", row.name, (row.type, row.name), {"type": row.type})


def _backups(connection: Connection, text: str) -> Iterator[Found]:
    query = select(backup_nodes.c.hub, backup_nodes.c.node, backup_nodes.c.listed_at)
    for row in connection.execute(_best(connection, query, text, backup_nodes.c.node, backup_nodes.c.hub)):
        yield Found("backup", f"{row.node} on {row.hub}", (row.hub, row.node), {"time": row.listed_at})


def _jobs(connection: Connection, text: str) -> Iterator[Found]:
    """Those in the queues now, then those that ended."""
    names = (cluster_jobs.c.job_id, cluster_jobs.c.name)
    seen: set[tuple[str, str]] = set()
    for at_start in (True, False):
        fits = or_(*(contains_ignoring_case(connection, name, text, at_start=at_start) for name in names))
        # In the order of the key, and so many as may have been seen: the walk ends with the last of them.
        query = _QUEUED.where(fits).order_by(*cluster_jobs.primary_key.columns).limit(2 * MOST_OF_EACH)
        for row in connection.execute(query) if len(seen) < MOST_OF_EACH else ():
            if len(seen) < MOST_OF_EACH and (row.cluster, row.job_id) not in seen:
                seen.add((row.cluster, row.job_id))
                yield _job(row, row.name, ended=False)
    for row in connection.execute(_ended(connection, text)) if len(seen) < MOST_OF_EACH else ():
        if len(seen) < MOST_OF_EACH and (row.cluster, row.job_id) not in seen:
            seen.add((row.cluster, row.job_id))
            yield _job(row, "", ended=True)


_QUEUED = (
    select(
        cluster_jobs.c.job_id,
        cluster_jobs.c.name,
        users.c.name.label("user"),
        clusters.c.name.label("cluster"),
        cluster_jobs.c.status,
        cluster_jobs.c.processors,
    )
    .join(users, users.c.id == cluster_jobs.c.user_id)
    .join(clusters, clusters.c.id == cluster_jobs.c.cluster_id)
)


def _ended(connection: Connection, text: str) -> Select[Any]:
    all_clusters = list(connection.execute(select(clusters.c.id)).scalars())
    return (
        select(
            finished_jobs.c.job_id,
            users.c.name.label("user"),
            clusters.c.name.label("cluster"),
            finished_jobs.c.state.label("status"),
            finished_jobs.c.processors,
        )
        .join(users, users.c.id == finished_jobs.c.user_id)
        .join(clusters, clusters.c.id == finished_jobs.c.cluster_id)
        .where(
            finished_jobs.c.cluster_id.in_(all_clusters),
            finished_jobs.c.job_id >= text,
            finished_jobs.c.job_id < text + _LAST_LETTER,
        )
        .limit(2 * MOST_OF_EACH)
    )


# What comes after all that begins with a text, in the order of bytes.
_LAST_LETTER = "\U0010ffff"


def _job(row: Any, name: str, *, ended: bool) -> Found:
    facts = {
        "job_name": name,
        "user": row.user,
        "cluster": row.cluster,
        "status": row.status,
        "processors": row.processors,
        "ended": ended,
    }
    return Found("job", row.job_id, (row.cluster, row.job_id), facts)
