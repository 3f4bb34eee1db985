"""The start page: is anything wrong?"""

from flask import Blueprint, render_template

from overview.snapshots import Snapshots
from usage_store.engine import Store


def start_pages(snapshots: Snapshots, store: Store) -> Blueprint:
    pages = Blueprint("start", __name__)

    @pages.get("/")
    def page() -> str:
        return render_template("overview/start.html")

    return pages
