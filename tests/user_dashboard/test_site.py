"""The facility's look on a user's dashboard."""

from pathlib import Path

from tests.web_shared.visitor import Visitor
from usermon.shown_site import PUBLISHED_SITE, ShownSite, to_json


def test_the_page_wears_the_look_that_was_published(visitor: Visitor, data_folder: Path) -> None:
    assert "Usermon" in visitor.get("/login").text
    (data_folder / PUBLISHED_SITE).write_bytes(to_json(ShownSite("Example Facility", "#0b5a9d")))
    login = visitor.get("/login").text
    assert "Example Facility" in login
    assert "look.css" in login
    (data_folder / PUBLISHED_SITE).write_text("damaged")
    assert visitor.get("/login").status_code == 200
