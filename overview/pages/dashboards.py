"""The dashboards page, and the door from here into a user's dashboard."""

import logging
import time
from collections import Counter

from flask import Blueprint, Response, redirect, render_template
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from overview.snapshots import Snapshots
from usage_store.dashboards import DashboardView
from usermon.signed_links import derive_link_key, make_link_token
from usermon.state_folder import StateFolder
from web_shared.account_secrets import AccountSecrets
from web_shared.error_pages import error_answer

# `orchestrator watch` looks at least once a minute.
OLD_AFTER_SECONDS = 180
_WEEK = 7 * 86400

_OPENS = ("ready", "starting", "asleep")
_log = logging.getLogger(__name__)


def dashboards_pages(snapshots: Snapshots, state: StateFolder) -> Blueprint:
    pages = Blueprint("dashboards", __name__)
    secrets = AccountSecrets(state.admin_folder)

    @pages.get("/dashboards")
    def page() -> str:
        views = snapshots.dashboards()
        seen_at = max((view.seen_at for view in views if view.seen_at is not None), default=None)
        visits = [view.last_visit_at for view in views if view.last_visit_at is not None]
        return render_template(
            "overview/dashboards.html",
            views=views,
            states=Counter(view.state or "never seen" for view in views),
            seen_at=seen_at,
            old=seen_at is not None and time.time() - seen_at > OLD_AFTER_SECONDS,
            memory=sum(view.memory_bytes or 0 for view in views),
            measured=sum(view.memory_bytes is not None for view in views),
            visited=sum(visit > time.time() - _WEEK for visit in visits),
            newest_visit=max(visits, default=None),
        )

    @pages.get("/dashboards/<user>/open")
    def open_as(user: str) -> AnyResponse | Response:
        view = next((view for view in snapshots.dashboards() if view.user == user), None)
        if view is None:
            raise NotFound
        if view.url is None or view.state not in _OPENS:
            return error_answer(409, *_why_closed(view))
        token = make_link_token(derive_link_key(secrets.link_key(), user), time.time())
        _log.info("admin opens the dashboard of %s", user)
        answer = redirect(f"{view.url.rstrip('/')}/open-as?token={token}", 303)
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer

    return pages


def _why_closed(view: DashboardView) -> tuple[str, str]:
    if view.state is None:
        return (
            f"the dashboard of {view.user} was never seen running",
            "Start it: `orchestrator up` with the lists that name this user.",
        )
    return (
        f"the dashboard of {view.user} is {view.state}",
        f"Look why: `orchestrator logs {view.user}`; then `orchestrator restart {view.user}`.",
    )
