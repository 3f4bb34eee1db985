import json
import math

import pytest

from overview.charts import SCALES, Scale, bubble_figure, plot_themes
from overview.storage_table import StorageTable, storage_table
from tests.overview.test_bubbles import latest


def table(*rows: tuple[str, float, int]) -> StorageTable:
    return storage_table(
        [latest(user, volume, gb, files) for user, gb, files in rows for volume in ("local", "cryo")], []
    )


@pytest.mark.parametrize("scale", SCALES)
def test_bubbles_lie_at_their_gb_and_files(scale: Scale) -> None:
    figure = bubble_figure(table(("alice", 20, 300), ("bob", 5, 40)), "local", scale)
    trace = figure["data"][0]
    assert dict(zip(trace["customdata"], zip(trace["x"], trace["y"], strict=True), strict=True)) == {
        "alice": (20, 300),
        "bob": (5, 40),
    }
    assert figure["layout"]["xaxis"]["type"] == scale


def test_the_mouse_shows_all_numbers_of_the_user() -> None:
    table_of_one = storage_table(
        [latest("alice", "local", 11531, 440603), latest("alice", "cryo", 0.5, 7)], []
    )
    text = bubble_figure(table_of_one, "local", "log")["data"][0]["text"][0]
    assert text == "alice<br>local: 11,531 GiB, 440,603 files<br>cryo: 0.5 GiB, 7 files"


def test_who_holds_nothing_on_the_other_volume_is_a_small_hollow_diamond() -> None:
    rows = [latest("alice", "local", 20, 300), latest("alice", "cryo", 7, 1), latest("bob", "local", 5, 40)]
    trace = bubble_figure(storage_table(rows, []), "local", "log")["data"][0]
    marker = {user: at for at, user in enumerate(trace["customdata"])}
    assert trace["marker"]["symbol"][marker["alice"]] == "circle"
    assert trace["marker"]["symbol"][marker["bob"]] == "diamond-open"
    assert trace["marker"]["size"][marker["bob"]] > 0  # Plotly draws nothing for zero


def test_zero_has_a_place_of_its_own_on_a_logarithmic_axis() -> None:
    figure = bubble_figure(table(("alice", 0, 0), ("bob", 5, 40)), "local", "log")
    axis = figure["layout"]["xaxis"]
    trace = figure["data"][0]
    at = trace["x"][trace["customdata"].index("alice")]
    assert 0 < at < 1
    assert axis["ticktext"][axis["tickvals"].index(at)] == "0"
    assert axis["range"][0] < math.log10(at)
    assert len(figure["layout"]["shapes"]) == 2  # the border between the zeros and the scale, on both axes


def test_without_zeros_the_logarithmic_axis_begins_with_the_smallest_decade() -> None:
    figure = bubble_figure(table(("alice", 20, 300)), "local", "log")
    assert "0" not in figure["layout"]["xaxis"]["ticktext"]
    assert figure["layout"]["xaxis"]["ticktext"][0] == "10"
    assert figure["layout"]["shapes"] == []


def test_names_with_html_in_them_stay_text() -> None:
    hostile = "<img src=x onerror=alert(1)>"
    rows = [latest(hostile, "<b>", 1, 1), latest(hostile, "cryo", 1, 1)]
    figure = bubble_figure(storage_table(rows, []), "<b>", "linear")
    trace = figure["data"][0]
    assert trace["customdata"] == [hostile]  # what a click asks for
    shown = json.dumps([trace["text"], trace["hovertemplate"], figure["layout"]])
    assert "<img" not in shown
    assert "<b>" not in shown


def test_many_users_share_dots_that_say_how_many_they_are() -> None:
    rows = [(f"user{n}", 1 + n % 3, 10 + n % 5) for n in range(2_000)]
    crowds = next(t for t in bubble_figure(table(*rows), "local", "log")["data"] if t["meta"] == "crowds")
    assert max(count for count, *_ in crowds["customdata"]) > 50


@pytest.mark.parametrize("scale", SCALES)
def test_nobody_and_only_zeros_are_figures_too(scale: Scale) -> None:
    json.dumps(bubble_figure(table(("alice", 0, 0)), "local", scale), allow_nan=False)


def test_each_volume_has_its_own_colour_in_both_themes() -> None:
    for theme in plot_themes(["local", "cryo"]).values():
        assert theme["volumes"]["local"]["colour"] != theme["volumes"]["cryo"]["colour"]
