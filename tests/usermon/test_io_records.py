"""What of a delivered record cannot be."""

from dataclasses import replace

import pytest

from tests.io_samples import ONE, client, entry, session
from usermon.io_records import IoEntry, check_io_entry, check_io_session, clock_seconds, clock_text


def test_a_plain_session_can_be() -> None:
    check_io_session(session())


@pytest.mark.parametrize("local_time", ["2025-03-05 01:00:11", "1999-12-31 23:59:59"])
def test_what_the_clock_showed_comes_back_as_it_was(local_time: str) -> None:
    assert clock_text(clock_seconds(local_time)) == local_time


@pytest.mark.parametrize(
    "wrong",
    [
        IoEntry(ONE, "2025-13-45 99:00:11"),
        IoEntry(ONE, "2025-03-05T01:00:11"),
        IoEntry(ONE, "2025-03-05 01:00"),
        IoEntry(17, "2025-03-05 01:00:11"),
        IoEntry(-5, "1970-01-01 00:00:00"),
    ],
)
def test_times_that_are_none_or_far_apart_are_refused(wrong: IoEntry) -> None:
    with pytest.raises(ValueError, match=r"date|time"):
        check_io_entry(wrong)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (session(who=client(user="../etc")), "user name"),
        (session(who=client(machine="")), "machine is empty"),
        (session(who=client(role="x" * 256)), "role is longer"),
        (session(who=client(affiliation="a\nb")), "affiliation holds a control character"),
        (session(rows={"[4K, 8K": 1}), "not a range"),
        (session(rows={"[4K, 8K)": -1}), "a count"),
        (session(rows={"[4K, 8K)": 10**12 + 1}), "a count"),
        (session(rows={f"[{n}, {n + 1})": 1 for n in range(1001)}), "more than 1000"),
        (replace(session(), counts=()), "not equally many"),
        (replace(session(), entry=replace(entry(), time=0)), "time"),
    ],
)
def test_a_session_that_no_log_says_is_refused_with_the_reason(wrong: object, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        check_io_session(wrong)  # type: ignore[arg-type]
