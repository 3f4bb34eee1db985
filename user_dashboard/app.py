"""Builds the dashboard's web application from its settings."""

import json
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, make_response, render_template, request
from markupsafe import Markup

from user_dashboard import visits
from user_dashboard.callbacks import add_callbacks
from user_dashboard.error_pages import install_errors
from user_dashboard.events import Events
from user_dashboard.exports import add_exports
from user_dashboard.figures import RANGES, near_references, quotas_near
from user_dashboard.io.data import IoFile
from user_dashboard.io.tab import IoTab
from user_dashboard.jobs.data import JobsFile
from user_dashboard.jobs.tab import JobsTab
from user_dashboard.layout import page_layout
from user_dashboard.light_dash import Dash
from user_dashboard.published import PublishedFile, Storage
from user_dashboard.settings import Settings
from user_dashboard.site import PublishedSite
from user_dashboard.storage_tab import StorageTab
from user_dashboard.tabs import Tab, chosen_tab
from user_dashboard.wording import number
from web_shared.account_secrets import AccountSecrets
from web_shared.compression import install_compression
from web_shared.headers import install_headers
from web_shared.login import Login, current_session, install_login
from web_shared.look import install_look
from web_shared.static_files import StaticFolder

_HERE = Path(__file__).parent


def create_app(settings: Settings) -> Flask:
    """The whole dashboard: login, page, redraws, events, downloads, health."""
    app = Flask(__name__, static_folder=None)
    install_look(app, PublishedSite(settings.data_folder))
    StaticFolder("dashboard", _HERE / "assets").install(app)
    install_compression(app)
    install_errors(app, settings.user)
    install_login(
        app,
        Login(
            account=settings.user,
            title=f"{settings.user}’s dashboard",
            secrets_folder=settings.secrets_folder,
            accepts_links=True,
            open_paths=frozenset({"/healthz", visits.PATH}),
        ),
    )
    visits.Visits(AccountSecrets(settings.secrets_folder)).install(app)
    file = PublishedFile(settings.data_folder, settings.user)
    io, jobs = IoFile(settings.data_folder, settings.user), JobsFile(settings.data_folder, settings.user)
    tabs: tuple[Tab, ...] = (StorageTab(file), IoTab(io), JobsTab(jobs))
    dash = _make_dash(settings, file, tabs, app)
    add_callbacks(dash, tabs)
    Events([file.path, io.path, jobs.path]).install(app)
    install_headers(app, script_hashes=_script_hashes(dash), inline_styles=True)
    add_exports(app, settings.user, file, io, jobs)
    _add_health(app, settings)
    return app


def _make_dash(settings: Settings, file: PublishedFile, tabs: tuple[Tab, ...], server: Flask) -> Any:
    """Dash, drawn into a page of our own."""
    dash = Dash(
        name=__name__,
        server=server,
        title=f"{settings.user}’s dashboard",
        update_title="",
        serve_locally=True,
        include_assets_files=False,
        assets_folder=str(_HERE / "assets"),
        compress=False,
        add_log_handler=False,
    )
    dash.layout = page_layout(settings.refresh_seconds)
    draw_index = dash.index

    def index(*args: object, **path: object) -> Any:
        return abort(404) if args or path else draw_index()  # Dash answers any address with its page

    def interpolate_index(**parts: str) -> str:
        storage = file.read().content
        session = current_session()
        published = storage.published if storage is not None else None
        return render_template(
            "user_dashboard/page.html",
            user=settings.user,
            tabs=[(tab.name, tab.title, tab.is_there()) for tab in tabs],
            chosen=chosen_tab(tabs, request.args.get("tab")).name,
            ranges=list(RANGES),
            references=_references(storage),
            quotas=quotas_near(storage) if storage is not None else None,
            timezone=published.timezone if published else "",
            visiting=session is not None and session.by_link,
            signed_in=session is not None,
            refresh_milliseconds=round(settings.refresh_seconds * 1000),
            config=Markup(parts["config"]),  # noqa: S704 - tags that Dash has made
            scripts=Markup(parts["scripts"]),  # noqa: S704
            renderer=Markup(parts["renderer"]),  # noqa: S704
        )

    dash.index = index
    dash.interpolate_index = interpolate_index
    return dash


def _references(storage: Storage | None) -> list[dict[str, Any]]:
    """The reference lines on offer: plot, words, whether drawn without being asked for."""
    if storage is None:
        return []
    near = near_references(storage)
    gb, files = storage.published.reference_gb, storage.published.reference_files
    lines = (("storage", gb, "GiB"), ("files", files, "files"))
    return [
        {"plot": plot, "words": f"{number(amount)} {unit}", "shown": plot in near}
        for plot, amount, unit in lines
        if amount is not None
    ]


def _script_hashes(dash: Any) -> tuple[str, ...]:
    return tuple(digest.strip("'") for digest in dash.csp_hashes())


def _add_health(app: Flask, settings: Settings) -> None:
    secrets = AccountSecrets(settings.secrets_folder)

    @app.get("/healthz")
    def health() -> Response:
        """Ready means that somebody could sign in and see the page; SecretsUnreadable (503) otherwise."""
        secrets.password_hash()
        secrets.session_key()
        answer = make_response(json.dumps({"status": "ready"}))
        answer.mimetype = "application/json"
        return answer
