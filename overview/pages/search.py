"""What the search field finds: any user, host, machine, job or cluster."""

from flask import Blueprint

from overview.snapshots import Snapshots
from usage_store.engine import Store


def search_pages(snapshots: Snapshots, store: Store) -> Blueprint:
    pages = Blueprint("search", __name__)
    return pages
