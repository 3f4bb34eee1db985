"""The collection page: how each source does, and which lines stand rejected."""

import time

from flask import Blueprint, Response, render_template, request

from overview.collection_sources import SourceState, source_states
from overview.parts import Part, as_feed, part
from overview.site import current_site
from overview.snapshots import Snapshots
from usage_store.collection_runs import count_rejected_by_source, latest_runs, recent_runs, standing_rejected
from usage_store.engine import Store, StoreConnection

SHOWN_REJECTED = 300
SHOWN_RUNS = 30
_TOPICS = ("collection",)


def collection_pages(snapshots: Snapshots, store: Store) -> Blueprint:
    pages = Blueprint("collection", __name__)

    @pages.get("/collection")
    def page() -> str:
        source = request.args.get("source")
        with store.reading() as connection:
            states, rejected = _read(connection, source)
        return render_template(
            "overview/collection.html", states=_state_parts(states), rejected=rejected, source=source
        )

    @pages.get("/collection/sources.json")
    def sources_feed() -> Response:
        minute = int(time.time()) // 60
        return snapshots.feed(
            ("collection", "sources"), _TOPICS, lambda c: as_feed(_state_parts(_states(c))), also=minute
        )

    @pages.get("/collection/rejected.json")
    def rejected_feed() -> Response:
        source = request.args.get("source")
        return snapshots.feed(
            ("collection", "rejected", source), _TOPICS, lambda c: as_feed([_rejected_part(c, source)])
        )

    return pages


def _read(connection: StoreConnection, source: str | None) -> tuple[list[SourceState], Part]:
    return _states(connection), _rejected_part(connection, source)


def _states(connection: StoreConnection) -> list[SourceState]:
    site = current_site()
    every = {source.name: source.every_seconds for source in site.sources} if site is not None else {}
    runs = recent_runs(connection, SHOWN_RUNS)
    return source_states(runs, count_rejected_by_source(connection), every, time.time())


def _state_parts(states: list[SourceState]) -> list[Part]:
    if not states:
        return [part("(empty)", "overview/collection_empty.html")]
    return [part(one.run.source, "overview/collection_source.html", one=one) for one in states]


def _rejected_part(connection: StoreConnection, source: str | None) -> Part:
    counts = count_rejected_by_source(connection)
    chosen = source if source in counts else None
    return part(
        "rejected",
        "overview/collection_rejected.html",
        counts=counts,
        chosen=chosen,
        any_read=bool(latest_runs(connection)),
        total=counts[chosen] if chosen else sum(counts.values()),
        lines=standing_rejected(connection, SHOWN_REJECTED, chosen),
    )
