"""A page for each user: what their dashboard shows of storage, their I/O and jobs, the dashboard itself."""

import time
from typing import Any

from flask import Blueprint, Response, render_template, request

from alerts import Trouble, troubles
from alerts.trouble import RULE
from overview.error_pages import NotKnown
from overview.parts import Part, as_feed, part
from overview.rules import current_rules
from overview.site import current_site
from overview.snapshots import Snapshots
from overview.storage_table import in_order
from overview.user_storage import References, cards_of, histories_of, plots_of
from usage_store.dashboards import DashboardView
from usage_store.engine import Store, StoreConnection
from usage_store.people import is_known_user
from usage_store.storage import storage_histories
from usermon.alert_rules import DashboardRule, GrowthRule, QuotaRule, ReferenceRule
from usermon.histories import History
from web_shared.same_origin import asked_by_a_browser

_STORAGE = ("storage",)
_TOPICS = ("storage", "dashboards")
# Rules whose troubles are about users.
_OF_USERS = (QuotaRule, GrowthRule, ReferenceRule, DashboardRule)
_OPENS = ("ready", "starting", "asleep")


def users_pages(snapshots: Snapshots, store: Store) -> Blueprint:
    pages = Blueprint("users", __name__)

    @pages.get("/users/<path:user>")
    def page(user: str) -> str | tuple[str, int]:
        with store.reading() as connection:
            if not is_known_user(connection, user) and asked_by_a_browser(request):
                return render_template("overview/user_unknown.html", user=user), 404
            _refuse_unknown(connection, user)
            histories = _histories(connection, user)
            parts = _parts(snapshots, user, histories)
        return render_template(
            "overview/user.html",
            user=user,
            parts=parts,
            volumes=[history.volume for history in histories],
        )

    @pages.get("/users/<path:user>/parts.json")
    def parts_feed(user: str) -> Response:
        def read(connection: StoreConnection) -> dict[str, Any]:
            _refuse_unknown(connection, user)
            return as_feed(_parts(snapshots, user, _histories(connection, user)))

        return snapshots.feed(("user", user), _TOPICS, read, also=int(time.time()) // 60)

    @pages.get("/users/<path:user>/storage.json")
    def storage_feed(user: str) -> Response:
        def read(connection: StoreConnection) -> list[dict[str, Any]]:
            _refuse_unknown(connection, user)
            return plots_of(_histories(connection, user), _references())

        return snapshots.feed(("user storage", user), _STORAGE, read, also=_references())

    return pages


def _refuse_unknown(connection: StoreConnection, user: str) -> None:
    if not is_known_user(connection, user):
        raise NotKnown(
            f"no user {user!r} is known here",
            "GET /api/search?q=PART finds names by a part of them; somebody new is known from their first "
            "sample, or when a list names them.",
        )


def _histories(connection: StoreConnection, user: str) -> list[History]:
    kept = storage_histories(connection, user)
    return histories_of(kept, in_order(kept))


def _references() -> References:
    site = current_site()
    return References() if site is None else References(site.reference_gb, site.reference_files)


def _parts(snapshots: Snapshots, user: str, histories: list[History]) -> list[Part]:
    now = time.time()
    row = snapshots.storage().row(user)
    view = next((one for one in snapshots.dashboards() if one.user == user), None)
    wrong = _troubles(snapshots, user, now)
    return [
        part(
            "head",
            "overview/user_head.html",
            user=user,
            view=view,
            opens=_opens(view),
            told=any(trouble.kind == "dashboard" for trouble in wrong),
            unlisted=row is not None and not row.listed,
            lists_given=any(one.listed for one in snapshots.dashboards()),
        ),
        *([part("wrong", "overview/user_wrong.html", troubles=wrong)] if wrong else []),
        part("cards", "overview/user_cards.html", user=user, cards=cards_of(histories, now)),
    ]


def _opens(view: DashboardView | None) -> bool:
    return view is not None and view.url is not None and view.state in _OPENS


def _troubles(snapshots: Snapshots, user: str, now: float) -> list[Trouble]:
    """What the rules find wrong with this user; they are asked for everybody at once, when data came."""
    rules = tuple(rule for rule in current_rules() if isinstance(rule, _OF_USERS))

    def find(connection: StoreConnection) -> dict[str, list[Trouble]]:
        found: dict[str, list[Trouble]] = {}
        for trouble in troubles(connection, rules, now):
            if trouble.kind == RULE:
                continue  # it is about nobody
            found.setdefault(trouble.subject, []).append(trouble)
        return found

    return snapshots.content("troubles of users", _TOPICS, find, also=rules).get(user, [])
