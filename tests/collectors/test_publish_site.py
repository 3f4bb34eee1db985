"""How the facility's look comes to every dashboard."""

from dataclasses import replace
from pathlib import Path

import pytest

from collectors.publish import Publisher
from collectors.publishing.site import SitePublisher
from tests.factories import site
from usage_store.engine import Store
from usermon.shown_site import PUBLISHED_SITE, ShownSite, from_json
from usermon.site_look import Logo, SiteLink, SiteLook
from usermon.state_folder import StateFolder

LINKS = (SiteLink("Help", "https://help.example.org"),)


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, Path]:
    made = {user: tmp_path / user for user in ("alice", "bob")}
    for folder in made.values():
        folder.mkdir()
    return made


def test_everybody_gets_the_look_with_the_logo_inside(tmp_path: Path, folders: dict[str, Path]) -> None:
    (tmp_path / "logo.svg").write_bytes(b"<svg/>")
    look = SiteLook("Example Facility", tmp_path / "logo.svg", "#0b5a9d", LINKS)
    assert SitePublisher(look).publish(folders) == {}
    logo = Logo(b"<svg/>", "image/svg+xml")
    for folder in folders.values():
        site = from_json((folder / PUBLISHED_SITE).read_bytes())
        assert site == ShownSite("Example Facility", "#0b5a9d", LINKS, logo)


def test_a_file_that_stands_right_is_left_alone(folders: dict[str, Path]) -> None:
    SitePublisher(SiteLook("Example")).publish(folders)
    before = (folders["alice"] / PUBLISHED_SITE).stat().st_ino
    again = SitePublisher(SiteLook("Example"))
    again.publish(folders)
    again.publish(folders)
    assert (folders["alice"] / PUBLISHED_SITE).stat().st_ino == before
    SitePublisher(SiteLook("Other")).publish(folders)
    assert from_json((folders["alice"] / PUBLISHED_SITE).read_bytes()).name == "Other"


def test_without_a_look_there_is_no_file_and_an_older_one_goes(folders: dict[str, Path]) -> None:
    SitePublisher(SiteLook("Example")).publish(folders)
    SitePublisher(SiteLook()).publish(folders)
    assert [list(folder.iterdir()) for folder in folders.values()] == [[], []]


def test_a_folder_that_was_made_anew_is_filled_again(folders: dict[str, Path]) -> None:
    publisher = SitePublisher(SiteLook("Example"))
    publisher.publish(folders)
    (folders["bob"] / PUBLISHED_SITE).unlink()
    publisher.publish(folders)
    assert (folders["bob"] / PUBLISHED_SITE).exists()


def test_one_users_failure_is_named_and_stops_nobody_else(folders: dict[str, Path]) -> None:
    (folders["alice"] / PUBLISHED_SITE).mkdir()
    failures = SitePublisher(SiteLook("Example")).publish(folders)
    assert list(failures) == ["alice"]
    assert (folders["bob"] / PUBLISHED_SITE).is_file()


def test_a_logo_that_is_not_there_leaves_the_rest_of_the_look(
    tmp_path: Path, folders: dict[str, Path], caplog: pytest.LogCaptureFixture
) -> None:
    SitePublisher(SiteLook("Example", tmp_path / "gone.svg")).publish(folders)
    assert from_json((folders["alice"] / PUBLISHED_SITE).read_bytes()) == ShownSite("Example")
    assert "gone.svg cannot be read" in caplog.text


def test_who_has_no_data_yet_sees_the_look_already(sqlite_store: Store, tmp_path: Path) -> None:
    state = StateFolder(tmp_path)
    state.published_folder("alice").mkdir(parents=True)
    publisher = Publisher(sqlite_store, state, replace(site(), look=SiteLook("Example")))
    publisher.publish_if_changed(0.0)
    assert from_json((state.published_folder("alice") / PUBLISHED_SITE).read_bytes()).name == "Example"
