"""The collection page: how each source does, and which lines stand rejected."""

import time

from flask import Blueprint, Response, render_template, request

from overview.collection_sources import never_ran_states, source_states
from overview.parts import Part, as_feed, part
from overview.site import current_site
from overview.snapshots import Snapshots
from usage_store.awaited_sources import awaited_since, never_ran
from usage_store.collection_runs import (
    KEPT_REJECTED_LINES,
    count_rejected_by_source,
    latest_runs,
    recent_runs,
    standing_rejected,
)
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
            states, rejected = _state_parts(connection), _rejected_part(connection, source)
        return render_template("overview/collection.html", states=states, rejected=rejected, source=source)

    @pages.get("/collection/sources.json")
    def sources_feed() -> Response:
        minute = int(time.time()) // 60
        return snapshots.feed(
            ("collection", "sources"), _TOPICS, lambda c: as_feed(_state_parts(c)), also=minute
        )

    @pages.get("/collection/rejected.json")
    def rejected_feed() -> Response:
        source = request.args.get("source")
        return snapshots.feed(
            ("collection", "rejected", source), _TOPICS, lambda c: as_feed([_rejected_part(c, source)])
        )

    return pages


def _state_parts(connection: StoreConnection) -> list[Part]:
    now, site = time.time(), current_site()
    named = {source.name: source for source in site.sources} if site is not None else {}
    missing = [named[name] for name in never_ran(connection, named)]
    never = [
        part(one.name, "overview/collection_never.html", one=one)
        for one in never_ran_states(missing, awaited_since(connection), now)
    ]
    every = {source.name: source.every_seconds for source in named.values()}
    runs = recent_runs(connection, SHOWN_RUNS)
    if not runs:
        return [part("(empty)", "overview/collection_empty.html", named=named), *never]
    standing = {source: count.all for source, count in count_rejected_by_source(connection).items()}
    states = source_states(runs, standing, every, now)
    return [*never, *(part(one.run.source, "overview/collection_source.html", one=one) for one in states)]


def _rejected_part(connection: StoreConnection, source: str | None) -> Part:
    counts = count_rejected_by_source(connection)
    chosen = source if source in counts else None
    shown = [counts[chosen]] if chosen else list(counts.values())
    return part(
        "rejected",
        "overview/collection_rejected.html",
        counts={name: count.all for name, count in counts.items()},
        chosen=chosen,
        any_read=bool(latest_runs(connection)),
        total=sum(count.all for count in shown),
        kept=sum(count.kept for count in shown),
        kept_of_a_file=KEPT_REJECTED_LINES,
        lines=standing_rejected(connection, SHOWN_REJECTED, chosen),
    )
