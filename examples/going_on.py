"""One step of the example facility: each of its files told on up to now, from what stands in it.

Nothing else is remembered: whoever stops and starts again, or makes the data anew, goes on from there.
"""

import os
from datetime import datetime
from pathlib import Path

from examples import backups, host_tables
from examples.generate import CRYO, LOCAL, SEED, to_csv
from examples.histories import Course, Row, more_history
from examples.io_log import more_io
from examples.people import ZONE
from examples.slurm_jobs import jobs_went_on

_END_BYTES = 1 << 16  # more than the longest hour of the I/O log


def go_on(data: Path, now: datetime) -> None:
    """Raises OSError, and ValueError where a file is not as examples.generate makes it."""
    usage = data / "hosts" / "host_usage.csv"
    with usage.open(encoding="ascii") as opened:
        header = opened.readline()
    last = host_tables.last_usage(_end_of(usage))
    _append(usage, host_tables.more_usage(header, last, now, f"{SEED} hosts"))
    jobs = data / "slurm" / "jobs.log"
    _replace(jobs, jobs_went_on(jobs.read_text(encoding="ascii"), now, f"{SEED} slurm"))
    for volume, courses in (("local", LOCAL), ("cryo", CRYO)):
        for user, course in courses.items():
            file = data / volume / f"{user}.csv"
            if file.exists():
                _storage(file, course, now, f"{SEED} {volume} {user}")
    io = data / "io" / "reads.log"
    _append(io, more_io(_end_of(io), now, f"{SEED} io"))
    for node in backups.NODES:
        if node != backups.SILENT:
            listing = data / "backups" / f"vault--{node}.txt"
            listed = listing.read_text(encoding="ascii")
            _replace(listing, backups.more_nights(listed, now, f"{SEED} {node}"), listed)


def _replace(file: Path, text: str, before: str | None = None) -> None:
    """Whole or not at all: a collector may read it at any moment. Nothing where it is as `before`."""
    if text != before:
        beside = file.with_name(f".{file.name}.new")
        beside.write_text(text, encoding="ascii")
        beside.replace(file)


def _storage(file: Path, course: Course, now: datetime, seed: str) -> None:
    time, gb, files = _end_of(file).rstrip().rpartition("\n")[2].split(",")
    # Of an hour that the clock shows twice the later one, so that no line is ever written again.
    moment = datetime.strptime(time, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE, fold=1)
    last = Row(moment.astimezone(now.tzinfo), int(gb), int(files))
    _append(file, to_csv(more_history(course, last, now, seed)))


def _end_of(file: Path) -> str:
    with file.open("rb") as opened:
        opened.seek(max(0, os.fstat(opened.fileno()).st_size - _END_BYTES))
        return opened.read().decode("ascii")


def _append(file: Path, text: str) -> None:
    if text:
        with file.open("ab", buffering=0) as opened:
            opened.write(text.encode("ascii"))
