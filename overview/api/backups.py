"""/api/hubs and /api/hubs/{hub}/nodes/{node}: which backups there are, and how good they are."""

import time
from typing import Any

from apiflask import APIBlueprint
from flask import Response

from overview.api.backups_schemas import (
    HubAnswer,
    HubsListed,
    HubsQuery,
    Judging,
    JudgingQuery,
    NodeAnswer,
    NodeRow,
    max_age_seconds,
)
from overview.api.listing import ListHeaders, answer_list, answer_object
from overview.error_pages import NotKnown
from overview.times import iso_time, iso_time_or_none
from usage_store.backup_status import (
    ItemStatus,
    NodeStatus,
    conclusion,
    judge_node,
    status_of_hub,
)
from usage_store.backups import hub_names, node_backups
from usage_store.engine import Store, StoreConnection
from usage_store.paging import Page, Window, cut

_TOPICS = ("backups",)
_DAY = 86_400


def backups_api(store: Store) -> APIBlueprint:
    api = APIBlueprint("backups_api", __name__, tag="Backups")

    @api.get("/api/hubs")
    @api.input(HubsQuery, location="query")
    @api.output(HubAnswer(many=True), headers=ListHeaders)
    @api.doc(
        summary="Each hub with the state of its backups on each node",
        description="As CSV: a row for each node of each hub; `limit` and `offset` count these.",
    )
    def hubs(query_data: HubsListed) -> Response:
        now, max_age = _now(query_data), max_age_seconds(query_data["max_age"])

        def read_nodes(connection: StoreConnection, window: Window) -> Page:
            page = cut([{"backups": one} for one in node_backups(connection)], window)
            judged = (judge_node(row["backups"], now, max_age) for row in page.rows)
            return Page([{**_names(node), **_summary(node, now)} for node in judged], page.total)

        def read(connection: StoreConnection, window: Window) -> Page:
            page = cut([{"hub": hub} for hub in hub_names(connection)], window)
            return Page([_hub(connection, row["hub"], now, max_age) for row in page.rows], page.total)

        if query_data["format"] == "csv":
            return answer_list(store, _TOPICS, query_data, NodeRow, "usermon-hubs.csv", read_nodes, also=now)
        return answer_list(store, _TOPICS, query_data, HubAnswer, "usermon-hubs.csv", read, also=now)

    @api.get("/api/hubs/<path:hub>/nodes/<path:node>")
    @api.input(JudgingQuery, location="query")
    @api.output(NodeAnswer)
    @api.doc(summary="All backups of one hub on one node, item by item", responses=[404])
    def node_of_hub(hub: str, node: str, query_data: Judging) -> Response:
        now, max_age = _now(query_data), max_age_seconds(query_data["max_age"])

        def read(connection: StoreConnection) -> dict[str, Any]:
            found = node_backups(connection, hub, node)
            if not found:
                raise NotKnown(f"no node {node!r} of hub {hub!r} is known", "GET /api/hubs lists all.")
            return _node(judge_node(found[0], now, max_age), now)

        return answer_object(store, _TOPICS, read, also=now)

    return api


def _now(query: Judging) -> int:
    """To the minute, so that who asks twice in it holds the answer already."""
    asked = query["now"]
    return int(time.time()) // 60 * 60 if asked is None else asked


def _hub(connection: StoreConnection, hub: str, now: int, max_age: int | None) -> dict[str, Any]:
    nodes = [judge_node(node, now, max_age) for node in node_backups(connection, hub)]
    return {
        "hub": hub,
        "status": status_of_hub(nodes),
        "conclusion": conclusion(nodes),
        "nodes": {node.backups.node: _summary(node, now) for node in nodes},
    }


def _names(node: NodeStatus) -> dict[str, str]:
    return {"hub": node.backups.hub, "node": node.backups.node}


def _summary(node: NodeStatus, now: int) -> dict[str, Any]:
    too_old = node.too_old
    return {
        "status": node.status,
        "reasons": list(node.reasons),
        "newest": iso_time_or_none(node.newest),
        "age_days": None if node.newest is None else _days(max(0, now - node.newest)),
        "listed_at": iso_time(node.backups.listed_at),
        "max_age_days": _days(node.max_age_seconds),
        "ok": len(node.items) - len(too_old),
        "alarm": len(too_old),
        "alarm_items": too_old,
        "tarballs": sum(item.tarballs for item in node.items),
    }


def _node(node: NodeStatus, now: int) -> dict[str, Any]:
    return {
        **_names(node),
        **_summary(node, now),
        "items": {item.item: _item(item) for item in node.items},
        "daily_counts": {day.isoformat(): count for day, count in node.daily_counts.items()},
        "future": [
            {
                "item": item.item,
                "time": iso_time(tarball.time),
                "size_mib": tarball.size_bytes >> 20,
                "path": tarball.path,
            }
            for item in node.items
            for tarball in item.future
        ],
    }


def _item(item: ItemStatus) -> dict[str, Any]:
    sizes = [point.size_bytes >> 20 for point in item.points]
    return {
        "status": item.status,
        "reasons": list(item.reasons),
        "tarballs": item.tarballs,
        "first": iso_time(item.points[0].time) if item.points else None,
        "last": iso_time(item.points[-1].time) if item.points else None,
        "last_size_mib": sizes[-1] if sizes else None,
        "previous_size_mib": sizes[-2] if len(sizes) > 1 else None,
        "age_days": None if item.age_seconds is None else _days(item.age_seconds),
        "days_without": [day.isoformat() for day in item.days_without()],
        "zero_size": [iso_time(moment) for moment in item.zero_size],
        "shrunk_by_half_or_more": [iso_time(moment) for moment in item.shrunk],
        "series": [[point.time * 1000, size] for point, size in zip(item.points, sizes, strict=True)],
    }


def _days(seconds: int) -> float:
    return round(seconds / _DAY, 6)
