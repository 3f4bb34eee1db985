"""The hosts page."""

from flask import Blueprint, render_template

from overview.snapshots import Snapshots
from usage_store.engine import Store


def hosts_pages(snapshots: Snapshots, store: Store) -> Blueprint:
    pages = Blueprint("hosts", __name__)

    @pages.get("/hosts")
    def page() -> str:
        return render_template("overview/hosts.html")

    return pages
