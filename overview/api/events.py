"""GET /api/events: a stream that tells which topics of the store changed, the moment they do."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response, request

from overview.events import EVENT_LINE, MIMETYPE, EventLine, first_event
from usage_store.engine import Store
from usage_store.revisions import current_revisions
from web_shared.error_pages import error_answer

_RETRY_SECONDS = 30
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The stream; it stays open.",
        "content": {MIMETYPE: {}},
    },
    503: {"description": "The store does not answer, or too many listen: see Retry-After."},
}


def events_api(store: Store) -> APIBlueprint:
    api = APIBlueprint("events_api", __name__, tag="Events")

    @api.get("/api/events")
    @api.doc(
        summary="Which topics changed, told the moment they do",
        description="Server-sent events. `event: changed` holds a JSON object of topics (storage, io, "
        "queues, hosts, backups, dashboards, collection, alerts) and their revisions: numbers that grow with "
        "each change. The first event, and the first one after a reconnection, names all topics, so whoever "
        "compares with what they saw last misses nothing. The stream ends when the session or token does.",
        responses=_RESPONSES,
    )
    def events() -> Response:
        line: EventLine | None = request.environ.get(EVENT_LINE) if request.method == "GET" else None
        if line is not None and not line.is_free:
            refused = error_answer(503, "too many listen already", "Ask the feed itself, now and then.")
            refused.headers["Retry-After"] = str(_RETRY_SECONDS)
            return refused
        with store.reading() as connection:
            revisions = current_revisions(connection)
        if line is not None:
            line.take(revisions)
        answer = Response(first_event(revisions), mimetype=MIMETYPE)
        answer.headers["Cache-Control"] = "no-store"
        # nginx would keep events until its buffer is full.
        answer.headers["X-Accel-Buffering"] = "no"
        return answer

    return api
