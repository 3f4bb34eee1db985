"""What the tab Jobs is made of: pure, from published jobs to words, rows and figures."""

import csv
import io

import pytest

from tests.user_dashboard.jobs_samples import jobs, published_jobs
from tests.user_dashboard.samples import NOW
from user_dashboard.jobs.cards import (
    current_table,
    finished_table,
    late_clusters,
    make_comparison,
    make_facts,
)
from user_dashboard.jobs.export import jobs_csv
from user_dashboard.jobs.figures import hours_figure
from user_dashboard.jobs.states import current_state, ended_state
from usermon.published_jobs import JobsMedian, PublishedJobs, Spans


@pytest.mark.parametrize(
    ("status", "words", "mood"),
    [
        ("R", "running", "running"),
        ("RUNNING+COMPLETING", "running", "running"),
        ("PENDING", "waiting", "waiting"),
        ("H", "held", "held"),
        ("BATCH_HOLD", "batch hold", "waiting"),
        ("", "not known", "waiting"),
    ],
)
def test_states_of_all_schedulers_are_said_in_the_same_words(status: str, words: str, mood: str) -> None:
    assert current_state(status) == (words, mood)


@pytest.mark.parametrize(
    ("status", "words"),
    [("C", "done"), ("CANCELLED by 1001", "cancelled"), ("OUT_OF_MEMORY", "out of memory"), ("NEW", "new")],
)
def test_ends_are_said_in_words_too(status: str, words: str) -> None:
    assert ended_state(status).words == words


def test_facts_count_what_runs_and_what_waits() -> None:
    facts = [
        (fact.title, fact.amount, fact.remark) for fact in make_facts(jobs(published_jobs(more_current=5)))
    ]
    assert facts[:2] == [("Running", "1", "on 16 processors and 2 GPUs"), ("Waiting", "7", "")]
    assert facts[2] == ("Last 30 days", "48", "in 4 jobs that ended")
    assert facts[3][1] == "1.5"


def test_a_running_job_runs_since_its_start_and_a_waiting_one_since_it_came() -> None:
    table = current_table(jobs())
    assert table["since"] == [NOW - 1800, NOW - 3600, None]
    assert table["mood"] == ["running", "waiting", "held"]


def test_hours_are_those_of_all_processors() -> None:
    table = finished_table(jobs())
    assert (table["cpu_hours"], table["gpu_hours"]) == ([12.0], [1.5])


def test_weeks_without_jobs_are_gaps_in_the_bars() -> None:
    figure = hours_figure(jobs(), "weeks", "light")
    processors, gpus = figure["data"]
    assert processors["x"] == ["16 Feb 2026", "23 Feb 2026", "2 Mar 2026"]
    assert (processors["y"], gpus["y"]) == ([36.0, 0.0, 12.0], [0.0, 0.0, 1.5])
    assert "pattern" in gpus["marker"]


def test_months_follow_each_other_over_the_year() -> None:
    december, february = 1_764_547_200, 1_769_904_000
    spans = Spans([december, february], [1, 1], [1.0, 2.0], [0.0, 0.0])
    figure = hours_figure(jobs(PublishedJobs("alice", "UTC", NOW, months=spans)), "months", "dark")
    assert figure["data"][0]["x"] == ["Dec 2025", "Jan 2026", "Feb 2026"]
    assert len(figure["data"]) == 1  # nobody used a GPU


@pytest.mark.parametrize("weeks", [1, 3, 12, 13, 53])
def test_half_a_dozen_weeks_are_named_and_the_newest_is_one_of_them(weeks: int) -> None:
    monday = 1_772_409_600  # 2 March 2026
    start = [monday - 7 * 86_400 * ago for ago in range(weeks - 1, -1, -1)]
    spans = Spans(start, [1] * weeks, [1.0] * weeks, [0.0] * weeks)
    figure = hours_figure(jobs(PublishedJobs("alice", "UTC", NOW, weeks=spans)), "weeks", "light")
    axis = figure["layout"]["xaxis"]
    assert axis["tickvals"][-1] == "2 Mar 2026"
    assert len(axis["tickvals"]) <= 6
    assert axis["ticktext"][0].count("<br>") == 2  # day, month and, once a year, the year
    assert all(len(line) <= 4 for words in axis["ticktext"] for line in words.split("<br>"))


def test_a_cluster_is_late_when_it_was_not_heard_of_for_long() -> None:
    assert late_clusters(jobs(), NOW + 2300) == ()
    assert late_clusters(jobs(), NOW + 2500) == (("cluster-a", NOW),)
    assert late_clusters(jobs(PublishedJobs("alice", "UTC", NOW)), NOW + 10**6) == ()


def test_processor_hours_are_compared_with_the_median() -> None:
    compared = make_comparison(jobs(published_jobs(median=JobsMedian(7, 480.0))))
    assert compared is not None
    assert compared.amounts[0].words == "10 % of the median"


def test_the_csv_holds_all_jobs_in_the_facilitys_time() -> None:
    rows = list(csv.DictReader(io.StringIO(jobs_csv(jobs(published_jobs(ended=2))))))
    assert [row["job"] for row in rows] == ["7", "8", "9[1]", "100", "101"]
    assert (rows[0]["state"], rows[0]["started"], rows[1]["reason"]) == (
        *("RUNNING", "2026-03-02 12:30:00", "Priority"),
    )
    assert (rows[3]["ended"], rows[3]["cpu_hours"], rows[3]["gpu_hours"]) == (
        "2026-03-02 12:59:00",
        "12",
        "1.5",
    )
    assert jobs_csv(None).count("\n") == 1


@pytest.mark.parametrize("name", ['=cmd()<b>"x"', "+1", "-1", "@x", "\t=1", " =1", "a\n=b"])
def test_no_name_of_a_job_is_a_formula(name: str) -> None:
    rows = list(csv.DictReader(io.StringIO(jobs_csv(jobs(published_jobs(name=name))))))
    assert len(rows) == 4
    assert not rows[0]["name"].lstrip().startswith(("=", "+", "-", "@"))
