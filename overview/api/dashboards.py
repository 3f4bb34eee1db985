"""/api/dashboards: everybody's dashboard as the orchestrator last saw it."""

import json
from typing import Any

from apiflask import APIBlueprint
from flask import Response

from overview.api.schemas import DashboardsAnswer, FormatQuery
from overview.csv_table import csv_table
from overview.snapshots import Snapshots, answer, download
from overview.times import iso_time_or_none
from usage_store.dashboards import DashboardView


def dashboards_api(snapshots: Snapshots) -> APIBlueprint:
    api = APIBlueprint("dashboards_api", __name__, tag="Dashboards")

    @api.get("/api/dashboards")
    @api.input(FormatQuery, location="query")
    @api.output(DashboardsAnswer)
    @api.doc(summary="Everybody's dashboard, as the orchestrator last saw it", responses=[401])
    def all_dashboards(query_data: dict[str, str]) -> Response:
        views = snapshots.dashboards()
        if query_data["format"] == "csv":
            rows = (list(_fields(view).values()) for view in views)
            table = snapshots.body(
                "dashboards.csv", "text/csv", views, lambda: csv_table(DashboardView._fields, rows)
            )
            return download(answer(table), "usermon-dashboards.csv")

        def render() -> bytes:
            return json.dumps({"dashboards": [_fields(view) for view in views]}).encode()

        return answer(snapshots.body("dashboards", "application/json", views, render))

    return api


def _fields(view: DashboardView) -> dict[str, Any]:
    fields = view._asdict()
    for name in ("started_at", "seen_at", "last_visit_at"):
        fields[name] = iso_time_or_none(fields[name])
    return fields
