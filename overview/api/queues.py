"""/api/clusters and /api/cluster/{id}/...: what clusters run now, ran lately, and have finished."""

import time
from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

from apiflask import APIBlueprint
from flask import Response

from overview.api.listing import ListHeaders, answer_list, answer_object
from overview.api.queries import Listed, ListQuery, RangeListed
from overview.api.queue_schemas import (
    ClusterAnswer,
    ClusterHistoryAnswer,
    FinishedAnswer,
    FinishedQuery,
    FinishedSumAnswer,
    FinishedSumsQuery,
    FreeNodeAnswer,
    HistoryQuery,
    JobAnswer,
    JobsQuery,
    NodeAnswer,
    ProcsAnswer,
)
from overview.error_pages import NotKnown
from overview.times import iso_time, iso_time_or_none
from usage_store.cluster_counts import NO_TOTALS, NOTHING_PER_USER
from usage_store.collection_runs import latest_runs
from usage_store.engine import Store
from usage_store.finished import FinishedFilter, finished_page, sums_of_finished
from usage_store.paging import Page, Window, cut
from usage_store.queues import (
    Cluster,
    JobFilter,
    all_clusters,
    all_nodes,
    find_cluster,
    free_nodes,
    history_since,
    jobs_page,
    sums_per_user,
)

_LONGEST_HOURS = 1_000_000
_TOPICS = ("queues",)


class JobsAsked(Listed):
    user: str | None
    state: str | None
    queue: str | None
    name: str | None


class FinishedAsked(RangeListed):
    user: str | None
    state: str | None
    queue: str | None


class SumsAsked(RangeListed):
    user: str | None


class HistoryAsked(TypedDict):
    format: str
    points: int


def queues_api(store: Store) -> APIBlueprint:
    api = APIBlueprint("queues_api", __name__, tag="Queues")

    @api.get("/api/clusters")
    @api.input(ListQuery, location="query")
    @api.output(ClusterAnswer(many=True), headers=ListHeaders)
    @api.doc(summary="Every cluster, with what its newest snapshot comes to", responses=[401])
    def clusters(query_data: Listed) -> Response:
        def read(connection: Any, window: Window) -> Page:
            runs = {run.source: run for run in latest_runs(connection)}
            rows = []
            for cluster in all_clusters(connection):
                run = runs.get(cluster.name)
                failure = {
                    "last_error": run.error if run else None,
                    "last_error_remedy": run.remedy if run else None,
                    "last_pass": iso_time(run.finished_at) if run else None,
                }
                rows.append({**_totals(cluster), **failure})
            return cut(rows, window)

        topics = (*_TOPICS, "collection")
        return answer_list(
            store, topics, query_data, ClusterAnswer, "usermon-clusters.csv", read, also=_minute()
        )

    @api.get("/api/cluster/<id>/procs")
    @api.output(ProcsAnswer)
    @api.doc(
        summary="Processors of a cluster: of each user, free, and by state; with the counts of its jobs",
        responses=[401, 404],
    )
    def procs(id: str) -> Response:
        def read(connection: Any) -> Mapping[str, Any]:
            cluster = _cluster(connection, id)
            return {**_totals(cluster), **NOTHING_PER_USER, **sums_per_user(connection, cluster)}

        return answer_object(store, _TOPICS, read, also=_minute())

    @api.get("/api/cluster/<id>/nodes")
    @api.input(ListQuery, location="query")
    @api.output(NodeAnswer(many=True), headers=ListHeaders)
    @api.doc(summary="All nodes of a cluster, as its scheduler lists them", responses=[401, 404])
    def nodes(id: str, query_data: Listed) -> Response:
        def read(connection: Any, window: Window) -> Page:
            return cut(all_nodes(connection, _cluster(connection, id)), window)

        return answer_list(store, _TOPICS, query_data, NodeAnswer, f"usermon-{id}-nodes.csv", read)

    @api.get("/api/cluster/<id>/freenodes")
    @api.input(ListQuery, location="query")
    @api.output(FreeNodeAnswer(many=True), headers=ListHeaders)
    @api.doc(
        summary="The free nodes of a cluster: its scheduler calls them free or idle, and nothing besides",
        responses=[401, 404],
    )
    def freenodes(id: str, query_data: Listed) -> Response:
        def read(connection: Any, window: Window) -> Page:
            return cut(free_nodes(connection, _cluster(connection, id)), window)

        return answer_list(store, _TOPICS, query_data, FreeNodeAnswer, f"usermon-{id}-free-nodes.csv", read)

    @api.get("/api/cluster/<id>/history/<int:hours>")
    @api.input(HistoryQuery, location="query")
    @api.output(ClusterHistoryAnswer(many=True), headers=ListHeaders)
    @api.doc(
        summary="Sums of a cluster at each snapshot of so many hours",
        description="The hours end with the newest snapshot.",
        responses=[401, 404],
    )
    def history(id: str, hours: int, query_data: HistoryAsked) -> Response:
        def read(connection: Any, window: Window) -> Page:
            cluster = _cluster(connection, id)
            start = max(0, (cluster.time or 0) - min(hours, _LONGEST_HOURS) * 3600)
            found = history_since(connection, cluster, start, query_data["points"])
            return cut([_with_times(row, ("time",)) for row in found], window)

        whole: Listed = {"format": query_data["format"], "limit": query_data["points"], "offset": 0}
        return answer_list(store, _TOPICS, whole, ClusterHistoryAnswer, f"usermon-{id}-history.csv", read)

    @api.get("/api/cluster/<id>/jobs")
    @api.input(JobsQuery, location="query")
    @api.output(JobAnswer(many=True), headers=ListHeaders)
    @api.doc(summary="The jobs in a cluster's newest snapshot, by their number", responses=[401, 404])
    def jobs(id: str, query_data: JobsAsked) -> Response:
        wanted = JobFilter(query_data["user"], query_data["state"], query_data["queue"], query_data["name"])

        def read(connection: Any, window: Window) -> Page:
            page = jobs_page(connection, _cluster(connection, id), wanted, window)
            return Page([_with_times(row, ("submitted", "started")) for row in page.rows], page.total)

        return answer_list(store, _TOPICS, query_data, JobAnswer, f"usermon-{id}-jobs.csv", read)

    @api.get("/api/cluster/<id>/finished")
    @api.input(FinishedQuery, location="query")
    @api.output(FinishedAnswer(many=True), headers=ListHeaders)
    @api.doc(
        summary="Jobs of a cluster that ended, the newest first, with their CPU and GPU hours",
        responses=[401, 404],
    )
    def finished(id: str, query_data: FinishedAsked) -> Response:
        wanted = FinishedFilter(
            start=query_data["start"],
            end=query_data["end"],
            user=query_data["user"],
            state=query_data["state"],
            queue=query_data["queue"],
        )

        def read(connection: Any, window: Window) -> Page:
            page = finished_page(connection, _cluster(connection, id), wanted, window)
            return Page(
                [_with_times(row, ("submitted", "started", "ended")) for row in page.rows], page.total
            )

        return answer_list(store, _TOPICS, query_data, FinishedAnswer, f"usermon-{id}-finished.csv", read)

    @api.get("/api/cluster/<id>/finished/users")
    @api.input(FinishedSumsQuery, location="query")
    @api.output(FinishedSumAnswer(many=True), headers=ListHeaders)
    @api.doc(summary="What the jobs that ended come to for each user", responses=[401, 404])
    def finished_sums(id: str, query_data: SumsAsked) -> Response:
        wanted = FinishedFilter(query_data["start"], query_data["end"], query_data["user"])

        def read(connection: Any, window: Window) -> Page:
            return cut(sums_of_finished(connection, _cluster(connection, id), wanted), window)

        return answer_list(store, _TOPICS, query_data, FinishedSumAnswer, f"usermon-{id}-users.csv", read)

    return api


def _cluster(connection: Any, name: str) -> Cluster:
    """Raises NotKnown."""
    cluster = None if "\0" in name else find_cluster(connection, name)
    if cluster is None:
        raise NotKnown(f"no cluster {name!r} is known", "GET /api/clusters lists all clusters.")
    return cluster


def _minute() -> int:
    """Ages are told anew each minute, though nothing was saved."""
    return int(time.time()) // 60


def _totals(cluster: Cluster) -> dict[str, Any]:
    age = None if cluster.time is None else max(0, int(time.time()) - cluster.time)
    about = {"cluster": cluster.name, "time": iso_time_or_none(cluster.time), "age_seconds": age}
    return {**about, **NO_TOTALS, **cluster.totals}


def _with_times(row: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    told = dict(row)
    for name in names:
        told[name] = iso_time_or_none(row[name])
    return told
