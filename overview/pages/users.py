"""A page for each user: what their dashboard shows."""

from flask import Blueprint

from overview.snapshots import Snapshots
from usage_store.engine import Store


def users_pages(snapshots: Snapshots, store: Store) -> Blueprint:
    pages = Blueprint("users", __name__)
    return pages
