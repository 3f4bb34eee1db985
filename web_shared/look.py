"""Brings the shared look into an app: templates/web_shared/* and /static/web/*."""

from pathlib import Path

from flask import Blueprint, Flask

from web_shared.static_files import StaticFolder

_HERE = Path(__file__).parent


def install_look(app: Flask) -> StaticFolder:
    """Pages may then extend `web_shared/page.html` and call `static_url("web", "base.css")`."""
    app.register_blueprint(Blueprint("web_shared", __name__, template_folder="templates"))
    static = StaticFolder("web", _HERE / "static")
    static.install(app)
    return static
