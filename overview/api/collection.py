"""/api/collection: what each source gave, and which lines stand rejected."""

from collections.abc import Collection
from dataclasses import asdict
from typing import Any

from apiflask import APIBlueprint
from flask import Response

from overview.api.listing import answer_object, answer_table
from overview.api.schemas import CollectionAnswer, FormatQuery
from overview.site import current_sources
from overview.times import iso_time
from usage_store.awaited_sources import never_ran
from usage_store.collection_runs import RejectedLine, count_rejected_by_source, latest_runs, standing_rejected
from usage_store.engine import Store, StoreConnection
from usermon.collection import CollectionRun

_MOST_CSV_LINES = 100_000


def collection_api(store: Store) -> APIBlueprint:
    api = APIBlueprint("collection_api", __name__, tag="Collection")

    @api.get("/api/collection")
    @api.input(FormatQuery, location="query")
    @api.output(CollectionAnswer)
    @api.doc(
        summary="What each source gave in its newest run, and the lines that stand rejected",
        description="As CSV: the rejected lines.",
        responses=[401],
    )
    def collection(query_data: dict[str, str]) -> Response:
        if query_data["format"] == "csv":
            return answer_table(
                store,
                ("collection",),
                "usermon-rejected-lines.csv",
                RejectedLine.__slots__,
                lambda connection: [
                    list(line.values()) for line in _all_rejected(connection, _MOST_CSV_LINES)
                ],
            )
        sources = current_sources()
        return answer_object(
            store, ("collection",), lambda connection: _collection(connection, sources), also=sources
        )

    return api


def _collection(connection: StoreConnection, sources: Collection[str]) -> dict[str, Any]:
    counts = {source: one.all for source, one in count_rejected_by_source(connection).items()}
    return {
        "sources": [_run(run, counts.get(run.source, 0)) for run in latest_runs(connection)],
        "never_ran": never_ran(connection, sources),
        "rejected_total": sum(counts.values()),
        "rejected": _all_rejected(connection),
    }


def _all_rejected(connection: StoreConnection, limit: int = 1000) -> list[dict[str, Any]]:
    return [_rejected(line) for line in standing_rejected(connection, limit)]


def _run(run: CollectionRun, standing: int) -> dict[str, Any]:
    return {
        **asdict(run),
        "started_at": iso_time(run.started_at),
        "finished_at": iso_time(run.finished_at),
        "standing_rejected": standing,
    }


def _rejected(line: RejectedLine) -> dict[str, Any]:
    return {**asdict(line), "seen_at": iso_time(line.seen_at)}
