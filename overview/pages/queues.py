"""The queues pages: a row of each cluster, and one cluster larger. Their scripts read queue_feeds.py."""

import time
from typing import Any

from flask import Blueprint, render_template, request

from overview.error_pages import NotKnown
from overview.pages.queue_feeds import add_queue_feeds, all_rows
from overview.queue_rows import Row, row_of, site_totals, state_of
from overview.queue_words import job_words
from overview.rules import current_rules
from overview.snapshots import Snapshots
from usage_store.engine import Store, StoreConnection
from usage_store.finished import FinishedFilter, finished_page
from usage_store.paging import Window
from usage_store.queues import Cluster, find_cluster

_LONGEST_ID = 255
_MOST_OF_ONE_ID = 20


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
            row = row_of(connection, current_rules(), cluster)
            job_id = request.args.get("job", "")[:_LONGEST_ID]
            ended = _ended(connection, cluster, job_id)
        return render_template(
            "overview/queue_cluster.html",
            row=row,
            state=_state_now(row),
            job_id=job_id,
            ended=ended,
            job_words=job_words,
        )

    return pages


def _ended(connection: StoreConnection, cluster: Cluster, job_id: str) -> list[dict[str, Any]]:
    """The jobs of this id that ended: schedulers use theirs anew, or start a job again."""
    if not job_id or "\0" in job_id:
        return []
    found = finished_page(connection, cluster, FinishedFilter(job_id=job_id), Window(_MOST_OF_ONE_ID))
    return [dict(row) for row in found.rows]


def _state_now(row: Row) -> str:
    return state_of(row, time.time())
