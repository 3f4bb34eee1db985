"""The queues pages: a row of each cluster, and one cluster larger. Their scripts read queue_feeds.py."""

import time

from flask import Blueprint, render_template

from overview.error_pages import NotKnown
from overview.pages.queue_feeds import add_queue_feeds, all_rows
from overview.queue_rows import Row, row_of, site_totals, state_of
from overview.site import current_site
from overview.snapshots import Snapshots
from usage_store.engine import Store
from usage_store.queues import find_cluster


def queues_pages(snapshots: Snapshots, store: Store) -> Blueprint:
    pages = Blueprint("queues", __name__)
    add_queue_feeds(pages, snapshots, store)

    @pages.get("/queues")
    def page() -> str:
        rows = all_rows(snapshots)
        return render_template(
            "overview/queues.html", rows=rows, totals=site_totals(rows), state_of=_state_now
        )

    @pages.get("/queues/<path:name>")
    def cluster_page(name: str) -> str:
        with store.reading() as connection:
            cluster = None if "\0" in name else find_cluster(connection, name)
            if cluster is None:
                raise NotKnown(
                    f"no cluster {name!r} is known",
                    "The clusters are at /queues; a new one is there once its queues were read.",
                )
            row = row_of(connection, current_site(), cluster)
        return render_template("overview/queue_cluster.html", row=row, state=_state_now(row))

    return pages


def _state_now(row: Row) -> str:
    return state_of(row, time.time())
