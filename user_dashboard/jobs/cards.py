"""What the tab Jobs says in words and numbers. Pure data, no components."""

from typing import Any

from user_dashboard.cards import Notice
from user_dashboard.comparison import Comparison, compared, short
from user_dashboard.facts import Fact
from user_dashboard.jobs.data import Jobs
from user_dashboard.jobs.states import current_state, ended_state
from user_dashboard.wording import date_and_time, listed, number
from usermon.published_jobs import REFRESH_SECONDS

_STALE_AT_LEAST = 1800
_STALE_STEPS = 4


def make_facts(jobs: Jobs) -> tuple[Fact, ...]:
    published = jobs.published
    current, month = published.current, published.month
    moods = [current_state(status).mood for status in current.status]
    running = [n for n, mood in enumerate(moods) if mood == "running"]
    processors = sum(current.processors[n] for n in running)
    gpus = sum(current.gpus[n] for n in running)
    waiting = len(moods) - len(running) + published.more_current
    on = f"on {_many(processors, 'processor')}" + (f" and {_many(gpus, 'GPU')}" if gpus else "")
    asked = sum(current.processors) - processors
    facts = [
        Fact("Running", number(len(running)), _word(len(running), "job"), on if running else ""),
        Fact(
            "Waiting",
            number(waiting),
            _word(waiting, "job"),
            f"for {_many(asked, 'processor')}" if waiting and not published.more_current else "",
        ),
        Fact(
            "Last 30 days",
            short(month.cpu_hours),
            "processor hours",
            f"in {_many(month.jobs, 'job')} that ended",
        ),
    ]
    if any(published.months.gpu_hours) or any(current.gpus):
        facts.append(Fact("Last 30 days", short(month.gpu_hours), "GPU hours", ""))
    return tuple(facts)


def make_comparison(jobs: Jobs) -> Comparison | None:
    median = jobs.published.median
    if median is None:
        return None
    own = jobs.published.month.cpu_hours
    amount = compared("Processor hours in the last 30 days", "hours", own, median.cpu_hours)
    return Comparison(median.users, (amount,))


def late_clusters(jobs: Jobs, now: float) -> tuple[tuple[str, int], ...]:
    """Clusters with jobs of this user that were not heard of for long, and when they were."""
    clusters, current = jobs.published.clusters, jobs.published.current
    concerned = frozenset(current.cluster)
    return tuple(
        (name, time)
        for name, time, every in zip(clusters.name, clusters.time, clusters.every_seconds, strict=True)
        if name in concerned
        and now - time > REFRESH_SECONDS + max(_STALE_AT_LEAST, _STALE_STEPS * (every or 0))
    )


def make_notices(jobs: Jobs, now: float) -> tuple[Notice, ...]:
    late = late_clusters(jobs, now)
    if not late:
        return ()
    seen = listed([f"{name} {date_and_time(time, jobs.zone)}" for name, time in late])
    return (
        Notice(
            f"These jobs are as they were when their cluster was heard of last: {seen}. "
            "Your administrators can see why.",
            warning=True,
        ),
    )


def current_table(jobs: Jobs) -> dict[str, Any]:
    """Columns of what runs and waits, for the page's script; times are epoch seconds."""
    current = jobs.published.current
    states = [current_state(status) for status in current.status]
    running = [state.mood == "running" for state in states]
    since = zip(running, current.started, current.submitted, strict=True)
    return {
        "state": [state.words for state in states],
        "mood": [state.mood for state in states],
        "status": current.status,
        "job": current.job_id,
        "name": current.name,
        "cluster": current.cluster,
        "queue": current.queue,
        "since": [(started if runs else submitted) or submitted for runs, started, submitted in since],
        "processors": current.processors,
        "gpus": current.gpus,
        "reason": [reason or "" for reason in current.reason],
    }


def finished_table(jobs: Jobs) -> dict[str, Any]:
    """Columns of what ended, the newest first."""
    finished = jobs.published.finished
    states = [ended_state(status) for status in finished.status]
    amounts = list(zip(finished.seconds, finished.processors, finished.gpus, strict=True))
    return {
        "state": [state.words for state in states],
        "mood": [state.mood for state in states],
        "status": finished.status,
        "job": finished.job_id,
        "cluster": finished.cluster,
        "queue": finished.queue,
        "ended": finished.ended,
        "seconds": finished.seconds,
        "processors": finished.processors,
        "gpus": finished.gpus,
        "cpu_hours": [round(seconds * processors / 3600, 2) for seconds, processors, _ in amounts],
        "gpu_hours": [round(seconds * gpus / 3600, 2) for seconds, _, gpus in amounts],
        "exit_code": [code or "" for code in finished.exit_code],
    }


def _many(count: int, thing: str) -> str:
    return f"{number(count)} {_word(count, thing)}"


def _word(count: int, thing: str) -> str:
    return thing if count == 1 else f"{thing}s"
