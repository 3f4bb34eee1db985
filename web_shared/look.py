"""Brings the shared look into an app: templates/web_shared/*, /static/web/*, and what the site adds to it."""

from collections.abc import Callable
from pathlib import Path

from flask import Blueprint, Flask

from usermon.shown_site import ShownSite
from web_shared.site_files import SiteFiles
from web_shared.static_files import StaticFolder

_HERE = Path(__file__).parent


def install_look(app: Flask, site: Callable[[], ShownSite] = ShownSite) -> StaticFolder:
    """Pages may then extend `web_shared/page.html` and call `static_url("web", "base.css")`; `site` tells
    how the facility wants them to look now."""
    app.register_blueprint(Blueprint("web_shared", __name__, template_folder="templates"))
    static = StaticFolder("web", _HERE / "static")
    static.install(app)
    SiteFiles(site).install(app)
    return static
