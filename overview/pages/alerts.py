"""The alerts page: what is open, what was, who was told, who has seen it."""

import time
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from alerts.keeper import LEASE
from overview.alert_views import KINDS, Wanted, read_alerts
from overview.parts import Part, as_feed, part
from overview.site import current_problem, current_problem_parts, current_site
from overview.snapshots import Snapshots
from usage_store.alert_messages import count_waiting, standing_error
from usage_store.alerts import TOPIC, acknowledge, count_alerts, count_ended
from usage_store.engine import Store, StoreConnection
from usage_store.leases import lease_of
from usage_store.paging import Window
from usermon.alert_settings import AlertSettings
from web_shared.error_pages import error_answer

OPEN_SHOWN, ENDED_SHOWN = 50, 25
_LONGEST_NAME, _LONGEST_NOTE = 64, 1000
_MOST_PAGES = 100_000


class Asked(NamedTuple):
    """Which alerts a browser looks at; pages count from 1."""

    kind: str | None
    subject: str | None
    page: int
    past: int

    def address(self, **changed: Any) -> str:
        """Of this page with something else chosen; what is usual is left out."""
        values = self._replace(**changed)._asdict()
        asked = {name: value for name, value in values.items() if value not in (None, 1)}
        return f"/alerts?{urlencode(asked)}" if asked else "/alerts"


def alerts_pages(snapshots: Snapshots, store: Store) -> Blueprint:
    pages = Blueprint("alerts", __name__)

    @pages.get("/alerts")
    def page() -> str:
        asked = _asked()
        with store.reading() as connection:
            parts = _parts(connection, asked)
        return render_template("overview/alerts.html", parts=parts)

    @pages.get("/alerts.json")
    def feed() -> Response:
        asked, minute = _asked(), int(time.time()) // 60
        also = (minute, current_site() is not None and _settings(), current_problem())
        return snapshots.feed(
            ("alerts", asked), (TOPIC,), lambda connection: as_feed(_parts(connection, asked)), also=also
        )

    @pages.post("/alerts/<int(max=9223372036854775807):number>/acknowledge")
    def acknowledge_one(number: int) -> AnyResponse | Response:
        """The gate has refused what comes from another site."""
        by, note = (" ".join(request.form.get(name, "").split()) for name in ("by", "note"))
        if not by or len(by) > _LONGEST_NAME or len(note) > _LONGEST_NOTE or not (by + note).isprintable():
            return error_answer(
                422,
                f"an alert is seen by somebody: a name of at most {_LONGEST_NAME} letters, and a note of at "
                f"most {_LONGEST_NOTE}",
                "Write your name, go back and try again.",
            )
        with store.writing() as connection:
            done = acknowledge(connection, number, by, note, int(time.time()))
        if not done:
            return error_answer(
                409, "this alert has ended, or never was", "Look at /alerts for what is open now."
            )
        return redirect(_asked().address(), 303)

    return pages


def _settings() -> AlertSettings:
    site = current_site()
    return AlertSettings() if site is None else site.alerts


def _asked() -> Asked:
    kind = next((known for known in KINDS if known == request.args.get("kind")), None)
    subject = (request.args.get("subject") or "")[:255] or None
    return Asked(kind, subject, _number("page"), _number("past"))


def _number(name: str) -> int:
    text = request.args.get(name, "1")
    return min(int(text), _MOST_PAGES) if text.isascii() and text.isdigit() and int(text) else 1


def _parts(connection: StoreConnection, asked: Asked) -> list[Part]:
    counts, ended_counts, settings = count_alerts(connection), count_ended(connection), _settings()
    open_now, total = read_alerts(
        connection,
        Wanted("open", asked.kind, asked.subject),
        Window(OPEN_SHOWN, (asked.page - 1) * OPEN_SHOWN),
    )
    ended, ended_total = read_alerts(
        connection,
        Wanted("ended", asked.kind, asked.subject),
        Window(ENDED_SHOWN, (asked.past - 1) * ENDED_SHOWN),
    )
    severities = {s: sum(n for (_, of), n in counts.items() if of == s) for s in ("serious", "warning")}
    lease = lease_of(connection, LEASE)
    is_kept = lease is not None and lease[1] > time.time()
    by_kind = {kind: sum(n for (of, _), n in counts.items() if of == kind) for kind in KINDS}
    head = part(
        "head",
        "overview/alerts_head.html",
        severities=severities,
        lease_until=None if lease is None else lease[1],
        is_kept=is_kept,
        problem=standing_error(connection),
        waiting=count_waiting(connection),
        settings=settings,
    )
    chosen = part(
        "chosen",
        "overview/alerts_chosen.html",
        asked=asked,
        kinds=[
            (kind, title, by_kind[kind])
            for kind, title in KINDS.items()
            if by_kind[kind] or ended_counts.get(kind) or kind == asked.kind
        ],
        total=sum(by_kind.values()),
    )
    cards = [
        part(f"alert-{view.alert.id}", "overview/alerts_card.html", view=view, asked=asked)
        for view in open_now
    ]
    nothing = []
    if not cards:
        nothing = [
            part("nothing", "overview/alerts_nothing.html", asked=asked, settings=settings, is_kept=is_kept)
        ]
    below = part(
        "more", "overview/alerts_more.html", asked=asked, shown=len(cards), total=total, size=OPEN_SHOWN
    )
    history = part(
        "history",
        "overview/alerts_history.html",
        asked=asked,
        ended=ended,
        total=ended_total,
        size=ENDED_SHOWN,
        titles=KINDS,
    )
    more = [below] if total > OPEN_SHOWN or asked.page > 1 else []
    return [*current_problem_parts(), head, chosen, *cards, *nothing, *more, history]
