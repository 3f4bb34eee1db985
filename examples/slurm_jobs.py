"""The example facility's Slurm jobs as time goes by: some end, those that waited start, others come."""

import math
import random
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from examples import slurm_log
from examples.people import ZONE

RUNNING = slurm_log.RUNNING_AND_WAITING - slurm_log.WAITING
_LASTING = timedelta(minutes=45)  # how long a job runs on, on average: so one ends every other minute
# More than ended in the twelve weeks before; each of these has been collected long ago when it goes.
_MOST_ENDED = 1200
_COLLECTED = re.compile(r"collected at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)$", re.ASCII | re.MULTILINE)
_FORMAT = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True)
class _Job:
    """A line, in the parts that change."""

    before: str  # from JobID to Nodes
    node: str
    elapsed: timedelta
    state: str
    command: str
    ended: str  # in local time, Unknown until then

    @property
    def number(self) -> int:
        return int(self.before.partition("|")[0])

    def line(self) -> str:
        elapsed = slurm_log.elapsed_words(self.elapsed)
        return "|".join((self.before, self.node, elapsed, self.state, self.command, self.ended))


def jobs_went_on(log: str, now: datetime, seed: str) -> str:
    """The whole log anew, collected at `now`. Raises ValueError if it is no such log."""
    collected = _COLLECTED.search(log)
    if collected is None:
        raise ValueError("the log of jobs does not say when it was collected")
    before = datetime.strptime(collected[1], _FORMAT).replace(tzinfo=ZONE, fold=1)
    past = max(timedelta(0), now - before)
    chance = random.Random(f"{seed} {int(now.timestamp())}")
    jobs = [_read(line) for line in log.splitlines() if line and not line.startswith("#")]
    ended = [job for job in jobs if job.state not in ("RUNNING", "PENDING")]
    running, waiting = [], [job for job in jobs if job.state == "PENDING"]
    for job in jobs:
        if job.state == "RUNNING":
            if chance.random() < math.exp(-past / _LASTING):
                running.append(replace(job, elapsed=job.elapsed + past))
            else:
                ended.append(_end(job, now, past, chance))
    number = max((job.number for job in jobs), default=410_000)
    while past and len(running) < RUNNING and chance.random() < 0.9:
        if not waiting:  # after a long rest
            number += 1
            waiting.append(_read(slurm_log.waiting_line(number, now, chance)))
        running.append(_start(waiting.pop(0), past, chance))
    while past and len(waiting) < slurm_log.WAITING and chance.random() < 0.8:
        number += 1
        waiting.append(_read(slurm_log.waiting_line(number, now, chance)))
    ended.sort(key=lambda job: job.ended)
    lines = [job.line() for job in (*ended[-_MOST_ENDED:], *running, *waiting)]
    return "\n".join((*slurm_log.head(now), *lines)) + "\n"


def _read(line: str) -> _Job:
    *before, node, elapsed, state, rest = line.split("|", 10)
    command, _, ended = rest.rpartition("|")
    return _Job("|".join(before), node, _duration(elapsed), state, command, ended)


def _duration(words: str) -> timedelta:
    days, _, clock = words.rpartition("-")
    hours, minutes, seconds = clock.split(":")
    return timedelta(days=int(days or 0), hours=int(hours), minutes=int(minutes), seconds=int(seconds))


def _end(job: _Job, now: datetime, past: timedelta, chance: random.Random) -> _Job:
    ran_on = timedelta(seconds=int(past.total_seconds() * chance.random()))
    ended = (now - past + ran_on).astimezone(ZONE)
    return replace(
        job,
        elapsed=job.elapsed + ran_on,
        state=chance.choice(slurm_log.ENDS),
        ended=f"{ended:%Y-%m-%dT%H:%M:%S}",
    )


def _start(job: _Job, past: timedelta, chance: random.Random) -> _Job:
    elapsed = timedelta(seconds=int(min(past, _LASTING).total_seconds() * chance.random()))
    node = slurm_log.node_name(job.before.split("|")[2], chance)
    return replace(job, node=node, elapsed=elapsed, state="RUNNING")
