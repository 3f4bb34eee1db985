"""Saving what batch queues hold: the newest snapshot in full, older ones as sums. Asking is in queues.py."""

import json
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table, bindparam, or_, select

from usage_store.cluster_counts import Counts, counts_of
from usage_store.engine import upsert
from usage_store.finished_saving import save_finished
from usage_store.names import ids_of, ids_of_users
from usage_store.revisions import next_revision
from usage_store.saved import Saved
from usage_store.schema_queues import cluster_history, cluster_jobs, cluster_nodes, clusters
from usage_store.user_revisions import note_changed_users
from usermon.queue_records import ClusterSnapshot, FinishedJob, Job, Node

QueueRecord = ClusterSnapshot | FinishedJob
Row = dict[str, Any]

_HISTORY_NUMBERS = ("procs", "procs_free", "procs_free_not_counting_used_slots")


def save_queues(connection: Connection, source: str, records: Sequence[QueueRecord]) -> Saved:
    """Save snapshots and ended jobs of the cluster that has the name of `source`.

    A snapshot replaces what stands when it is not older; older ones are noted in the history alone. The same
    again changes nothing. Whatever cluster a record names, it is of its source: an agent's token is.
    """
    if not records:
        return Saved(0, 0)
    snapshots = sorted((r for r in records if isinstance(r, ClusterSnapshot)), key=lambda one: one.time)
    finished = [record for record in records if isinstance(record, FinishedJob)]
    cluster_id = ids_of(connection, clusters, [source])[source]
    names = {job.user for snapshot in snapshots for job in snapshot.jobs} | {job.user for job in finished}
    user_ids = ids_of_users(connection, names)
    touched: set[int] = set()
    taken = sum(_save_snapshot(connection, cluster_id, user_ids, snapshot, touched) for snapshot in snapshots)
    if finished:
        ended, of_users = save_finished(connection, cluster_id, user_ids, finished)
        taken += ended
        touched |= of_users
    if taken:
        note_changed_users(connection, "queues", touched, next_revision(connection, "queues"))
    return Saved(taken, len(records) - taken)


def _save_snapshot(
    connection: Connection,
    cluster_id: int,
    user_ids: dict[str, int],
    snapshot: ClusterSnapshot,
    touched: set[int],
) -> bool:
    """Whether it said anything new; whose jobs are others now come to `touched`."""
    counts = counts_of(snapshot)
    is_new = _note_history(connection, cluster_id, snapshot.time, counts)
    newest = connection.execute(select(clusters.c.time).where(clusters.c.id == cluster_id)).scalar_one()
    if newest is not None and snapshot.time < newest:
        return is_new
    jobs = [_job_row(job, cluster_id, user_ids) for job in snapshot.jobs]
    nodes = [_node_row(node, position, cluster_id) for position, node in enumerate(snapshot.nodes)]
    is_new |= _replace(connection, cluster_jobs, cluster_id, jobs, touched)
    is_new |= _replace(connection, cluster_nodes, cluster_id, nodes, set())
    totals, per_user = _as_json(counts.totals), _as_json(counts.per_user)
    stands = (clusters.c.time, clusters.c.totals, clusters.c.per_user)
    wanted = (snapshot.time, totals, per_user)
    changed = clusters.update().where(
        clusters.c.id == cluster_id,
        or_(*(column.is_distinct_from(value) for column, value in zip(stands, wanted, strict=True))),
    )
    result = connection.execute(changed.values(time=snapshot.time, totals=totals, per_user=per_user))
    return is_new or result.rowcount > 0


def _note_history(connection: Connection, cluster_id: int, time: int, counts: Counts) -> bool:
    row: Row = {
        "cluster_id": cluster_id,
        "time": time,
        **{name: counts.totals[name] for name in _HISTORY_NUMBERS},
        "nodes_by_state": _as_json(counts.totals["nodes_by_state"]),
        "jobs_by_state": _as_json(counts.totals["jobs_by_state"]),
        "procs_per_user_running": _as_json(counts.per_user["procs_per_user_running"]),
        "gpus_per_user_running": _as_json(counts.per_user["gpus_per_user_running"]),
    }
    statement = upsert(connection, cluster_history).values(row)
    sums = [column for column in cluster_history.c if column.name not in ("cluster_id", "time")]
    statement = statement.on_conflict_do_update(
        index_elements=["cluster_id", "time"],
        set_={column.name: statement.excluded[column.name] for column in sums},
        where=or_(*(column.is_distinct_from(statement.excluded[column.name]) for column in sums)),
    )
    return connection.execute(statement.returning(cluster_history.c.time)).first() is not None


def _job_row(job: Job, cluster_id: int, user_ids: dict[str, int]) -> Row:
    row = {name: getattr(job, name) for name in Job.__slots__ if name != "user"}
    return {**row, "cluster_id": cluster_id, "user_id": user_ids[job.user], "nodes": _as_json(job.nodes)}


def _node_row(node: Node, position: int, cluster_id: int) -> Row:
    row = {name: getattr(node, name) for name in Node.__slots__}
    lists = {"job_ids": _as_json(node.job_ids), "queues": _as_json(node.queues)}
    return {**row, **lists, "cluster_id": cluster_id, "position": position}


def _as_json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _replace(
    connection: Connection, table: Table, cluster_id: int, rows: Iterable[Row], touched: set[int]
) -> bool:
    """Make the cluster's rows in `table` these. From one minute to the next few change, and only those are
    written: writing 50 000 rows anew takes ten times as long as reading them. The users of those whose change
    matters to them come to `touched`."""
    keys = [column.name for column in table.primary_key if column.name != "cluster_id"]
    others = [column.name for column in table.c if column.name not in ("cluster_id", *keys)]
    query = select(*(table.c[name] for name in (*keys, *others))).where(table.c.cluster_id == cluster_id)
    stood = {row[: len(keys)]: row[len(keys) :] for row in map(tuple, connection.execute(query))}
    fresh: list[Row] = []
    matters = _of_interest(others)
    for row in rows:
        after = tuple(row[name] for name in others)
        before = stood.pop(tuple(row[name] for name in keys), None)
        if before != after:
            fresh.append(row)
            if matters and (before is None or matters(before) != matters(after)):
                touched.update(one[others.index("user_id")] for one in (before, after) if one is not None)
    if stood:
        if matters:
            touched.update(row[others.index("user_id")] for row in stood.values())
        gone = table.delete().where(
            table.c.cluster_id == cluster_id, *(table.c[name] == bindparam(f"of_{name}") for name in keys)
        )
        of_keys = [f"of_{name}" for name in keys]
        connection.execute(gone, [dict(zip(of_keys, key, strict=True)) for key in stood])
    if fresh:
        statement = upsert(connection, table)
        statement = statement.on_conflict_do_update(
            index_elements=["cluster_id", *keys],
            set_={name: statement.excluded[name] for name in others},
        )
        connection.execute(statement, fresh)
    return bool(stood or fresh)


def _of_interest(columns: list[str]) -> Callable[[Any], Any] | None:
    """Of a job's row what its user would call a change. Of thousands that wait, all grow in priority."""
    if "user_id" not in columns:
        return None
    return itemgetter(*(i for i, name in enumerate(columns) if name not in ("priority", "nodes")))
