"""Headers, compression, static files, error pages: what every answer carries."""

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask

from tests.web_shared.accounts import PASSWORD
from tests.web_shared.visitor import Visitor
from web_shared.error_pages import ERROR_PAGE
from web_shared.static_files import StaticFolder


def test_every_answer_forbids_what_pages_do_not_need(visitor: Visitor) -> None:
    for path in ("/", "/login", "/healthz", "/nowhere"):
        headers = visitor.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


def test_private_pages_stay_in_no_cache(visitor: Visitor) -> None:
    visitor.sign_in(PASSWORD)
    assert visitor.get("/").headers["Cache-Control"] == "no-store"


def test_pages_name_files_by_hash_and_browsers_keep_them(visitor: Visitor) -> None:
    page = visitor.get("/login").text
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert len(addresses) >= 4
    for address in addresses:
        answer = visitor.get(address)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_file_under_an_old_hash_is_served_but_not_kept(visitor: Visitor) -> None:
    answer = visitor.get("/static/web/000000000000/tokens.css")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "file", ["../look.py", "../../pyproject.toml", "nothing.css", "%2e%2e/look.py", "vendor"]
)
def test_nothing_outside_the_folder_is_served(visitor: Visitor, file: str) -> None:
    assert visitor.get(f"/static/web/000000000000/{file}").status_code in (303, 404)


def test_static_files_come_compressed_and_are_the_same(visitor: Visitor) -> None:
    address = "/static/web/0/base.css"
    plain = visitor.get(address).data
    zipped = visitor.get(address, headers={"Accept-Encoding": "gzip"})
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert zipped.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(zipped.data) == plain
    assert len(zipped.data) < len(plain) / 2


def test_a_compressed_file_beside_the_plain_one_is_used(tmp_path: Path) -> None:
    (tmp_path / "big.js").write_text("// plain")
    (tmp_path / "big.js.gz").write_bytes(b"made when the image was built")
    app = Flask("tests.web_shared.app", static_folder=None, instance_path="/")
    StaticFolder("vendor", tmp_path).install(app)
    answer = app.test_client().get("/static/vendor/0/big.js", headers={"Accept-Encoding": "gzip"})
    assert answer.data == b"made when the image was built"


def test_a_misspelt_file_name_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        StaticFolder("web", tmp_path).url("tokns.css")


def test_pages_are_compressed_for_those_who_can_read_it(visitor: Visitor) -> None:
    assert visitor.get("/login", headers={"Accept-Encoding": "gzip"}).headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in visitor.get("/login").headers
    refused = visitor.get("/login", headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


def test_small_answers_are_left_alone(visitor: Visitor) -> None:
    answer = visitor.get("/healthz", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers


def test_an_unknown_page_is_a_page_for_people_and_json_for_programs(app: Flask, visitor: Visitor) -> None:
    visitor.sign_in(PASSWORD)
    page = visitor.get("/nowhere")
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "Not found" in page.text
    answer = app.test_client().get("/nowhere", auth=("alice", PASSWORD))
    assert (answer.status_code, set(answer.json or {})) == (404, {"error", "remedy"})


def test_an_unexpected_error_tells_nothing_of_the_inside(
    visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    visitor.sign_in(PASSWORD)
    answer = visitor.get("/broken")
    assert answer.status_code == 500
    assert "secret of the inside" not in answer.text
    assert "secret of the inside" in caplog.text


def test_an_own_page_of_an_error_that_breaks_leaves_the_plain_one(app: Flask, visitor: Visitor) -> None:
    def draw(status: int, error: str, remedy: str) -> str:
        raise RuntimeError("a secret of the frame")

    app.extensions[ERROR_PAGE] = draw
    visitor.sign_in(PASSWORD)
    answer = visitor.get("/broken")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    assert "secret" not in answer.text


def test_a_wrong_method_is_refused_with_the_right_ones(visitor: Visitor) -> None:
    visitor.sign_in(PASSWORD)
    answer = visitor.client.delete("/api/numbers")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_the_login_page_needs_no_script_and_names_its_fields(visitor: Visitor) -> None:
    page = visitor.get("/login").text
    assert '<label for="password">' in page
    assert 'autocomplete="current-password"' in page
    assert "onclick" not in page
    assert "<style" not in page
    assert '<html lang="en">' in page
