"""The pipe log that a cron job on a head node writes of the last hours' jobs.

    # Slurm jobs from last 4 hours collected at 2025-07-17 14:10:03
    # Format: JobID|User|Partition|CPUs|Memory|GPUs|Nodes|NodeList|ElapsedTime|State|Command|Time
    190217|alice|gpu.medium|8|24000|1|1|gpu04|00:00:34|RUNNING|eval|Unknown

Seen from cluster-usage's `slurm-script.sh` (around `sacct`). Memory is MiB, Time is when the job ended, both
times are local. A command may hold bars: the last field is the time, whatever stands before it. Lines that
begin with `#` are comments; the one that tells the time of collection speaks for the lines below it. Array
jobs keep the id as printed (`910001_[5-40%4]`), `CANCELLED by 20417` is CANCELLED.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from collectors.parsers.lines import numbered_lines, shown
from collectors.parsers.local_clock import AHEAD_SECONDS
from collectors.parsers.slurm import values
from collectors.parsers.slurm.hosts import expand_hosts
from collectors.parsers.slurm.records import check_state, check_user, is_finished, local_time
from collectors.parsers.slurm.squeue import job_number, shortened_job_id
from collectors.parsers.slurm.tables import LONGEST_ROW
from usermon.queue_records import LONGEST_TEXT, FinishedJob, Job, check_finished_job, check_job, ended_job
from usermon.records import Parsed, Rejected

_COLLECTED = re.compile(r"#.*\bcollected at (\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d)\s*", re.ASCII)
_NUMBER = re.compile(r"\d{1,15}", re.ASCII)
_FIELDS_BEFORE_COMMAND = 10
_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class LoggedJob:
    """One line. `collected_at` is None in a log that does not say it; `ended` of a job that runs is None."""

    job: Job
    node_list: str  # as printed
    elapsed_seconds: int
    ended: int | None
    collected_at: int | None

    @property
    def is_finished(self) -> bool:
        return is_finished(self.job.status)


def parse(report: str, *, timezone: ZoneInfo, now: float) -> Parsed[LoggedJob]:
    """Read the whole log. What is said to have happened more than a day after `now` is rejected."""
    records: list[LoggedJob] = []
    rejected: list[Rejected] = []
    collected_at: int | None = None
    for number, line in _lines(report):
        try:
            if line.startswith("#"):
                collected_at = _time_of_collection(line, timezone, now) or collected_at
            else:
                records.append(_job(line, timezone, now, collected_at))
        except ValueError as error:
            rejected.append(Rejected(number, shown(line), str(error)))
    return Parsed(tuple(records), tuple(rejected))


def collected_at(report: str, *, timezone: ZoneInfo, now: float) -> int | None:
    """When the newest part of the log was collected, jobs in it or not; None where it does not say."""
    newest: int | None = None
    for _, line in _lines(report):
        if line.startswith("#"):
            try:
                newest = _time_of_collection(line, timezone, now) or newest
            except ValueError:
                continue  # `parse` rejects it
    return newest


def as_fields(logged: LoggedJob, timezone: ZoneInfo) -> dict[str, object]:
    """What `parse --json` shows; times are the log's own."""
    job = logged.job
    return {
        "job_id": job.job_id,
        "user": job.user,
        "partition": job.queue,
        "cpus": job.processors,
        "memory_mb": (job.memory_bytes or 0) // _MIB,
        "gpus": job.gpus,
        "nodes": job.n_nodes,
        "node_list": logged.node_list,
        "hosts": list(job.nodes),
        "elapsed_seconds": logged.elapsed_seconds,
        "state": job.status,
        "command": job.name,
        "end_time": local_time(logged.ended, timezone),
        "collected_at": (local_time(logged.collected_at, timezone) or "").replace("T", " ") or None,
    }


def _lines(report: str) -> Iterator[tuple[int, str]]:
    for number, line in numbered_lines(report):
        if line and not line.isspace():
            yield number, line.rstrip("\r\n")


def _time_of_collection(line: str, timezone: ZoneInfo, now: float) -> int | None:
    match = _COLLECTED.fullmatch(line[:LONGEST_ROW])
    if match is None:
        return None
    time = values.moment(match[1], timezone, "the time of collection")
    if time is not None and time > now + AHEAD_SECONDS:
        raise ValueError("the time of collection is in the future: is a clock or the timezone wrong?")
    return time


def _job(line: str, timezone: ZoneInfo, now: float, collected_at: int | None) -> LoggedJob:
    if len(line) > LONGEST_ROW:
        raise ValueError(f"longer than {LONGEST_ROW} characters")
    fields = line.split("|")
    if len(fields) < _FIELDS_BEFORE_COMMAND + 2:
        raise ValueError(f"{len(fields)} fields instead of the 12 from JobID to Time")
    job_id, user, partition, *counts = (field.strip() for field in fields[:_FIELDS_BEFORE_COMMAND])
    processors, memory, gpus, nodes, node_list, elapsed, state_shown = counts
    state = check_state(state_shown.split(" ", 1)[0])
    ended = values.moment(fields[-1], timezone, "Time")
    if ended is not None and ended > now + AHEAD_SECONDS:
        raise ValueError("the job ended in the future: is a clock or the timezone wrong?")
    elapsed_seconds = values.seconds(elapsed)
    if elapsed_seconds is None:
        raise ValueError("the elapsed time is missing")
    started = None
    if state == "RUNNING" and collected_at is not None:
        started = max(0, collected_at - elapsed_seconds)
    logged = LoggedJob(
        Job(
            job_id=shortened_job_id(job_id),
            job_number=job_number(job_id),
            name="|".join(fields[_FIELDS_BEFORE_COMMAND:-1])[:LONGEST_TEXT],
            user=check_user(user),
            processors=_whole(processors, "CPUs"),
            priority=None,
            queue=partition,
            status=state,
            n_nodes=_whole(nodes, "Nodes"),
            gpus=_whole(gpus, "GPUs"),
            nodes=expand_hosts(node_list),
            started=started,
            memory_bytes=_whole(memory, "Memory") * _MIB,
        ),
        node_list=node_list,
        elapsed_seconds=elapsed_seconds,
        ended=ended if is_finished(state) else None,
        collected_at=collected_at,
    )
    check_finished_job(finished(logged, cluster="log"))
    check_job(logged.job)
    return logged


def finished(logged: LoggedJob, cluster: str) -> FinishedJob:
    """The job as one that ended; only where it did is it true."""
    started = None if logged.ended is None else max(0, logged.ended - logged.elapsed_seconds)
    job = replace(logged.job, submitted=None, started=started)
    return ended_job(job, cluster, ended=logged.ended, elapsed_seconds=logged.elapsed_seconds)


def _whole(text: str, name: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{name} is missing" if not text else f"{name} is not a whole number")
    return int(text)
