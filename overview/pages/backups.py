"""The backups page."""

from flask import Blueprint, render_template

from overview.snapshots import Snapshots
from usage_store.engine import Store


def backups_pages(snapshots: Snapshots, store: Store) -> Blueprint:
    pages = Blueprint("backups", __name__)

    @pages.get("/backups")
    def page() -> str:
        return render_template("overview/backups.html")

    return pages
