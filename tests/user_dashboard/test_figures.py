"""Figures are pure: samples and a view in, a dictionary for Plotly out."""

import json
import math
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from tests.user_dashboard.samples import DAY, HALF_AN_HOUR, NOW, steady, storage, volume, wandering, without
from user_dashboard.cards import make_cards
from user_dashboard.figures import RANGES, View, files_figure, near_references, quotas_near, storage_figure
from usermon.units import GIB

TWO = storage(local=volume(100, gb=500, files=9_000), cryo=volume(100, gb=8_000, files=70_000))


def lines(figure: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {trace["name"]: trace for trace in figure["data"] if trace["mode"] == "lines"}


def marks(figure: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {trace["name"]: trace for trace in figure["data"] if trace["mode"] == "markers"}


def shown(axis: dict[str, Any]) -> list[float]:
    """From where to where the axis goes until somebody zooms, of a logarithmic one the exponents."""
    assert "range" not in axis, "Plotly forgets a zoom when a range comes that differs"
    options = axis["autorangeoptions"]
    ends = [options["clipmin"], options["clipmax"]]
    assert options["include"] == ends
    return [math.log10(end) for end in ends] if axis["type"] == "log" else ends


def test_both_plots_hold_exactly_the_samples() -> None:
    gb, files = lines(storage_figure(TWO, View())), lines(files_figure(TWO, View()))
    for history in TWO.histories:
        assert gb[history.volume]["y"] == history.gb
        assert files[history.volume]["y"] == history.files
        assert gb[history.volume]["x"] == TWO.plotted_time[history.volume]


def test_no_line_runs_backwards_where_the_clock_is_set_back_and_the_axis_says_by_which_one_it_is() -> None:
    assert storage_figure(TWO, View())["layout"]["xaxis"]["title"] == {}
    back = 1_792_890_000  # 25 October 2026: in Berlin the hour before comes once more
    night = storage(local=volume(9, end=back + 2 * HALF_AN_HOUR))
    for figure in (storage_figure(night, View()), files_figure(night, View())):
        x = lines(figure)["local"]["x"]
        assert [after - before for before, after in pairwise(x)] == [1000 * HALF_AN_HOUR] * 8
        assert figure["layout"]["xaxis"]["title"]["text"] == "All times in UTC+01:00"


def test_local_stands_on_the_left_and_cryo_on_the_right() -> None:
    figure = storage_figure(TWO, View())
    assert lines(figure)["local"]["yaxis"] == "y"
    assert lines(figure)["cryo"]["yaxis"] == "y2"
    assert figure["layout"]["yaxis2"]["side"] == "right"
    names = [(note["xanchor"], note["text"]) for note in figure["layout"]["annotations"]]
    assert [side for side, _ in names] == ["left", "right"]
    assert "local" in names[0][1]
    assert "GiB" in names[0][1]
    assert "cryo" in names[1][1]


@pytest.mark.parametrize("scale", ["linear", "log"])
@pytest.mark.parametrize("gb", [3, 12_000, 12_000_000])
def test_both_plots_have_the_same_margins(scale: Any, gb: int) -> None:
    samples = storage(local=volume(3, gb=gb, files=4_000_000), cryo=volume(3, gb=90, files=7))
    for view in (View(scale=scale), View(scale=scale, references=frozenset({"storage", "files"}))):
        assert (
            storage_figure(samples, view)["layout"]["margin"]
            == files_figure(samples, view)["layout"]["margin"]
        )


def test_margins_hold_the_longest_number() -> None:
    short, long = (storage_figure(storage(local=volume(3, gb=gb)), View()) for gb in (90, 12_000_000))
    assert long["layout"]["margin"]["l"] > short["layout"]["margin"]["l"]
    assert long["layout"]["margin"]["r"] == short["layout"]["margin"]["r"]


def test_one_volume_has_one_axis() -> None:
    figure = storage_figure(storage(cryo=volume()), View())
    assert "yaxis2" not in figure["layout"]
    assert lines(figure)["cryo"]["yaxis"] == "y"


def test_three_volumes_share_two_axes_and_no_style() -> None:
    figure = storage_figure(storage(local=volume(), cryo=volume(), scratch=volume()), View())
    drawn = lines(figure)
    assert [drawn[name]["yaxis"] for name in ("local", "cryo", "scratch")] == ["y", "y2", "y"]
    assert len({(trace["line"]["color"], trace["line"]["dash"]) for trace in drawn.values()}) == 3


def test_volumes_differ_by_line_and_marker_not_by_colour_alone() -> None:
    figure = storage_figure(TWO, View())
    assert lines(figure)["local"]["line"]["dash"] != lines(figure)["cryo"]["line"]["dash"]
    assert marks(figure)["local"]["marker"]["symbol"] != marks(figure)["cryo"]["marker"]["symbol"]


def test_markers_are_samples_few_and_the_newest_is_one() -> None:
    figure = storage_figure(storage(local=wandering()), View())
    line, marked = lines(figure)["local"], marks(figure)["local"]
    assert len(marked["x"]) <= 13
    assert (marked["x"][-1], marked["y"][-1]) == (line["x"][-1], line["y"][-1])
    samples = set(zip(line["x"], line["y"], strict=True))
    assert samples.issuperset(zip(marked["x"], marked["y"], strict=True))


def test_a_single_sample_is_a_marker() -> None:
    figure = storage_figure(storage(local=volume(1, gb=7)), View())
    assert marks(figure)["local"]["y"] == [7]
    low, high = shown(figure["layout"]["yaxis"])
    assert low < 7 < high
    start, end = shown(figure["layout"]["xaxis"])
    assert start < marks(figure)["local"]["x"][0] < end


def test_a_line_breaks_at_a_hole() -> None:
    broken = storage(local=without(volume(100), 40, 60))
    line = lines(storage_figure(broken, View()))["local"]
    assert line["connectgaps"] is False
    assert line["y"][40] is None
    assert [y for y in line["y"] if y is not None] == broken.histories[0].gb
    assert line["x"] == sorted(line["x"])


@pytest.mark.parametrize(("name", "seconds"), [(n, s) for n, s in RANGES.items() if s is not None])
def test_a_range_shows_its_time_up_to_the_newest_sample(name: str, seconds: int) -> None:
    long = storage(local=volume(800, step=DAY, gb=2_000))
    start, end = shown(storage_figure(long, View(range=name))["layout"]["xaxis"])
    newest = long.plotted_time["local"][-1]
    assert start <= newest - 1000 * seconds
    assert newest <= end <= newest + 1000 * seconds


def test_a_range_longer_than_the_history_shows_the_history() -> None:
    everything = shown(storage_figure(TWO, View(range="all"))["layout"]["xaxis"])
    assert shown(storage_figure(TWO, View(range="year"))["layout"]["xaxis"]) == everything


def test_the_values_axis_fits_what_the_range_shows() -> None:
    grown = storage(local=volume(400, gb=1_000))
    low, high = shown(storage_figure(grown, View(range="day"))["layout"]["yaxis"])
    assert 900 < low < 952
    assert 1_000 < high < 1_050


def test_a_flat_line_is_not_blown_up_and_two_do_not_hide_each_other() -> None:
    figure = storage_figure(storage(local=steady(gb=100), cryo=steady(gb=100)), View())
    left, right = shown(figure["layout"]["yaxis"]), shown(figure["layout"]["yaxis2"])
    assert left[1] - left[0] >= 6
    assert left != right


def test_the_axis_never_goes_far_below_zero() -> None:
    low, _ = shown(storage_figure(storage(local=volume(50, gb=51)), View())["layout"]["yaxis"])
    assert -3 < low <= 0


def test_log_axes_take_zero_without_failing() -> None:
    nothing = storage(local=volume(5, gb=4, files=40))
    figure = files_figure(nothing, View(scale="log"))
    axis = figure["layout"]["yaxis"]
    assert axis["type"] == "log"
    assert all(math.isfinite(end) for end in shown(axis))
    assert shown(axis)[0] < math.log10(10) < math.log10(40) < shown(axis)[1]


def test_a_reference_line_is_drawn_when_asked_for_and_its_axis_shows_it() -> None:
    for scale, place in (("linear", 25_000), ("log", math.log10(25_000))):
        view = View(references=frozenset({"storage"}), scale=scale)  # type: ignore[arg-type]
        layout = storage_figure(TWO, view)["layout"]
        assert layout["shapes"][0]["y0"] == 25_000
        assert shown(layout["yaxis"])[0] < place < shown(layout["yaxis"])[1]
        assert files_figure(TWO, view)["layout"]["shapes"] == []


def test_without_being_asked_for_only_a_near_reference_line_is_drawn() -> None:
    assert near_references(TWO) == frozenset()
    assert near_references(storage(local=volume(10, gb=20_000))) == {"storage"}
    assert near_references(storage(local=volume(10, files=1_000_000))) == {"files"}
    far_over = storage(local=volume(10, gb=120_000))
    assert near_references(far_over) == frozenset()


def test_a_redraw_keeps_what_the_person_zoomed_to_until_they_choose_anew() -> None:
    grown = storage(local=volume(101, gb=501))
    assert (
        storage_figure(TWO, View())["layout"]["uirevision"]
        == storage_figure(grown, View())["layout"]["uirevision"]
        == storage_figure(TWO, View(theme="dark"))["layout"]["uirevision"]
    )
    for other in (View(range="week"), View(scale="log")):
        assert (
            storage_figure(TWO, other)["layout"]["uirevision"]
            != storage_figure(TWO, View())["layout"]["uirevision"]
        )


def test_the_dark_theme_changes_colours_and_nothing_else() -> None:
    light, dark = storage_figure(TWO, View()), storage_figure(TWO, View(theme="dark"))
    assert lines(light)["local"]["line"]["color"] != lines(dark)["local"]["line"]["color"]
    assert lines(light)["local"]["y"] == lines(dark)["local"]["y"]


def test_figures_are_plain_json() -> None:
    for figure in (storage_figure(TWO, View()), files_figure(TWO, View())):
        assert json.loads(json.dumps(figure, allow_nan=False))["data"]


def test_plotly_itself_finds_every_key_and_value_valid() -> None:
    """In a process of its own: there the real plotly package checks, which dashboards do without."""
    views = [
        View(),
        View(theme="dark", scale="log", range="week", references=frozenset({"storage", "files"})),
    ]
    samples = [
        TWO,
        storage(local=without(wandering(), 100, 200)),
        storage(cryo=volume(1)),
        storage(local=limited(), cryo=limited(gb=7)),
    ]
    figures = [make(s, view) for make in (storage_figure, files_figure) for s in samples for view in views]
    check = (
        "import json, sys, plotly.graph_objects as go\nfor figure in json.load(sys.stdin): go.Figure(figure)"
    )
    for figure in figures:
        # plotly.js takes one for each values axis; the Python package's list knows the first only.
        assert figure["layout"]["xaxis"]["rangeslider"].pop("yaxis2") == {"rangemode": "auto"}
    done = subprocess.run(
        [sys.executable, "-c", check], input=json.dumps(figures), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_times_carry_the_facilitys_clock() -> None:
    utc, berlin = storage(timezone="UTC", local=volume()), storage(local=volume())
    assert lines(storage_figure(utc, View()))["local"]["x"][-1] == NOW * 1000
    assert lines(storage_figure(berlin, View()))["local"]["x"][-1] == (NOW + 3600) * 1000


def test_no_reference_is_drawn_where_the_facility_has_none() -> None:
    none = storage(local=volume(10, gb=20_000))
    none = replace(none, published=replace(none.published, reference_gb=None, reference_files=None))
    assert near_references(none) == frozenset()
    view = View(references=frozenset({"storage", "files"}))
    assert storage_figure(none, view)["layout"]["shapes"] == []


def limited(gb: int = 20_000, soft_gb: int = 25_000, hard_gb: int = 40_000) -> Any:
    return replace(
        volume(100, gb=gb, files=9_000),
        soft_limit_bytes=soft_gb * GIB,
        hard_limit_bytes=hard_gb * GIB,
        hard_limit_files=10_000,
    )


def drawn_levels(figure: dict[str, Any]) -> list[tuple[str, float]]:
    return [(shape["yref"], shape["y0"]) for shape in figure["layout"]["shapes"]]


def words_at_levels(figure: dict[str, Any]) -> list[str]:
    return [note["text"] for note in figure["layout"]["annotations"] if "limit" in note["text"]]


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_quota_lines_are_drawn_and_the_axis_shows_them(scale: Any) -> None:
    figure = storage_figure(storage(local=limited()), View(scale=scale))
    assert drawn_levels(figure) == [("y", 25_000), ("y", 40_000)]
    assert words_at_levels(figure) == [
        "local soft limit 25,000 GiB",
        "local hard limit 40,000 GiB",
    ]
    low, high = shown(figure["layout"]["yaxis"])
    top = math.log10(40_000) if scale == "log" else 40_000
    assert low < top < high
    files = files_figure(storage(local=limited()), View(scale=scale))
    assert drawn_levels(files) == [("y", 10_000)]
    assert words_at_levels(files) == ["local limit 10,000 files"]


def test_soft_and_hard_lines_differ_and_their_words_keep_apart() -> None:
    layout = storage_figure(storage(local=limited()), View())["layout"]
    assert len({shape["line"]["dash"] for shape in layout["shapes"]}) == 2
    soft, hard = (note for note in layout["annotations"] if "limit" in note["text"])
    assert (soft["yanchor"], hard["yanchor"]) == ("top", "bottom")


def test_each_volume_has_its_quota_on_its_own_axis_and_in_its_own_colour() -> None:
    figure = storage_figure(storage(local=limited(), cryo=limited(hard_gb=25_000)), View())
    assert drawn_levels(figure) == [("y", 25_000), ("y", 40_000), ("y2", 25_000)]
    shapes, traces = figure["layout"]["shapes"], lines(figure)
    assert shapes[0]["line"]["color"] == traces["local"]["line"]["color"]
    assert shapes[2]["line"]["color"] == traces["cryo"]["line"]["color"]
    assert words_at_levels(figure)[2] == "cryo limit 25,000 GiB"


def test_the_uppermost_lines_of_both_axes_do_not_lie_on_each_other() -> None:
    for scale in ("linear", "log"):
        layout = storage_figure(storage(local=limited(), cryo=limited()), View(scale=scale))["layout"]
        top = math.log10(40_000) if scale == "log" else 40_000
        heights = []
        for axis in ("yaxis", "yaxis2"):
            low, high = shown(layout[axis])
            heights.append((top - low) / (high - low))
        assert heights[0] - heights[1] > 0.08


def test_a_limit_of_one_byte_is_a_limit() -> None:
    locked = storage(local=replace(volume(10, gb=20), hard_limit_bytes=1, hard_limit_files=1))
    for scale in ("linear", "log"):
        assert len(drawn_levels(storage_figure(locked, View(scale=scale)))) == 1
    (local,) = make_cards(locked, NOW)
    assert [quota.level for quota in local.quotas] == ["over", "over"]


def test_a_hard_limit_far_beyond_the_next_line_does_not_squash_the_plot() -> None:
    figure = storage_figure(storage(local=limited(hard_gb=150_000)), View())
    assert drawn_levels(figure) == [("y", 25_000)]
    assert shown(figure["layout"]["yaxis"])[1] < 40_000


def test_without_being_asked_for_a_far_quota_is_said_at_the_edge_only() -> None:
    figure = storage_figure(storage(local=limited(gb=150)), View(quotas=False))
    assert drawn_levels(figure) == []
    assert words_at_levels(figure) == ["↑ local soft limit 25,000 GiB"]
    assert shown(figure["layout"]["yaxis"])[1] < 200


def test_lines_that_the_data_has_passed_are_drawn_in_any_case() -> None:
    figure = storage_figure(storage(local=limited(gb=30_000)), View(quotas=False))
    assert drawn_levels(figure) == [("y", 25_000)]


def test_quotas_are_near_within_a_quarter_and_no_question_without_limits() -> None:
    assert quotas_near(storage(local=replace(limited(6_300), hard_limit_files=None))) is True
    assert quotas_near(storage(local=replace(limited(6_200), hard_limit_files=None))) is False
    assert quotas_near(storage(local=volume())) is None


def test_margins_of_both_plots_stay_the_same_with_quotas() -> None:
    samples = storage(local=limited(gb=900, soft_gb=1_000, hard_gb=1_000_000), cryo=limited())
    for view in (View(), View(quotas=False), View(scale="log")):
        assert (
            storage_figure(samples, view)["layout"]["margin"]
            == files_figure(samples, view)["layout"]["margin"]
        )
