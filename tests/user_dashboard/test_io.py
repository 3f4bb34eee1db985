"""What the tab I/O is made of: pure, from published numbers to words and figures."""

import csv
import io as text_io
from dataclasses import replace

import pytest

from tests.user_dashboard.io_samples import HOUR, io, published_io
from tests.user_dashboard.samples import DAY, NOW
from user_dashboard.figures import View
from user_dashboard.io.cards import make_comparison, make_facts, make_notices
from user_dashboard.io.data import size_words
from user_dashboard.io.export import io_csv
from user_dashboard.io.figures import operations_figure, sizes_figure
from usermon.published_io import IoMedian, LogSilence, OperationsByMachine, PublishedIo


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (4096, 8192, "4 to 8 KiB"),
        (512, 1024, "512 bytes to 1 KiB"),
        (0, 1, "0 bytes"),
        (1, 2, "1 byte"),
        (0, 4096, "below 4 KiB"),
        (None, 0, "below 0 bytes"),
        (2**40, None, "1 TiB or more"),
        (1000, 3000, "1000 to 3000 bytes"),
    ],
)
def test_sizes_are_said_as_people_say_them(low: int | None, high: int | None, words: str) -> None:
    assert size_words(low, high) == words


def test_short_ranges_show_hours_and_long_ones_days() -> None:
    hours = operations_figure(io(), View(range="day"))
    assert (len(hours["data"][0]["x"]), hours["data"][0]["y"][-1]) == (24, 48)
    days = operations_figure(io(), View(range="all"))
    assert len(days["data"][0]["x"]) == 63
    assert sum(days["data"][0]["y"]) == published_io().total
    assert "a day" in days["layout"]["annotations"][0]["text"]


def test_what_is_known_by_the_hour_alone_is_shown_by_the_hour() -> None:
    figure = operations_figure(io(published_io(days=0)), View(range="all"))
    assert len(figure["data"][0]["x"]) == 48


def test_bars_stand_where_the_clock_on_the_wall_stood() -> None:
    figure = operations_figure(io(published_io(hours=1, days=0)), View())
    assert figure["data"][0]["x"] == [1000 * (NOW - HOUR)]


def test_the_histogram_names_each_size() -> None:
    figure = sizes_figure(io(), View(scale="log"))
    assert figure["data"][0]["x"] == ["0 bytes", "4 to 8 KiB", "1 MiB or more"]
    assert figure["layout"]["yaxis"]["type"] == "log"


def test_nothing_at_all_is_drawn_too() -> None:
    empty = io(PublishedIo("alice", "UTC", 1))
    assert operations_figure(empty, View())["data"][0]["x"] == []
    assert sizes_figure(empty, View())["data"][0]["x"] == []


def test_facts_say_what_is_usual_for_this_user() -> None:
    facts = {fact.title: fact for fact in make_facts(io())}
    assert facts["In all"].amount == "7,176"
    assert facts["Busiest machine"].amount == "gpu-01"
    assert facts["Most often read at once"].amount == "4 to 8 KiB"


def test_without_a_median_there_is_no_comparison() -> None:
    assert make_comparison(io()) is None
    compared = make_comparison(io(published_io(median=IoMedian(9, 7_176 * 4))))
    assert compared is not None
    assert (compared.users, compared.amounts[0].words, compared.amounts[0].own_share) == (
        *(9, "25 % of the median", 0.25),
    )


def test_a_long_silence_is_noted_and_a_short_one_is_not() -> None:
    assert make_notices(io(), NOW + DAY) == ()
    (notice,) = make_notices(io(), NOW + 9 * DAY)
    assert "the newest is of 2 March 2026, 11:00" in notice.text
    assert not notice.warning


def test_a_silent_log_is_no_user_who_reads_nothing() -> None:
    end = io().newest
    assert end is not None
    silent = replace(published_io(), silence=LogSilence(end + 3 * DAY, of_all=True))
    (notice,) = make_notices(io(silent), NOW + 30 * DAY)
    assert notice.warning
    assert notice.text.startswith("The facility’s I/O log is silent since 5 March 2026, 11:00: what you read")
    nothing = PublishedIo("alice", "UTC", NOW, silence=LogSilence(end, of_all=False))
    (notice,) = make_notices(io(nothing), NOW)
    assert notice.text.startswith("One of the facility’s I/O logs is silent since")
    # It speaks again, and was not looked at since.
    heard = replace(published_io(), silence=LogSilence(end - DAY, of_all=True))
    assert make_notices(io(heard), NOW + DAY) == ()


def test_the_csv_holds_all_that_is_shown() -> None:
    rows = list(csv.DictReader(text_io.StringIO(io_csv(io()))))
    kinds = [row["per"] for row in rows]
    assert {kind: kinds.count(kind) for kind in kinds} == {"day": 60, "hour": 48, "size": 3, "machine": 2}
    assert rows[107] == {
        **dict.fromkeys(("size", "machine", "machine_type", "sessions"), ""),
        **{"per": "hour", "date": "2026-03-02 11:00", "operations": "48"},
    }
    assert io_csv(None).count("\n") == 1


def test_no_name_in_the_csv_is_a_formula() -> None:
    odd = OperationsByMachine(['=HYPERLINK("x")', "a,b"], ["@sum", "x"], [1, 1], [1, 1])
    published = published_io()
    text = io_csv(io(PublishedIo(published.user, "UTC", 1, machines=odd, total=2)))
    machines = [row for row in csv.reader(text_io.StringIO(text)) if row[0] == "machine"]
    assert [row[3:5] for row in machines] == [['\'=HYPERLINK("x")', "'@sum"], ["a,b", "x"]]
