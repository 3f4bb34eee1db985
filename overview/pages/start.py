"""The start page: is anything wrong?"""

import time
from typing import Any

from flask import Blueprint, Response, render_template

from alerts import troubles
from overview.host_board_now import host_board_now
from overview.host_troubles import with_hosts
from overview.one_cause import told_once
from overview.pages.queue_feeds import all_rows
from overview.parts import Part, as_feed, part
from overview.rules import current_rules
from overview.site import current_capacities, current_problem, current_problem_parts, current_sources
from overview.snapshots import Snapshots
from overview.start_tiles import grouped, tiles, verdict
from usage_store.engine import Store, StoreConnection

# All that any tile or trouble is made from.
_TOPICS = ("storage", "io", "queues", "hosts", "backups", "dashboards", "collection")


def start_pages(snapshots: Snapshots, store: Store) -> Blueprint:
    pages = Blueprint("start", __name__)

    @pages.get("/")
    def page() -> str:
        with store.reading() as connection:
            parts = _parts(snapshots, connection)
        return render_template("overview/start.html", parts=parts, volumes=snapshots.storage().volumes)

    @pages.get("/start.json")
    def feed() -> Response:
        also = (int(time.time()) // 60, current_problem())
        return snapshots.feed(
            ("start",), _TOPICS, lambda connection: as_feed(_parts(snapshots, connection)), also=also
        )

    @pages.get("/start/totals.json")
    def totals_feed() -> Response:
        """Changes when bubbles may have."""
        return snapshots.feed(("start", "totals"), ("storage",), lambda _connection: _totals(snapshots))

    return pages


def _totals(snapshots: Snapshots) -> dict[str, Any]:
    return {name: total._asdict() for name, total in snapshots.storage().totals.items()}


def _parts(snapshots: Snapshots, connection: StoreConnection) -> list[Part]:
    now = time.time()
    hosts = host_board_now(snapshots)
    clusters = all_rows(snapshots)
    found = told_once(with_hosts(troubles(connection, current_rules(), now), hosts.tiles), hosts, clusters)
    shown = tiles(
        connection,
        snapshots.storage(),
        snapshots.dashboards(),
        clusters,
        hosts,
        found,
        current_capacities(),
        current_sources(),
    )
    measured = {tile.title: tile for tile in shown if tile.newest_time is not None}
    state, words = verdict(found, measured)
    return [
        *current_problem_parts(),
        part("verdict", "overview/start_verdict.html", state=state, words=words, measured=measured),
        part("tiles", "overview/start_tiles.html", tiles=shown),
        part("troubles", "overview/start_troubles.html", groups=grouped(found), measured=measured),
    ]
