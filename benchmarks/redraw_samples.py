"""Published files as long as they may be; the number makes each another one."""

from benchmarks.facility import SAMPLES_A_VOLUME
from usermon import published_io, published_jobs, published_storage
from usermon.units import GIB

_START = 1_700_006_400  # a midnight
_HOUR, _DAY = 3600, 86_400


def storage_file(number: int) -> bytes:
    history = published_storage.VolumeHistory(
        time=[_START + 1800 * step for step in range(SAMPLES_A_VOLUME)],
        used_bytes=[(1000 + number + step) * GIB for step in range(SAMPLES_A_VOLUME)],
        files=[50_000 + 37 * step for step in range(SAMPLES_A_VOLUME)],
    )
    volumes = {"local": history, "cryo": history}
    return published_storage.to_json(
        published_storage.PublishedStorage("alice", "UTC", _START, 25_000, 1_500_000, volumes)
    )


def io_file(number: int) -> bytes:
    hours, days = range(published_io.HOURLY_DAYS * 24), range(published_io.DAILY_DAYS)
    sizes, machines = range(40), range(published_io.MOST_MACHINES)
    return published_io.to_json(
        published_io.PublishedIo(
            "alice",
            "UTC",
            _START,
            published_io.Operations([_START + _HOUR * n for n in hours], [number + n for n in hours]),
            published_io.Operations(
                [_START - _DAY * (len(days) - n) for n in days], [number + 9 * n for n in days]
            ),
            published_io.OperationsBySize(
                [f"[{n}, {n + 1})" for n in sizes], [*sizes], [n + 1 for n in sizes], [77 * n for n in sizes]
            ),
            published_io.OperationsByMachine(
                [f"calc-{n:03}" for n in machines],
                ["cluster"] * len(machines),
                [3] * len(machines),
                [*machines],
            ),
            total=1_000_000,
        )
    )


def jobs_file(number: int) -> bytes:
    current, ended = published_jobs.MOST_CURRENT, published_jobs.MOST_FINISHED
    waiting = published_jobs.CurrentJobs(
        cluster=["cluster-a"] * current,
        job_id=[f"{number + n}" for n in range(current)],
        name=["classify3d"] * current,
        queue=["gpu"] * current,
        status=["PENDING"] * current,
        processors=[16] * current,
        gpus=[2] * current,
        nodes=[1] * current,
        submitted=[_START] * current,
        started=[None] * current,
        reason=["Priority"] * current,
    )
    finished = published_jobs.EndedJobs(
        cluster=["cluster-a"] * ended,
        job_id=[f"{n}" for n in range(ended)],
        queue=["gpu"] * ended,
        status=["COMPLETED"] * ended,
        processors=[16] * ended,
        gpus=[2] * ended,
        submitted=[_START] * ended,
        started=[_START] * ended,
        ended=[_START + _HOUR] * ended,
        seconds=[_HOUR] * ended,
        exit_code=["0:0"] * ended,
    )
    weeks = range(published_jobs.WEEKS)
    spans = published_jobs.Spans(
        [_START + 7 * _DAY * n for n in weeks], [*weeks], [1.5 * n for n in weeks], [0.5 * n for n in weeks]
    )
    return published_jobs.to_json(
        published_jobs.PublishedJobs(
            "alice", "UTC", _START, current=waiting, finished=finished, weeks=spans, months=spans
        )
    )
