"""Plots drawn once on the server, to embed in wikis and mails, and the page that shows their addresses."""

import hashlib
import time
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from alerts.host_limits import rules_of_hosts
from overview.access import PICTURES, opened_by_picture_key
from overview.pictures.catalogue import Picture
from overview.pictures.drawing import FORMATS, MEDIA_TYPES
from overview.pictures.gallery import Gallery, SiteWords
from overview.pictures.keys import picture_key
from overview.site import current_site
from overview.snapshots import Snapshots
from usage_store.engine import Store
from usermon.state_folder import StateFolder
from web_shared.account_secrets import AccountSecrets
from web_shared.chart_theme import theme_named
from web_shared.error_pages import error_answer
from web_shared.site_files import LOGO_POLICY, USUAL_NAME

_TOPICS = ("storage", "queues", "io", "hosts", "backups")


def images_pages(snapshots: Snapshots, store: Store, state: StateFolder) -> Blueprint:
    pages = Blueprint("images", __name__)
    gallery = Gallery(snapshots, store, _site_words)
    secrets = AccountSecrets(state.admin_folder)

    @pages.get("/images")
    def page() -> Response:
        found = gallery.pictures(_now())
        keys = {name: picture_key(secrets.link_key(), name) for name in found}
        answer = make_response(render_template("overview/images.html", pictures=found.values(), keys=keys))
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @pages.get("/images.json")
    def feed() -> Response:
        now = _now()

        def versions(_connection: object) -> list[dict[str, Any]]:
            found = gallery.pictures(now).values()
            return [{"name": one.name, "version": _version(gallery, one, now)} for one in found]

        return snapshots.feed(("images",), _TOPICS, versions, also=(now // 60, _site_words()))

    @pages.get(f"{PICTURES}<path:file>")
    def picture(file: str) -> Response:
        name, _, ending = file.rpartition(".")
        found = gallery.pictures(_now())
        if name not in found or ending not in (*FORMATS, "txt"):
            return _unknown(name or file, found)
        if ending == "txt":
            answer = make_response(gallery.sheet(found[name], _now()).words)
            answer.mimetype = "text/plain"
        else:
            answer = _drawn(gallery, found[name], ending)
        if opened_by_picture_key():
            # A wiki is another site; who has the key may show the picture there.
            answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return answer

    return pages


def _drawn(gallery: Gallery, picture: Picture, ending: str) -> Response:
    format_ = next(one for one in FORMATS if one == ending)
    drawn = gallery.file(picture, format_, theme_named(request.args.get("theme")), _now())
    answer = make_response(drawn.content)
    answer.headers["Content-Type"] = MEDIA_TYPES[format_]
    answer.headers["Content-Security-Policy"] = LOGO_POLICY
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.set_etag(drawn.etag, weak=True)
    answer.make_conditional(request)
    return answer


def _unknown(name: str, found: Mapping[str, Picture]) -> Response:
    there = ", ".join(list(found)[:5])
    return error_answer(
        404,
        f"there is no picture {name}",
        f"End the address with .svg or .png; there are {there}, ...: /images shows all.",
    )


def _version(gallery: Gallery, picture: Picture, now: int) -> str:
    return hashlib.sha256(repr(gallery.made_from(picture, now)).encode()).hexdigest()[:12]


def _site_words() -> SiteWords:
    site = current_site()
    if site is None:
        return SiteWords(USUAL_NAME, "UTC")
    return SiteWords(
        site.look.name or USUAL_NAME,
        site.timezone,
        tuple(site.capacities.items()),
        rules_of_hosts(site.alerts.rules),
    )


def _now() -> int:
    return int(time.time())
