"""The tabs over HTTP: which there are, that only the shown one is drawn, and downloads of each."""

import re
import time
from pathlib import Path

import pytest
from flask import Flask

from tests.user_dashboard.asking import ALICE, redraw
from tests.user_dashboard.io_samples import publish_io, published_io
from tests.user_dashboard.jobs_samples import publish_jobs, published_jobs
from usermon.published_io import IoMedian, PublishedIo
from usermon.published_jobs import JobsMedian, PublishedJobs

IO = {"theme": "light", "range": "all", "tab": "io"}
JOBS = {"theme": "light", "range": "all", "tab": "jobs"}


@pytest.fixture
def all_kinds(data_folder: Path) -> None:
    """The facility has an I/O log and a queue."""
    publish_io(data_folder, published_io(median=IoMedian(9, 1_000)))
    publish_jobs(data_folder, published_jobs(heard_at=int(time.time()), median=JobsMedian(9, 96.0)))


def shown_tabs(page: str) -> list[str]:
    return re.findall(
        r'<button[^>]*data-tab="(\w+)"[^>]*"(?: hidden)?>', re.sub(r"<button[^>]* hidden>", "", page)
    )


def test_there_is_no_tab_where_the_facility_has_no_such_source(app: Flask, data_folder: Path) -> None:
    page = app.test_client().get("/", auth=ALICE).text
    assert shown_tabs(page) == ["storage"]
    assert re.search(r'<div id="tabs"[^>]* hidden>', page)
    publish_io(data_folder, published_io())
    page = app.test_client().get("/", auth=ALICE).text
    assert shown_tabs(page) == ["storage", "io"]
    assert redraw(app)["tabs"]["data"] == ["storage", "io"]


@pytest.mark.usefixtures("all_kinds")
def test_the_address_says_which_tab_is_shown(app: Flask) -> None:
    page = app.test_client().get("/?tab=jobs", auth=ALICE).text
    assert '<body class="shows-jobs">' in page
    assert re.search(r'id="tab-jobs"[^>]*aria-selected="true"', page)


@pytest.mark.parametrize("address", ["/?tab=io", "/?tab=<b>", "/?tab="])
def test_an_address_of_a_tab_that_is_not_there_shows_the_first(app: Flask, address: str) -> None:
    assert '<body class="shows-storage">' in app.test_client().get(address, auth=ALICE).text
    assert "cards" in redraw(app, view=IO)


@pytest.mark.usefixtures("all_kinds")
def test_only_the_shown_tab_is_drawn(app: Flask) -> None:
    drawn = redraw(app, view=IO)
    assert {name for name in drawn if name not in ("tabs", "shown")} == {
        *("io-notices", "io-cards", "io-time-plot", "io-sizes-plot", "io-machines", "io-plots"),
    }
    assert sum(drawn["io-time-plot"]["figure"]["data"][0]["y"]) == published_io().total
    assert all(isinstance(moment, str) for moment in drawn["io-time-plot"]["figure"]["data"][0]["x"])
    assert drawn["io-machines"]["data"]["rows"]["machine"] == ["gpu-01", "desk-7"]


@pytest.mark.usefixtures("all_kinds")
def test_coming_back_to_a_tab_draws_it_again_only_if_it_must_look_different(app: Flask) -> None:
    shown = redraw(app)["shown"]["data"]
    shown = redraw(app, shown=shown, view=JOBS)["shown"]["data"]
    assert redraw(app, shown=shown) == {}
    assert redraw(app, shown=shown, view=JOBS) == {}
    assert "jobs-tables" in redraw(app, shown=shown, view=JOBS | {"span": "months"})


@pytest.mark.usefixtures("all_kinds")
def test_news_of_one_kind_redraw_its_tab_alone(app: Flask, data_folder: Path) -> None:
    shown = redraw(app, view=JOBS)["shown"]["data"]
    publish_io(data_folder, published_io(hours=50))
    assert redraw(app, "tick.n_intervals", shown, JOBS) == {}
    publish_jobs(data_folder, published_jobs(ended=4))
    drawn = redraw(app, "tick.n_intervals", shown, JOBS)
    assert len(drawn["jobs-tables"]["data"]["finished"]["job"]) == 4


@pytest.mark.usefixtures("all_kinds")
def test_a_tab_that_went_while_the_page_was_open_gives_way_to_the_first(
    app: Flask, data_folder: Path
) -> None:
    shown = redraw(app, view=IO)["shown"]["data"]
    (data_folder / "io.json").unlink()
    drawn = redraw(app, "tick.n_intervals", shown, IO)
    assert drawn["tabs"]["data"] == ["storage", "jobs"]
    assert "cards" in drawn


@pytest.mark.usefixtures("all_kinds")
def test_the_comparison_names_no_user_but_how_many_there_are(app: Flask) -> None:
    drawn = str(redraw(app, view=IO)["io-cards"]) + str(redraw(app, view=JOBS)["jobs-cards"])
    assert drawn.count("Compared with the median of all 9 users") == 2
    assert "7.2 times the median" in drawn
    assert "50 % of the median" in drawn


def test_whoever_has_none_yet_is_told_so(app: Flask, data_folder: Path) -> None:
    publish_io(data_folder, PublishedIo("alice", "UTC", 1))
    publish_jobs(data_folder, PublishedJobs("alice", "UTC", 1))
    io, jobs = redraw(app, view=IO), redraw(app, view=JOBS)
    assert "No I/O of yours yet" in str(io["io-cards"])
    assert "No jobs of yours yet" in str(jobs["jobs-cards"])
    assert (io["io-plots"]["hidden"], jobs["jobs-parts"]["hidden"]) == (True, True)


@pytest.mark.usefixtures("all_kinds")
@pytest.mark.parametrize("tab", ["io", "jobs"])
def test_a_damaged_file_is_said_while_the_last_good_one_stays(
    app: Flask, data_folder: Path, tab: str
) -> None:
    view = {"tab": tab}
    redraw(app, view=view)
    (data_folder / f"{tab}.json").write_bytes(b"damaged")
    drawn = redraw(app, view=view)
    assert "damaged" in str(drawn[f"{tab}-notices"])
    assert "What you see is what was read last" in str(drawn[f"{tab}-notices"])
    assert "Compared with" in str(drawn[f"{tab}-cards"])


@pytest.mark.usefixtures("all_kinds")
@pytest.mark.parametrize("tab", ["io", "jobs"])
def test_anothers_file_is_not_shown(app: Flask, data_folder: Path, tab: str) -> None:
    publish_io(data_folder, published_io(user="bob"))
    publish_jobs(data_folder, published_jobs(user="bob"))
    drawn = redraw(app, view={"tab": tab})
    assert "belongs to another user" in str(drawn[f"{tab}-notices"])
    assert "Nothing to show" in str(drawn[f"{tab}-cards"])
    assert app.test_client().get(f"/export/{tab}.csv", auth=ALICE).status_code == 503


@pytest.mark.usefixtures("all_kinds")
@pytest.mark.parametrize("name", ["io", "jobs"])
def test_each_download_is_a_csv_file_of_alices(app: Flask, name: str) -> None:
    answer = app.test_client().get(f"/export/{name}.csv", auth=ALICE)
    assert answer.mimetype == "text/csv"
    assert f'filename="alice-{name}.csv"' in answer.headers["Content-Disposition"]
    assert len(answer.text.splitlines()) > 3


@pytest.mark.parametrize(("name", "missing"), [("io", "no I/O log"), ("jobs", "no queue")])
def test_a_download_of_what_the_facility_has_not_is_not_found(app: Flask, name: str, missing: str) -> None:
    answer = app.test_client().get(f"/export/{name}.csv", auth=ALICE)
    assert answer.status_code == 404
    assert missing in (answer.json or {})["error"]
    assert (answer.json or {})["remedy"]


@pytest.mark.usefixtures("all_kinds")
def test_jobs_of_a_cluster_that_is_silent_are_said_to_be_old(app: Flask, data_folder: Path) -> None:
    publish_jobs(data_folder, published_jobs(heard_at=int(time.time()) - 7200))
    drawn = redraw(app, view=JOBS)
    assert "as they were when their cluster was heard of last: cluster-a" in str(drawn["jobs-notices"])
    assert drawn["jobs-tables"]["data"]["late"] == ["cluster-a"]
