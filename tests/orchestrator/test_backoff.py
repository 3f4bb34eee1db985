"""Longer pauses after each failure."""

from orchestrator.backoff import Backoff


def test_pauses_double_up_to_the_longest_and_begin_anew_after_a_success() -> None:
    backoff = Backoff(first_seconds=1.0, longest_seconds=5.0)
    assert [backoff.next_pause() for _ in range(5)] == [1.0, 2.0, 4.0, 5.0, 5.0]
    backoff.reset()
    assert backoff.next_pause() == 1.0


def test_years_of_failures_are_no_error() -> None:
    assert Backoff(failures=100_000).next_pause() == 300.0
