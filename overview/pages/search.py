"""What the search field finds: any user, host, machine, backup, job or cluster."""

from itertools import groupby
from typing import Any

from flask import Blueprint, Response, render_template, request

from overview.search import TITLES, TOPICS, hits
from overview.snapshots import Snapshots
from usage_store.engine import Store, StoreConnection
from usage_store.search import LONGEST_TEXT


def search_pages(snapshots: Snapshots, store: Store) -> Blueprint:
    pages = Blueprint("search", __name__)

    @pages.get("/search")
    def page() -> str:
        """For those without scripts, and for Enter without a choice."""
        text = _asked()
        with store.reading() as connection:
            found = hits(connection, text)
        groups = [(TITLES[kind], list(of_kind)) for kind, of_kind in groupby(found, lambda hit: hit.kind)]
        return render_template("overview/search.html", text=text, groups=groups)

    @pages.get("/search.json")
    def feed() -> Response:
        text = _asked()

        def read(connection: StoreConnection) -> list[dict[str, Any]]:
            found = hits(connection, text)
            return [
                {"title": TITLES[kind], "hits": [hit._asdict() for hit in of_kind]}
                for kind, of_kind in groupby(found, lambda hit: hit.kind)
            ]

        return snapshots.feed(("search", text.lower()), TOPICS, read)

    return pages


def _asked() -> str:
    return request.args.get("q", "").strip()[:LONGEST_TEXT]
