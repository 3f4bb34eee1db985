"""Addresses of what is not there, as people and programs meet them."""

import re

import pytest
from flask.testing import FlaskClient

from overview.error_pages import with_links
from tests.overview.conftest import Get
from tests.overview.site import PASSWORD

HTML = {"Accept": "text/html"}


@pytest.fixture
def signed_in(client: FlaskClient) -> FlaskClient:
    form = re.search(r'name="form_token" value="([^"]+)"', client.get("/login").get_data(as_text=True))
    assert form
    client.post("/login", data={"form_token": form[1], "password": PASSWORD})
    return client


@pytest.mark.parametrize(
    ("path", "said", "link"),
    [
        ("/hosts/x", "No host &#39;x&#39; is known", "/hosts"),
        ("/hosts/a%2Fb", "No host &#39;a/b&#39; is known", "/hosts"),
        ("/backups/a/b", "No backups &#39;a/b&#39; are known", "/backups"),
        ("/io/users/x%3Cb%3E", "No I/O log names a user &#39;x&lt;b&gt;&#39;", "/search?q=x%3Cb%3E"),
        ("/io/machines/a/b", "No I/O log names a machine &#39;a/b&#39;", "/io"),
        ("/queues/none", "No cluster &#39;none&#39; is known", "/queues"),
        ("/users/x", "No user x is known here", "/storage#users"),
        ("/dashboards/x/open", "Not found", "/dashboards"),
        ("/nowhere", "Not found", "/"),
    ],
)
def test_people_keep_their_way_on_and_programs_their_json(
    signed_in: FlaskClient, get: Get, path: str, said: str, link: str
) -> None:
    answer = signed_in.get(path, headers=HTML)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 404
    assert f"<h1>{said}</h1>" in text
    assert f'<a href="{link}">' in text.partition("<main")[2]
    assert 'aria-label="Pages"' in text
    assert 'action="/search"' in text
    program = get(path)
    assert program.status_code == 404
    assert set(program.get_json()) == {"error", "remedy"}


def test_whoever_is_not_signed_in_sees_no_page_of_ours(client: FlaskClient) -> None:
    answer = client.get("/static/nothing.css", headers=HTML)
    assert answer.status_code == 404
    assert 'aria-label="Pages"' not in answer.get_data(as_text=True)


def test_a_password_by_http_basic_brings_the_frame_of_the_pages_too(client: FlaskClient) -> None:
    answer = client.get("/hosts/x", headers=HTML, auth=("admin", PASSWORD))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 404
    assert 'aria-label="Pages"' in text
    assert '<a href="/hosts">To Hosts</a>' in text


def test_what_breaks_is_told_within_the_frame_and_without_its_inside(
    signed_in: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> str:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setitem(signed_in.application.view_functions, "start.page", broken)
    answer = signed_in.get("/", headers=HTML)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "<h1>Something went wrong on our side</h1>" in text
    assert 'aria-label="Pages"' in text
    assert '<a class="button" href="">Try again</a>' in text
    assert "secret" not in text


def test_a_frame_that_is_itself_broken_leaves_the_plain_page(
    signed_in: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(signed_in.application, "template_context_processors", {None: [broken_frame]})
    answer = signed_in.get("/nowhere", headers=HTML)
    text = answer.get_data(as_text=True)
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "404: not found" in text
    assert 'href="/"' in text
    assert "secret" not in text
    assert "a secret of the frame" in caplog.text


def broken_frame() -> dict[str, str]:
    raise RuntimeError("a secret of the frame")


def test_only_addresses_of_pages_become_links() -> None:
    assert with_links("Look at /io, or <b>/x.") == ('Look at <a href="/io">/io</a>, or &lt;b&gt;/x.')
    for plain in ("GET /api/hosts lists all.", "It is /backups/HUB/NODE here.", "See //elsewhere.org/x."):
        assert with_links(plain) == plain
