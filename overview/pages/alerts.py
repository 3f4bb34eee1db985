"""The alerts page."""

from flask import Blueprint, render_template

from overview.snapshots import Snapshots
from usage_store.engine import Store


def alerts_pages(snapshots: Snapshots, store: Store) -> Blueprint:
    pages = Blueprint("alerts", __name__)

    @pages.get("/alerts")
    def page() -> str:
        return render_template("overview/alerts.html")

    return pages
