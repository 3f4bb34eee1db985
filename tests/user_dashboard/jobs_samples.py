"""Published jobs with defaults: a test names what matters to it."""

from pathlib import Path

from tests.user_dashboard.samples import DAY, NOW
from user_dashboard.jobs.data import Jobs, prepare
from usermon.published_jobs import (
    Clusters,
    CurrentJobs,
    EndedJobs,
    JobsMedian,
    PublishedJobs,
    Spans,
    Used,
    to_json,
)
from usermon.state_folder import PUBLISHED_JOBS

MONDAY = NOW // DAY * DAY  # NOW is one
FEBRUARY, MARCH = MONDAY - 29 * DAY, MONDAY - DAY  # their first days


def published_jobs(
    user: str = "alice",
    heard_at: int = NOW,
    median: JobsMedian | None = None,
    ended: int = 1,
    name: str = "relax",
    more_current: int = 0,
) -> PublishedJobs:
    """One job runs, one waits, one is held; some ended, the newest a minute ago."""
    return PublishedJobs(
        user=user,
        timezone="Europe/Berlin",
        published_at=NOW,
        clusters=Clusters(["cluster-a"], [heard_at], [60]),
        current=CurrentJobs(
            cluster=["cluster-a"] * 3,
            job_id=["7", "8", "9[1]"],
            name=[name, "train", "later"],
            queue=["gpu", "normal", "normal"],
            status=["RUNNING", "PENDING", "H"],
            processors=[16, 4, 2],
            gpus=[2, 0, 0],
            nodes=[1, 1, 1],
            submitted=[NOW - 7200, NOW - 3600, None],
            started=[NOW - 1800, None, None],
            reason=[None, "Priority", None],
        ),
        more_current=more_current,
        finished=EndedJobs(
            cluster=["cluster-a"] * ended,
            job_id=[str(100 + n) for n in range(ended)],
            queue=["normal"] * ended,
            status=["COMPLETED" if n % 3 else "TIMEOUT" for n in range(ended)],
            processors=[8] * ended,
            gpus=[1] * ended,
            submitted=[None] * ended,
            started=[NOW - 60 - n * 3600 - 5400 for n in range(ended)],
            ended=[NOW - 60 - n * 3600 for n in range(ended)],
            seconds=[5400] * ended,
            exit_code=["0:0"] * ended,
        ),
        weeks=Spans([MONDAY - 14 * DAY, MONDAY], [3, ended], [36.0, 12.0 * ended], [0.0, 1.5 * ended]),
        months=Spans([FEBRUARY, MARCH], [3, ended], [36.0, 12.0 * ended], [0.0, 1.5 * ended]),
        month=Used(3 + ended, 36 + 12.0 * ended, 1.5 * ended),
        median=median,
    )


def jobs(published: PublishedJobs | None = None) -> Jobs:
    return prepare(published or published_jobs())


def publish_jobs(folder: Path, content: PublishedJobs | bytes) -> None:
    """As the collectors do: written beside, then renamed."""
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / ".beside-jobs"
    beside.write_bytes(content if isinstance(content, bytes) else to_json(content))
    beside.replace(folder / PUBLISHED_JOBS)
