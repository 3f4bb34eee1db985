"""A facility's own look on every page."""

import re
from pathlib import Path

import pytest
from flask import Flask, render_template

import web_shared
from usermon.contrast import READABLE, contrast
from usermon.shown_site import ShownSite
from usermon.site_look import Logo, SiteLink
from web_shared.accent import DARK_GROUNDS, LIGHT_GROUNDS, accent_style
from web_shared.look import install_look

TOKENS = (Path(web_shared.__file__).parent / "static" / "tokens.css").read_text()
SITE = ShownSite(
    "Institut <b>für</b> Beispiele",
    "#ffcc00",
    (SiteLink("Help & more", "https://help.example.org/?a=1&b=2"),),
    Logo(b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "image/svg+xml"),
)


def app_with(site: ShownSite) -> Flask:
    app = Flask(__name__, static_folder=None)
    install_look(app, lambda: site)
    app.add_url_rule("/", "page", lambda: render_template("web_shared/page.html"))
    return app


def test_a_page_wears_the_name_the_logo_the_colour_and_the_links() -> None:
    page = app_with(SITE).test_client().get("/").text
    assert "<title>Institut &lt;b&gt;für&lt;/b&gt; Beispiele</title>" in page
    assert re.search(r'<img class="logo" src="/static/site/[0-9a-f]{12}/logo" alt="">', page)
    assert re.search(r'<link rel="stylesheet" href="/static/site/[0-9a-f]{12}/look.css">', page)
    assert '<a href="https://help.example.org/?a=1&amp;b=2" rel="noreferrer">Help &amp; more</a>' in page


def test_without_a_look_a_page_is_usermons_own() -> None:
    client = app_with(ShownSite()).test_client()
    page = client.get("/").text
    assert "<title>Usermon</title>" in page
    assert 'class="mark"' in page
    assert "/static/site/" not in page
    assert client.get("/static/site/000000000000/logo").status_code == 404
    assert client.get("/static/site/000000000000/look.css").status_code == 404


def address(pattern: str, page: str) -> str:
    found = re.search(pattern, page)
    assert found is not None
    return found[0]


def test_a_logo_with_a_script_is_a_picture_and_nothing_else() -> None:
    client = app_with(SITE).test_client()
    logo = client.get(address("/static/site/[0-9a-f]+/logo", client.get("/").text))
    assert logo.headers["Content-Type"] == "image/svg+xml"
    assert logo.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert "immutable" in logo.headers["Cache-Control"]
    assert client.get(logo.request.path, headers={"If-None-Match": logo.headers["ETag"]}).status_code == 304


def test_an_address_of_an_older_look_serves_the_new_one_and_is_not_kept() -> None:
    answer = app_with(SITE).test_client().get("/static/site/0123456789ab/look.css")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


def test_the_grounds_are_those_of_the_tokens() -> None:
    light, dark = TOKENS.split('[data-theme="dark"]')
    for names, part in ((LIGHT_GROUNDS, light.split("@media")[0]), (DARK_GROUNDS, dark)):
        tokens = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", part))
        wanted = ("ground", "surface", "surface-soft", "on-accent")
        assert tuple(tokens[name] for name in wanted) == names


@pytest.mark.parametrize("accent", ["#ffcc00", "#0b5a9d", "#000000", "#ffffff", "#c0ffee", "#7a0000"])
def test_any_accent_can_be_read_in_light_and_dark(accent: str) -> None:
    light, _, dark = accent_style(accent).splitlines()
    for style, grounds in ((light, LIGHT_GROUNDS), (dark, DARK_GROUNDS)):
        colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", style))
        for name in ("accent", "accent-strong"):
            assert min(contrast(colours[name], ground) for ground in grounds) >= READABLE
        assert contrast(colours["on-accent"], colours["accent"]) >= READABLE


def test_an_accent_that_can_be_read_is_used_as_it_is() -> None:
    assert "--accent: #0b5a9d;" in accent_style("#0b5a9d")
