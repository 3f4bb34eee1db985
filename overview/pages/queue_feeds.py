"""What the scripts of the queues pages read. Clusters are named in the query: some names hold slashes."""

import time
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest

from overview.api.listing import answer_table
from overview.error_pages import NotKnown
from overview.job_questions import JobsAsked, jobs_asked
from overview.queue_history import MEASURES, RANGES, history_columns
from overview.queue_rows import TOP_USERS, Row, cluster_rows, row_of, site_totals
from overview.queue_tables import NODE_FIELDS, finished_table, job_table, node_rows
from overview.rules import current_rules
from overview.snapshots import Snapshots
from overview.times import iso_time_or_none
from overview.user_jobs import jobs_of_user
from usage_store.all_jobs import find_job, page_of_jobs
from usage_store.cluster_overview import free_nodes_with_gpus, hosts_of_nodes
from usage_store.engine import Store, StoreConnection
from usage_store.paging import Window
from usage_store.queues import Cluster, find_cluster, history_since

_TOPICS = ("queues",)
_TOPICS_OF_ROWS = ("queues", "collection")
_DAY = 86_400
_FINISHED_DAYS = (1, 7, 30, 90)
_EVERY_ROW = 10_000_000
_CSV_FIELDS = (
    *("cluster", "job_id", "name", "user", "queue", "status", "processors", "gpus", "n_nodes", "priority"),
    *("memory_bytes", "submitted", "started", "error"),
)


def all_rows(snapshots: Snapshots) -> list[Row]:
    """Of all clusters; made once for the page and its feed."""
    rules = tuple(current_rules())
    return snapshots.content(
        "queue-rows", _TOPICS_OF_ROWS, lambda connection: cluster_rows(connection, rules), also=rules
    )


def add_queue_feeds(pages: Blueprint, snapshots: Snapshots, store: Store) -> None:
    @pages.get("/queues/clusters.json")
    def clusters_feed() -> Response:
        """All rows, or the one of `cluster`."""
        name, rules = request.args.get("cluster"), tuple(current_rules())

        def read(connection: StoreConnection) -> Any:
            if name is not None:
                return {"clusters": [row_of(connection, rules, _cluster(connection, name))]}
            rows = all_rows(snapshots)
            return {"clusters": rows, "totals": site_totals(rows)}

        return snapshots.feed(("queues", name), _TOPICS_OF_ROWS, read, also=rules)

    @pages.get("/queues/history.json")
    def history_feed() -> Response:
        range_, measure = request.args.get("range", "24h"), request.args.get("of", "procs")
        if range_ not in RANGES or measure not in MEASURES:
            raise BadRequest(f"range is one of {', '.join(RANGES)}, of is one of {', '.join(MEASURES)}")
        hours, points = RANGES[range_]
        with store.reading() as connection:
            cluster = _cluster(connection, request.args.get("cluster", ""))

        def read(connection: StoreConnection) -> Any:
            start = max(0, (cluster.time or 0) - hours * 3600)
            rows = history_since(connection, cluster, start, points)
            range_shown = [start, cluster.time or 0]
            return {"range": range_shown, **history_columns(rows, measure, TOP_USERS)}

        # Made anew when this very cluster was looked at again, not at each snapshot of twenty others.
        name = ("queues-history", cluster.name, range_, measure)
        return snapshots.feed(name, (), read, also=cluster.time)

    @pages.get("/queues/free.json")
    def free_feed() -> Response:
        name = request.args.get("cluster", "")

        def read(connection: StoreConnection) -> Any:
            nodes = free_nodes_with_gpus(connection, _cluster(connection, name))
            hosts = hosts_of_nodes(connection, [node["name"] for node in nodes])
            return {"nodes": [{**node, "host": hosts.get(node["name"])} for node in nodes]}

        return snapshots.feed(("queues-free", name), _TOPICS, read)

    @pages.get("/queues/nodes.json")
    def nodes_feed() -> Response:
        name = request.args.get("cluster", "")

        def read(connection: StoreConnection) -> Any:
            return {"fields": NODE_FIELDS, "rows": node_rows(connection, _cluster(connection, name))}

        return snapshots.feed(("queues-nodes", name), _TOPICS, read)

    @pages.get("/queues/finished.json")
    def finished_feed() -> Response:
        name, days = request.args.get("cluster", ""), request.args.get("days", "30")
        if days not in map(str, _FINISHED_DAYS):
            raise BadRequest(f"days is one of {', '.join(map(str, _FINISHED_DAYS))}")
        today = int(time.time()) // _DAY
        start = (today + 1 - int(days)) * _DAY

        def read(connection: StoreConnection) -> Any:
            return finished_table(connection, _cluster(connection, name), start)

        return snapshots.feed(("queues-finished", name, days), _TOPICS, read, also=today)

    @pages.get("/queues/jobs.json")
    def jobs_feed() -> Response:
        asked = jobs_asked()

        def read(connection: StoreConnection) -> Any:
            wanted = asked.wanted(connection)
            return job_table(page_of_jobs(connection, wanted, asked.order, asked.descending, asked.window))

        return snapshots.feed(("queues-jobs", asked), _TOPICS, read)

    @pages.get("/queues/jobs.csv")
    def jobs_csv() -> Response:
        asked = jobs_asked()

        def read(connection: StoreConnection) -> Any:
            return _csv_rows(connection, asked)

        return answer_table(store, _TOPICS, "usermon-jobs.csv", _CSV_FIELDS, read)

    @pages.get("/queues/job.json")
    def job_feed() -> Response:
        cluster, job_id = request.args.get("cluster", ""), request.args.get("job", "")
        number = request.args.get("number", "")
        if not (number.isascii() and number.isdigit()) or len(number) > 18 or "\0" in cluster + job_id:
            raise BadRequest("number is a job's number")

        def read(connection: StoreConnection) -> Any:
            job = find_job(connection, cluster, int(number), job_id)
            if job is None:
                raise NotKnown(f"no job {job_id} is in {cluster!r} now", "It ended, or was taken away.")
            return {**job, "hosts": hosts_of_nodes(connection, job["nodes"])}

        return snapshots.feed(("queues-job", cluster, number, job_id), _TOPICS, read)

    @pages.get("/queues/users/<path:user>.json")
    def user_feed(user: str) -> Response:
        today = int(time.time()) // _DAY

        def read(connection: StoreConnection) -> Any:
            return jobs_of_user(connection, "" if "\0" in user else user, today * _DAY)

        return snapshots.feed(("queues-user", user), _TOPICS, read, also=today)


def _csv_rows(connection: StoreConnection, asked: JobsAsked) -> Any:
    everything = Window(_EVERY_ROW)
    page = page_of_jobs(connection, asked.wanted(connection), asked.order, asked.descending, everything)
    times = {"submitted", "started"}
    for row in page.rows:
        yield [iso_time_or_none(row[name]) if name in times else row[name] for name in _CSV_FIELDS]


def _cluster(connection: StoreConnection, name: str) -> Cluster:
    """Raises NotKnown."""
    cluster = None if "\0" in name else find_cluster(connection, name)
    if cluster is None:
        raise NotKnown(f"no cluster {name!r} is known", "GET /api/clusters lists all clusters.")
    return cluster
