"""The collection page: what each source gave, when, and which lines stand rejected."""

from flask import Blueprint, render_template

from usage_store.collection_runs import count_rejected_by_source, latest_runs, standing_rejected
from usage_store.engine import Store

SHOWN_REJECTED = 1000


def collection_pages(store: Store) -> Blueprint:
    pages = Blueprint("collection", __name__)

    @pages.get("/collection")
    def page() -> str:
        with store.reading() as connection:
            runs = latest_runs(connection)
            counts = count_rejected_by_source(connection)
            rejected = standing_rejected(connection, SHOWN_REJECTED)
        return render_template(
            "overview/collection.html",
            runs=runs,
            rejected_counts=counts,
            rejected_total=sum(counts.values()),
            rejected=rejected,
        )

    return pages
