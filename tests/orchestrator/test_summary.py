"""Results for people."""

import pytest

from orchestrator.summary import human_bytes, human_duration, table


def test_columns_are_as_wide_as_what_stands_in_them() -> None:
    rows: list[dict[str, str | int | None]] = [
        {"user": "alice", "port": 8100},
        {"user": "bo", "port": None},
    ]
    assert table(rows, ("user", "port")) == "USER   PORT\nalice  8100\nbo"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, ""),
        (0, "0 s"),
        (59.9, "59 s"),
        (61, "1 min 1 s"),
        (3600, "1 h"),
        (90_061, "1 d 1 h"),
        (-5, "0 s"),
    ],
)
def test_durations_have_two_units_at_most(seconds: float | None, text: str) -> None:
    assert human_duration(seconds) == text


def test_memory_is_shown_in_mib() -> None:
    assert human_bytes(48_234_496) == "46.0 MiB"
    assert human_bytes(None) == ""
