"""Counts, times and sizes as Slurm prints them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from collectors.parsers.slurm import values

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0:00", 0),
        ("34:12", 2052),
        ("1:02:03", 3723),
        ("2-03:04:05", 183845),
        ("90", 90),
        ("00:00:00.250", 0),
    ],
)
def test_lengths_of_time(text: str, seconds: int) -> None:
    assert values.seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "N/A", "INVALID", "UNLIMITED", "Unknown"])
def test_no_length_of_time(text: str) -> None:
    assert values.seconds(text) is None


@pytest.mark.parametrize("text", ["1:2", "-1:00", "1-", "1-2", "soon", "1:00:00:00"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="elapsed"):
        values.seconds(text)


def test_moments_are_of_the_clusters_zone_or_epoch_seconds_already() -> None:
    noon = int(datetime(2026, 7, 1, 10, tzinfo=UTC).timestamp())
    assert values.moment("2026-07-01T12:00:00", BERLIN, "Start") == noon
    assert values.moment(str(noon), BERLIN, "Start") == noon
    assert values.moment("Unknown", BERLIN, "Start") is None
    assert values.moment("0", BERLIN, "Start") is None


@pytest.mark.parametrize("text", ["2026-02-30T12:00:00", "2026-07-01", "yesterday", "9999-12-31T23:59:60"])
def test_what_is_no_moment_is_refused_by_its_name(text: str) -> None:
    with pytest.raises(ValueError, match="Start"):
        values.moment(text, BERLIN, "Start")


def test_memory_is_mib_where_it_has_no_unit() -> None:
    assert values.size("16000") == 16000 << 20
    assert values.size("62.50G") == 64000 << 20
    assert values.memory_of_tres("cpu=96,mem=4956M,node=1") == 4956 << 20
    assert values.memory_of_tres("cpu=96,node=1") is None


def test_memory_asked_for_is_a_node_a_processor_or_in_all() -> None:
    assert values.memory_asked("4Gn", nodes=2, processors=8) == 8 << 30
    assert values.memory_asked("4000Mc", nodes=2, processors=8) == 32000 << 20
    assert values.memory_asked("64G", nodes=2, processors=8) == 64 << 30
    assert values.memory_asked("0n", nodes=2, processors=8) == 0
    assert values.memory_asked("", nodes=2, processors=8) is None


def test_a_count_may_be_rounded_to_thousands_and_a_range_means_its_beginning() -> None:
    assert values.count("2K", "CPUs") == 2048
    assert values.count("1-4", "NODES") == 1
    for text in ("", "four", "-1", "1.5", "0.3K", "9" * 30):
        with pytest.raises(ValueError, match="CPUs"):
            values.count(text, "CPUs")


def test_memory_beyond_any_machine_is_refused() -> None:
    with pytest.raises(ValueError, match="more than any machine"):
        values.size("999999999999999E")
