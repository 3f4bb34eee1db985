"""Which jobs a browser asks for: filters, order and page of the table of all jobs, from the query."""

from dataclasses import dataclass

from flask import request
from werkzeug.exceptions import BadRequest

from overview.queue_words import job_kind
from usage_store.all_jobs import ORDERS, JobsWanted, Order
from usage_store.engine import StoreConnection
from usage_store.paging import Window
from usage_store.queues import all_clusters

LARGEST_PAGE = 500
_LONGEST_TEXT = 200
_LARGEST_OFFSET = 10**9
_TEXTS = ("cluster", "user", "exact_user", "name", "queue", "state")
_KINDS = ("running", "waiting", "ended")


@dataclass(frozen=True, slots=True)
class JobsAsked:
    """`state` is a kind (running, waiting, ended) or a scheduler's own letter or word; all may be None.

    `user` is a part of a name, `exact_user` a whole one.
    """

    cluster: str | None
    user: str | None
    exact_user: str | None
    name: str | None
    queue: str | None
    state: str | None
    order: Order
    descending: bool
    window: Window

    def wanted(self, connection: StoreConnection) -> JobsWanted:
        return JobsWanted(
            cluster=self.cluster,
            user=self.exact_user,
            user_part=self.user,
            text=self.name,
            queue=self.queue,
            states=None if self.state is None else self._states(connection),
        )

    def _states(self, connection: StoreConnection) -> frozenset[str]:
        if self.state not in _KINDS:
            return frozenset({self.state or ""})
        known = {state for one in all_clusters(connection) for state in one.totals.get("jobs_by_state", ())}
        return frozenset(state for state in known if job_kind(state) == self.state)


def jobs_asked() -> JobsAsked:
    """Of this request. Raises BadRequest for what is no such question."""
    texts = {name: _text(name) for name in _TEXTS}
    order = next((known for known in ORDERS if known == request.args.get("sort", "submitted")), None)
    if order is None:
        raise BadRequest(f"sort is one of {', '.join(ORDERS)}")
    return JobsAsked(
        **texts,
        order=order,
        descending=request.args.get("order", "desc") != "asc",
        window=Window(_count("limit", 50, LARGEST_PAGE), _count("offset", 0, _LARGEST_OFFSET)),
    )


def _text(name: str) -> str | None:
    text = request.args.get(name, "").strip()
    if "\0" in text or len(text) > _LONGEST_TEXT:
        raise BadRequest(f"{name} is no text that a job could hold")
    return text or None


def _count(name: str, default: int, largest: int) -> int:
    text = request.args.get(name, str(default))
    if not (text.isascii() and text.isdigit() and int(text) <= largest):
        raise BadRequest(f"{name} is a whole number up to {largest}")
    return int(text)
