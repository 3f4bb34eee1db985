"""Pictures over HTTP: drawn once, for whom they are, and nothing from outside in them that acts."""

import time
import xml.etree.ElementTree as ET
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from overview import create_app
from overview.pages import images
from overview.pictures import gallery
from overview.pictures.keys import picture_key
from tests.facilities import small
from tests.factories import NOON, site, usage
from tests.host_samples import host_usage
from tests.overview.conftest import Get
from tests.overview.site import ADMIN, MASTER_LINK_KEY, make_state
from usage_store.api_tokens import ApiToken, save_token
from usage_store.engine import Store, open_store
from usage_store.host_saving import save_hosts
from usage_store.storage_saving import save_storage
from usermon.secret import Secret
from usermon.site_look import SiteLook
from usermon.state_folder import LINK_KEY, StateFolder

PNG = b"\x89PNG\r\n\x1a\n"
KEY = picture_key(Secret(MASTER_LINK_KEY), "bubbles-local")


def save(store: Store, gb: int = 100, user: str = "alice", volume: str = "local") -> None:
    with store.writing() as connection:
        save_storage(connection, [usage(user, volume, gb=gb, files=10)])


def test_every_picture_of_a_full_facility_is_drawn_in_both_formats(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'usermon.db'}")
    small.fill(store, int(time.time()))
    client = create_app(make_state(tmp_path / "state"), store, small.usermon_toml()).test_client()
    names = [one["name"] for one in client.get("/images.json", auth=ADMIN).json or []]
    assert {"bubbles-local", "storage-cryo", "quota", "queues-cluster-a", "io", "hosts", "backups"} <= set(
        names
    )
    page = client.get("/images", auth=ADMIN).text
    for name in names:
        assert f'data-image="{name}"' in page
        svg = client.get(f"/images/{name}.svg", auth=ADMIN)
        assert ET.fromstring(svg.data).tag == "{http://www.w3.org/2000/svg}svg"
        words = client.get(f"/images/{name}.txt", auth=ADMIN)
        assert len(words.text) > 20
        assert words.mimetype == "text/plain"
    # What one user holds is told in GiB, as everywhere.
    assert "most: bob 1,130 GiB, " in client.get("/images/bubbles-local.txt", auth=ADMIN).text
    assert "1,130 GiB of 1,200 GiB" in client.get("/images/quota.svg", auth=ADMIN).text
    png = client.get("/images/quota.png?theme=dark", auth=ADMIN)
    assert png.data.startswith(PNG)
    assert png.mimetype == "image/png"
    store.close()


def test_a_picture_is_drawn_once_until_its_data_changes(
    get: Get, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = []

    def draw(*arguments: object) -> bytes:
        drawn.append(arguments)
        return b"<svg>%d</svg>" % len(drawn)

    monkeypatch.setattr(gallery, "draw", draw)
    save(sqlite_store)
    first = get("/images/bubbles-local.svg")
    again = get("/images/bubbles-local.svg", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, len(drawn)) == (304, 1)
    save(sqlite_store, gb=200, user="bob")
    assert get("/images/bubbles-local.svg").data == b"<svg>2</svg>"
    get("/images/bubbles-local.svg?theme=dark")
    get("/images/bubbles-local.png")
    assert len(drawn) == 4


def test_who_comes_while_another_is_drawn_gets_the_older_one(
    get: Get, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[bytes] = []

    def draw(*_: object) -> bytes:
        if answers:  # of the second drawing, while it goes on
            answers.append(get("/images/bubbles-local.svg").data)
        answers.append(b"drawn")
        return b"<svg>%d</svg>" % len(answers)

    monkeypatch.setattr(gallery, "draw", draw)
    save(sqlite_store)
    before = get("/images/bubbles-local.svg").data
    save(sqlite_store, user="bob")
    after = get("/images/bubbles-local.svg").data
    assert answers == [b"drawn", before, b"drawn"]
    assert after != before


def test_the_same_data_gives_the_same_bytes(get: Get, sqlite_store: Store, tmp_path: Path) -> None:
    save(sqlite_store)
    other = create_app(make_state(tmp_path / "other"), sqlite_store).test_client()
    for picture in ("/images/bubbles-local.svg", "/images/bubbles-local.png"):
        assert get(picture).data == other.get(picture, auth=ADMIN).data


@pytest.mark.parametrize(
    "path", ["bubbles-nowhere.svg", "bubbles-local.gif", "bubbles-local", "../app.py", "a/b/c.png", ".svg"]
)
def test_an_unknown_picture_is_not_found_and_the_known_ones_are_told(
    get: Get, sqlite_store: Store, path: str
) -> None:
    save(sqlite_store)
    answer = get(f"/images/{path}")
    assert answer.status_code == 404
    assert set(answer.json or {}) == {"error", "remedy"}


def test_names_that_look_like_markup_or_formulas_stay_text(state: StateFolder, sqlite_store: Store) -> None:
    save(sqlite_store, user="al$x^2$", volume="<b>&$a$")
    look = SiteLook("<script>alert(1)</script> $x$")
    client = create_app(state, sqlite_store, replace(site(), look=look)).test_client()
    name = "bubbles-<b>&$a$"
    for ending, start in (("svg", b"<?xml"), ("png", PNG)):
        answer = client.get(f"/images/{name.replace('<', '%3C').replace('&', '%26')}.{ending}", auth=ADMIN)
        assert answer.status_code == 200
        assert answer.data.startswith(start)
        assert b"<script" not in answer.data
    assert name in unescape(client.get("/images", auth=ADMIN).text)
    assert "<script>alert" not in client.get("/images", auth=ADMIN).text


def test_a_picture_runs_nothing_and_loads_nothing(get: Get, sqlite_store: Store) -> None:
    save(sqlite_store)
    headers = get("/images/bubbles-local.svg").headers
    assert headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_stranger_sees_no_picture(client: FlaskClient, sqlite_store: Store) -> None:
    save(sqlite_store)
    for path in ("/images", "/images.json", "/images/bubbles-local.svg", "/images/bubbles-local.txt"):
        assert client.get(path).status_code == 401


def test_a_key_opens_one_picture_and_nothing_else(client: FlaskClient, sqlite_store: Store) -> None:
    save(sqlite_store)
    for ending in ("svg", "png", "txt"):
        answer = client.get(f"/images/bubbles-local.{ending}?key={KEY}")
        assert answer.status_code == 200
        # Otherwise a browser would not show it on another site's page.
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    for path in (
        "/images/storage-local.svg",
        "/images",
        "/images.json",
        "/storage",
        "/api/storage",
        "/images/",
    ):
        assert client.get(f"{path}?key={KEY}").status_code == 401
    assert client.get(f"/images/bubbles-local.svg?key={KEY[:-1]}").status_code == 401
    assert client.get("/images/bubbles-local.svg?key=ü").status_code == 401
    assert client.post(f"/images/bubbles-local.svg?key={KEY}").status_code == 401


def test_a_new_link_key_makes_all_keys_void(
    client: FlaskClient, sqlite_store: Store, state: StateFolder
) -> None:
    save(sqlite_store)
    assert client.get(f"/images/bubbles-local.svg?key={KEY}").status_code == 200
    (state.admin_folder / LINK_KEY).write_text("ef" * 33)
    assert client.get(f"/images/bubbles-local.svg?key={KEY}").status_code == 401


@pytest.mark.parametrize(("scope", "status"), [("read", 200), ("ingest", 403)])
def test_a_program_needs_a_token_to_read(
    client: FlaskClient, sqlite_store: Store, scope: str, status: int
) -> None:
    save(sqlite_store)
    secret = Secret.random()
    sources = frozenset({"local"} if scope == "ingest" else ())
    with sqlite_store.writing() as connection:
        save_token(connection, ApiToken("wiki", scope, sources), secret, 1.0)
    bearer = {"Authorization": f"Bearer {secret.reveal()}"}
    assert client.get("/images/bubbles-local.svg", headers=bearer).status_code == status
    assert client.get("/images", headers=bearer).status_code == 401


def test_numbers_of_a_clock_that_is_ahead_are_told_as_such_until_their_time_has_come(
    get: Get, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(sqlite_store)
    newest = int(NOON.timestamp())
    ahead = b", by a clock that is ahead"
    monkeypatch.setattr(images, "_now", lambda: newest - 5 * 86_400)
    assert ahead in get("/images/bubbles-local.svg").data
    monkeypatch.setattr(images, "_now", lambda: newest + 1)
    assert ahead not in get("/images/bubbles-local.svg").data


def test_hosts_that_all_are_silent_leave_no_empty_plot(get: Get, sqlite_store: Store) -> None:
    with sqlite_store.writing() as connection:
        save_hosts(connection, "machines", [host_usage(time=int(time.time()) - 86_400)])
    assert b"No host tells its memory now" in get("/images/hosts.svg").data


def test_before_anything_is_measured_pictures_say_what_is_missing(get: Get) -> None:
    assert get("/images/quota.svg").status_code == 200
    assert "No quotas are known" in get("/images/quota.txt").text
    assert get("/images").status_code == 200
