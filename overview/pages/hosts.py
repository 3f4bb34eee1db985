"""The hosts page, and a page for each host."""

import time
from typing import Any

from flask import Blueprint, Response, render_template

from overview.hardware_groups import change_in_words, short_model
from overview.host_board import Board, board, columns, summary
from overview.snapshots import Snapshots
from usage_store.engine import Store, StoreConnection
from usage_store.hardware_changes import hardware_changes
from usage_store.host_status import LIMITS
from usage_store.hosts_now import hosts_now

_MINUTE = 60
_SHOWN_CHANGES = 100


def hosts_pages(snapshots: Snapshots, store: Store) -> Blueprint:
    pages = Blueprint("hosts", __name__)

    def newest_board() -> Board:
        """Anew with the minute too: silence grows without any sample."""

        def read(connection: StoreConnection) -> Board:
            return board(hosts_now(connection), time.time())

        return snapshots.content("hosts", ("hosts",), read, also=_minute())

    @pages.get("/hosts")
    def page() -> str:
        shown = newest_board()
        return render_template(
            "overview/hosts.html",
            board=shown,
            summary=summary(shown),
            changes=snapshots.content("hardware changes", (), _changes, also=_minute()),
            limits=LIMITS,
            short_model=short_model,
        )

    @pages.get("/hosts/tiles.json")
    def tiles_feed() -> Response:
        return snapshots.feed(("hosts",), ("hosts",), lambda _: columns(newest_board()), also=_minute())

    return pages


def _changes(connection: StoreConnection) -> list[dict[str, Any]]:
    return [
        {"host": one.host, "time": one.time, "words": change_in_words(one.before, one.after)}
        for one in hardware_changes(connection, _SHOWN_CHANGES)
    ]


def _minute() -> int:
    return int(time.time()) // _MINUTE
