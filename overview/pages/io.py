"""The I/O page."""

from flask import Blueprint, render_template

from overview.snapshots import Snapshots
from usage_store.engine import Store


def io_pages(snapshots: Snapshots, store: Store) -> Blueprint:
    pages = Blueprint("io", __name__)

    @pages.get("/io")
    def page() -> str:
        return render_template("overview/io.html")

    return pages
