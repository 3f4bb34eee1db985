"""Plots drawn once on the server, to embed in wikis and mails."""

from flask import Blueprint

from overview.snapshots import Snapshots
from usage_store.engine import Store


def images_pages(snapshots: Snapshots, store: Store) -> Blueprint:
    pages = Blueprint("images", __name__)
    return pages
