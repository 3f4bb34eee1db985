"""The logo and the colours of a site, under addresses that hold a hash of them, open to everybody: the
login page wears them too."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, abort, make_response, request

from usermon.shown_site import ShownSite, to_json
from usermon.site_look import SiteLink
from web_shared.accent import accent_style
from web_shared.static_files import KEPT_FOR_GOOD

USUAL_NAME = "Usermon"
# A picture from outside: whatever stands in it, it runs nothing and loads nothing.
LOGO_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@dataclass(frozen=True, slots=True)
class SiteInPage:
    """What templates know of the site as `site`."""

    name: str
    links: tuple[SiteLink, ...]
    style_url: str | None
    logo_url: str | None


class SiteFiles:
    def __init__(self, site: Callable[[], ShownSite]) -> None:
        self._site = site
        self._made: tuple[ShownSite, str] = (ShownSite(), "")

    def install(self, app: Flask) -> None:
        app.add_url_rule("/static/site/<digest>/look.css", "site_style", self._serve_style, methods=["GET"])
        app.add_url_rule("/static/site/<digest>/logo", "site_logo", self._serve_logo, methods=["GET"])

        @app.context_processor
        def site() -> dict[str, Any]:
            return {"site": self.in_page()}

    def in_page(self) -> SiteInPage:
        site, digest = self._now()
        return SiteInPage(
            name=site.name or USUAL_NAME,
            links=site.links,
            style_url=f"/static/site/{digest}/look.css" if site.accent else None,
            logo_url=f"/static/site/{digest}/logo" if site.logo else None,
        )

    def _now(self) -> tuple[ShownSite, str]:
        site = self._site()
        made = self._made
        if made[0] is not site:
            made = self._made = (site, hashlib.sha256(to_json(site)).hexdigest()[:12])
        return made

    def _serve_style(self, digest: str) -> Response:
        site, current = self._now()
        if site.accent is None:
            abort(404)
        return _answer(accent_style(site.accent).encode(), "text/css; charset=utf-8", digest, current)

    def _serve_logo(self, digest: str) -> Response:
        site, current = self._now()
        if site.logo is None:
            abort(404)
        answer = _answer(site.logo.content, site.logo.media_type, digest, current)
        answer.headers["Content-Security-Policy"] = LOGO_POLICY
        answer.headers["Content-Disposition"] = "inline"
        return answer


def _answer(content: bytes, media_type: str, digest: str, current: str) -> Response:
    answer = make_response(content)
    answer.headers["Content-Type"] = media_type
    answer.headers["Cache-Control"] = KEPT_FOR_GOOD if digest == current else "no-cache"
    answer.set_etag(current)
    answer.make_conditional(request)
    return answer
