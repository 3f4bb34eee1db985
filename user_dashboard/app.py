"""Builds the dashboard's web application from its settings."""

import json
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, make_response, render_template
from markupsafe import Markup

from user_dashboard import visits
from user_dashboard.callbacks import add_callbacks
from user_dashboard.export import storage_csv
from user_dashboard.figures import RANGES, near_references, quotas_near
from user_dashboard.layout import page_layout
from user_dashboard.light_dash import Dash
from user_dashboard.published import PublishedFile, Storage
from user_dashboard.settings import Settings
from user_dashboard.site import PublishedSite
from user_dashboard.wording import number
from web_shared.account_secrets import AccountSecrets
from web_shared.compression import install_compression
from web_shared.error_pages import error_answer, install_error_pages
from web_shared.headers import install_headers
from web_shared.login import Login, current_session, install_login
from web_shared.look import install_look
from web_shared.static_files import StaticFolder

_HERE = Path(__file__).parent


def create_app(settings: Settings) -> Flask:
    """The whole dashboard: login, page, redraws, download, health."""
    app = Flask(__name__, static_folder=None)
    install_look(app, PublishedSite(settings.data_folder))
    StaticFolder("dashboard", _HERE / "assets").install(app)
    install_compression(app)
    install_error_pages(app)
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
    dash = _make_dash(settings, file, app)
    add_callbacks(dash, file)
    install_headers(app, script_hashes=_script_hashes(dash), inline_styles=True)
    _add_export(app, settings, file)
    _add_health(app, settings)
    return app


def _make_dash(settings: Settings, file: PublishedFile, server: Flask) -> Any:
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
        storage = file.read().storage
        session = current_session()
        published = storage.published if storage is not None else None
        return render_template(
            "user_dashboard/page.html",
            user=settings.user,
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
    lines = (("storage", gb, "GB"), ("files", files, "files"))
    return [
        {"plot": plot, "words": f"{number(amount)} {unit}", "shown": plot in near}
        for plot, amount, unit in lines
        if amount is not None
    ]


def _script_hashes(dash: Any) -> tuple[str, ...]:
    return tuple(digest.strip("'") for digest in dash.csp_hashes())


def _add_export(app: Flask, settings: Settings, file: PublishedFile) -> None:
    @app.get("/export/storage.csv")
    def export_storage() -> Response:
        reading = file.read()
        if reading.storage is None and reading.problem is not None:
            return error_answer(503, reading.problem.message, reading.problem.remedy)
        answer = make_response(storage_csv(reading.storage))
        answer.headers["Content-Type"] = "text/csv; charset=utf-8"
        answer.headers["Content-Disposition"] = f'attachment; filename="{settings.user}-storage.csv"'
        return answer


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
