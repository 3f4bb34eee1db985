"""The queues page."""

from flask import Blueprint, render_template

from overview.snapshots import Snapshots
from usage_store.engine import Store


def queues_pages(snapshots: Snapshots, store: Store) -> Blueprint:
    pages = Blueprint("queues", __name__)

    @pages.get("/queues")
    def page() -> str:
        return render_template("overview/queues.html")

    return pages
