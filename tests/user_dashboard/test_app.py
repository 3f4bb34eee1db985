"""The dashboard over HTTP, in one process."""

import re
import time
from pathlib import Path

import pytest
from flask import Flask

from tests.factories import published
from tests.user_dashboard.asking import ALICE, redraw
from tests.user_dashboard.samples import publish, volume
from tests.web_shared.accounts import LINK_KEY, PASSWORD
from tests.web_shared.visitor import Visitor
from user_dashboard.app import create_app
from user_dashboard.settings import Settings
from usermon.secret import Secret
from usermon.signed_links import make_link_token


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/export/storage.csv", "/export/io.csv", "/export/jobs.csv", "/events"),
        *("/_dash-layout", "/_dash-dependencies", "/nowhere"),
    ],
)
def test_nothing_is_shown_without_login(app: Flask, path: str) -> None:
    assert app.test_client().get(path).status_code == 401


def test_errors_stand_in_the_dashboards_frame_for_whoever_is_signed_in_alone(app: Flask) -> None:
    client, people = app.test_client(), {"Accept": "text/html"}
    page = client.get("/nowhere", auth=ALICE, headers=people)
    assert page.status_code == 404
    assert "<h1>Not found</h1>" in page.text
    assert '<span class="brand-user">alice</span>' in page.text
    assert '<a href="/">To the first page</a>' in page.text
    stranger = client.get("/static/nothing.css", headers=people)
    assert stranger.status_code == 404
    assert "alice" not in stranger.text


def test_redraws_need_the_login_too(app: Flask) -> None:
    assert app.test_client().post("/_dash-update-component", json={}).status_code == 401


def test_the_page_is_alices_and_asks_no_other_host(app: Flask) -> None:
    page = app.test_client().get("/", auth=ALICE).text
    assert "alice’s dashboard" in page
    sources = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert sources
    assert all(source.startswith(("/", "#")) for source in sources)


def test_the_page_takes_the_partial_plotly_before_dashs_own_scripts(app: Flask) -> None:
    page = app.test_client().get("/", auth=ALICE).text
    assert page.index("vendor/plotly-basic.min.js") < page.index("_dash-component-suites")
    assert "package_data/plotly" not in page


def test_every_script_and_style_of_the_page_is_there_and_kept_for_good(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/", auth=ALICE).text
    for address in re.findall(r'(?:src|href)="(/(?:static|_dash)[^"]+)"', page):
        answer = client.get(address, auth=ALICE)
        assert answer.status_code == 200, address
        assert "max-age=31536000" in answer.headers["Cache-Control"], address


def test_inline_scripts_are_only_those_that_the_policy_names(app: Flask) -> None:
    answer = app.test_client().get("/", auth=ALICE)
    scripts = answer.headers["Content-Security-Policy"].split("script-src ")[1].split(";")[0]
    assert scripts.count("'sha256-") == 1
    assert "unsafe" not in scripts
    inline = re.findall(r"<script(?![^>]*src=)(?![^>]*application/json)[^>]*>([^<]+)", answer.text)
    assert len(inline) == 1


def test_zone_and_unit_are_named(app: Flask) -> None:
    page = app.test_client().get("/", auth=ALICE).text
    assert "Europe/Berlin" in page
    assert "GiB" in page
    assert "rounded up" in page


def test_an_unknown_address_is_not_found(app: Flask) -> None:
    assert app.test_client().get("/nowhere", auth=ALICE).status_code == 404


def test_a_redraw_brings_cards_and_both_figures(app: Flask) -> None:
    response = redraw(app)
    assert len(response["cards"]["children"]) == 2
    figures = response["storage-plot"]["figure"], response["files-plot"]["figure"]
    assert [figure["data"][0]["y"][-1] for figure in figures] == [120, 1_200]
    # As text: Plotly would move a number by the viewer's offset from UTC.
    assert [figure["data"][0]["x"][-1] for figure in figures] == ["2026-03-02T13:00:00"] * 2
    assert response["storage-section"]["hidden"] is False


def test_time_passing_brings_nothing_while_the_file_stays(app: Flask) -> None:
    shown = redraw(app)["shown"]["data"]
    assert redraw(app, "tick.n_intervals", shown) == {}


def test_time_passing_brings_the_new_file(app: Flask, data_folder: Path) -> None:
    shown = redraw(app)["shown"]["data"]
    publish(data_folder, published(volumes={"local": volume(gb=121)}))
    response = redraw(app, "tick.n_intervals", shown)
    assert response["storage-plot"]["figure"]["data"][0]["y"][-1] == 121


def test_a_choice_is_drawn_although_the_file_stays(app: Flask) -> None:
    shown = redraw(app)["shown"]["data"]
    response = redraw(app, "view.data", shown, {"theme": "dark", "scale": "log", "range": "week"})
    assert response["storage-plot"]["figure"]["layout"]["yaxis"]["type"] == "log"


def test_a_choice_is_drawn_also_when_time_passes_before_its_answer(app: Flask) -> None:
    shown = redraw(app)["shown"]["data"]
    response = redraw(app, "tick.n_intervals", shown, {"scale": "log"})
    assert response["storage-plot"]["figure"]["layout"]["yaxis"]["type"] == "log"


def test_an_odd_choice_is_drawn_as_the_default(app: Flask) -> None:
    odd = {"theme": 7, "scale": "<b>", "range": ["x"], "storage_reference": "yes"}
    assert redraw(app, view=odd)["storage-plot"]["figure"]["layout"]["yaxis"]["type"] == "linear"


def test_a_user_without_data_is_told_that_it_will_come(settings: Settings, data_folder: Path) -> None:
    (data_folder / "storage.json").unlink()
    app = create_app(settings)
    assert app.test_client().get("/", auth=ALICE).status_code == 200
    response = redraw(app)
    assert "No data yet" in str(response["cards"])
    assert response["storage-section"]["hidden"] is True


def test_no_volume_with_samples_is_no_data_either(settings: Settings, data_folder: Path) -> None:
    publish(data_folder, published(volumes={}))
    assert "No data yet" in str(redraw(create_app(settings))["cards"])


def test_a_damaged_file_is_said_while_the_last_good_one_stays(app: Flask, data_folder: Path) -> None:
    redraw(app)
    publish(data_folder, b"damaged")
    response = redraw(app)
    assert "damaged" in str(response["notices"])
    assert "What you see is what was read last" in str(response["notices"])
    assert response["storage-plot"]["figure"]["data"][0]["y"][-1] == 120


def test_the_download_is_a_csv_file_of_alices(app: Flask) -> None:
    answer = app.test_client().get("/export/storage.csv", auth=ALICE)
    assert answer.mimetype == "text/csv"
    assert "alice-storage.csv" in answer.headers["Content-Disposition"]
    assert len(answer.text.splitlines()) == 21


def test_a_download_of_damaged_data_is_refused_with_the_reason(settings: Settings, data_folder: Path) -> None:
    publish(data_folder, b"damaged")
    answer = create_app(settings).test_client().get("/export/storage.csv", auth=ALICE)
    assert answer.status_code == 503
    assert "damaged" in (answer.json or {})["error"]


def test_health_needs_no_login_and_means_that_somebody_could_sign_in(app: Flask, settings: Settings) -> None:
    assert app.test_client().get("/healthz").status_code == 200
    (settings.secrets_folder / "session-key").unlink()
    assert app.test_client().get("/healthz").status_code == 503


def test_an_admin_who_came_by_a_link_sees_whose_page_it_is(app: Flask) -> None:
    admin = Visitor(app)
    admin.get(f"/open-as?token={make_link_token(Secret(LINK_KEY), time.time() + 1)}")
    assert "as an administrator" in admin.get("/").text
    owner = Visitor(app)
    owner.sign_in(PASSWORD)
    assert "as an administrator" not in owner.get("/").text


def test_another_users_password_opens_nothing(app: Flask) -> None:
    visitor = Visitor(app)
    assert visitor.sign_in("bobs password").status_code == 401
    assert app.test_client().get("/", auth=("bob", PASSWORD)).status_code == 401
