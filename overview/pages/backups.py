"""The backups page, and a page for each hub on each node."""

import time
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request

from overview.backup_board import KIND, WORD, backup_board, daily, feed
from overview.backup_node import item_rows, node_series
from overview.error_pages import NotKnown
from overview.hardware_groups import round_size
from overview.site import current_site
from overview.snapshots import Snapshots
from usage_store.backup_status import NodeStatus, judge_node
from usage_store.backups import node_backups
from usage_store.engine import Store

_TOPICS = ("backups",)
_MINUTE = 60


def backups_pages(snapshots: Snapshots, _store: Store) -> Blueprint:
    pages = Blueprint("backups", __name__)

    def judged() -> list[NodeStatus]:
        """All nodes of all hubs, as they are in this minute; tarballs are read when they changed only."""
        now = _minute() * _MINUTE

        def judge(_: object) -> list[NodeStatus]:
            kept = snapshots.content("backups", _TOPICS, node_backups)
            return [judge_node(one, now, zone=zone) for one in kept]

        site = current_site()
        zone = ZoneInfo("UTC" if site is None else site.timezone)
        return snapshots.content("judged backups", _TOPICS, judge, also=(_minute(), zone.key))

    @pages.get("/backups")
    def page() -> str:
        return render_template(
            "overview/backups.html",
            board=backup_board(judged(), time.time()),
            kinds=KIND,
            words=WORD,
            round_size=round_size,
        )

    @pages.get("/backups/board.json")
    def board_feed() -> Response:
        def read(_: object) -> dict[str, Any]:
            now = time.time()
            return {**feed(backup_board(judged(), now)), "daily": daily(judged(), now)}

        return snapshots.feed(("backups",), _TOPICS, read, also=_minute())

    @pages.get("/backups/node.json")
    def node_feed() -> Response:
        hub, node = request.args.get("hub", ""), request.args.get("node", "")
        status = _named(judged(), hub, node)

        def read(_: object) -> dict[str, Any]:
            return {
                **_said(status),
                "rows": [{name: getattr(row, name) for name in row.__slots__} for row in item_rows(status)],
                **node_series(status),
            }

        return snapshots.feed(("backups of", hub, node), _TOPICS, read, also=_minute())

    @pages.get("/backups/<path:names>")
    def page_of_node(names: str) -> str:
        status = _of_path(judged(), names)
        return render_template(
            "overview/backup_node.html",
            hub=status.backups.hub,
            node=status.backups.node,
            status=_said(status),
            listed_at=status.backups.listed_at,
            max_age=status.max_age_seconds,
            rows=item_rows(status),
            future=[one for item in status.items for one in item.future],
            kinds=KIND,
            words=WORD,
        )

    return pages


def _said(status: NodeStatus) -> dict[str, Any]:
    return {
        "kind": KIND[status.status],
        "word": WORD[status.status],
        "newest": status.newest,
        "listed_at": status.backups.listed_at,
        "tarballs": sum(item.tarballs for item in status.items),
    }


def _named(statuses: list[NodeStatus], hub: str, node: str) -> NodeStatus:
    for status in statuses:
        if (status.backups.hub, status.backups.node) == (hub, node):
            return status
    raise _not_known(f"{hub}/{node}")


def _of_path(statuses: list[NodeStatus], names: str) -> NodeStatus:
    """By HUB/NODE. Either may hold slashes: what fits one that is known is meant."""
    for status in statuses:
        if f"{status.backups.hub}/{status.backups.node}" == names:
            return status
    raise _not_known(names)


def _not_known(names: str) -> NotKnown:
    return NotKnown(
        f"no backups {names!r} are known",
        "An address is /backups/HUB/NODE; /backups lists all. A new node is there once its "
        "tarballs were listed.",
    )


def _minute() -> int:
    return int(time.time()) // _MINUTE
