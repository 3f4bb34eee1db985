"""What schedulers' letters and words are taken for."""

import pytest

from overview.queue_words import job_kind, job_words, node_kind


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        *(("R", "running"), ("RUNNING", "running")),
        *(("Q", "waiting"), ("H", "waiting"), ("PENDING", "waiting"), ("SUSPENDED", "waiting")),
        *(("C", "ended"), ("COMPLETED", "ended"), ("CANCELLED", "ended"), ("what-is-this", "waiting")),
    ],
)
def test_a_job_runs_waits_or_has_ended(state: str, kind: str) -> None:
    assert job_kind(state) == kind


def test_letters_are_told_in_words() -> None:
    assert [job_words(state) for state in ("Q", "H", "OUT_OF_MEMORY")] == ["queued", "held", "out of memory"]


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        *(("free", "free"), ("idle", "free")),
        *(("job-exclusive", "used"), ("mixed", "used"), ("allocated", "used"), ("idle+completing", "used")),
        *(("down,offline", "out"), ("down*", "out"), ("idle+drain", "out"), ("mixed+drain", "out")),
        *(("state-unknown,down", "out"), ("down,job-exclusive", "out"), ("odd", "other"), ("idle*", "other")),
    ],
)
def test_one_word_of_trouble_takes_a_node_out_of_service(state: str, kind: str) -> None:
    assert node_kind(state) == kind
