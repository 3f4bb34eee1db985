"""/api/collection: what each source gave, and which lines stand rejected."""

from dataclasses import asdict
from typing import Any

from apiflask import APIBlueprint
from flask import Response, jsonify

from overview.api.schemas import CollectionAnswer, FormatQuery
from overview.csv_table import csv_table
from overview.snapshots import download
from overview.times import iso_time
from usage_store.collection_runs import RejectedLine, count_rejected_by_source, latest_runs, standing_rejected
from usage_store.engine import Store
from usermon.collection import CollectionRun


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
        with store.reading() as connection:
            runs = latest_runs(connection)
            counts = count_rejected_by_source(connection)
            rejected = [_rejected(line) for line in standing_rejected(connection)]
        if query_data["format"] == "csv":
            rows = csv_table(RejectedLine.__slots__, (list(line.values()) for line in rejected))
            return download(Response(rows, mimetype="text/csv"), "usermon-rejected-lines.csv")
        return jsonify(
            sources=[_run(run, counts.get(run.source, 0)) for run in runs],
            rejected_total=sum(counts.values()),
            rejected=rejected,
        )

    return api


def _run(run: CollectionRun, standing: int) -> dict[str, Any]:
    return {
        **asdict(run),
        "started_at": iso_time(run.started_at),
        "finished_at": iso_time(run.finished_at),
        "standing_rejected": standing,
    }


def _rejected(line: RejectedLine) -> dict[str, Any]:
    return {**asdict(line), "seen_at": iso_time(line.seen_at)}
