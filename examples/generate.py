"""Make the example facility's data: `python -m examples.generate [--out FOLDER] [--if-missing]`.

A year of samples on two volumes, `local` and `cryo`, up to now: one USER.csv a volume of `date,GB,nfiles`
lines without a header, as a cron job around a quota tool leaves it. Users take the same course each time.
Beside them six weeks of an I/O log, twelve of Slurm jobs, a day of four hosts, and listings of backups.
"""

import argparse
import random
import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from examples import backups, host_tables
from examples.histories import Course, Row, history
from examples.io_log import io_log
from examples.people import ZONE
from examples.slurm_log import slurm_log

SEED = 1867
DEFAULT_FOLDER = Path(__file__).parent / "data"

# Users of the lists that are missing here have no data yet: hanneke has none at all, ivo none on cryo.
LOCAL = {
    "alice": Course(gb=4_312, files=388_204),
    "bob": Course(gb=27_904, files=1_733_610, steps=110),  # over the reference lines
    "charlie": Course(gb=812, files=96_155, silent=(21, 9)),
    "dunja": Course(gb=15_420, files=640_977, deletions=9),
    "emeka": Course(gb=96, files=2_481_330, steps=40),  # little in many files
    "farida": Course(gb=9_077, files=143_902, since=timedelta(days=23), steps=20, deletions=1),
    "goran": Course(gb=21_266, files=1_120_418),
    "ivo": Course(gb=1, files=17, since=timedelta(hours=5), steps=1, deletions=0),
    "jolanta": Course(gb=2_650, files=201_733, ended=timedelta(days=11)),
    "kwame": Course(gb=530, files=48_029),
    "oldproject": Course(gb=6_120, files=3_702_118, steps=3, deletions=0),  # in no list
}
CRYO = {
    "alice": Course(gb=38_540, files=912_377, steps=120),
    "bob": Course(gb=61_208, files=4_310_552, steps=140, deletions=7),
    "charlie": Course(gb=7_944, files=88_210, silent=(21, 9)),
    "dunja": Course(gb=240, files=5_904),
    "emeka": Course(gb=12_803, files=702_566),
    "farida": Course(gb=18_332, files=260_481, since=timedelta(days=23), steps=30, deletions=1),
    "goran": Course(gb=1, files=12, steps=2, deletions=0),
    "lumi": Course(gb=90_771, files=2_208_934, deletions=10),
}


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m examples.generate", description=__doc__)
    parser.add_argument("--out", type=Path, default=DEFAULT_FOLDER, help="folder to fill (%(default)s)")
    parser.add_argument("--if-missing", action="store_true", help="do nothing when the data is there")
    options = parser.parse_args(arguments)
    if options.if_missing and options.out.is_dir():
        return
    files = generate(options.out, datetime.now(UTC))
    print(f"{files} files in {options.out}")


def generate(out: Path, now: datetime) -> int:
    """Fill `out`, replacing what was there; returns the number of files."""
    now = now.replace(minute=now.minute // 30 * 30, second=0, microsecond=0)
    beside = out.with_name(f"{out.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    files = 0
    for volume, courses in (("local", LOCAL), ("cryo", CRYO)):
        folder = beside / volume
        folder.mkdir(parents=True)
        for user, course in courses.items():
            rows = history(course, now, random.Random(f"{SEED} {volume} {user}"))
            (folder / f"{user}.csv").write_text(to_csv(rows), encoding="ascii")
            files += 1
    for name, content in _other_files(now).items():
        (beside / name).parent.mkdir(exist_ok=True)
        (beside / name).write_text(content, encoding="ascii")
        files += 1
    _put_in_place(beside, out)
    return files


def _other_files(now: datetime) -> dict[str, str]:
    """What else the facility measures, by the file's name in the folder."""
    listings = {
        f"backups/vault--{node}.txt": backups.listing(node, now, random.Random(f"{SEED} {node}"))
        for node in backups.NODES
    }
    return {
        "io/reads.log": io_log(now, random.Random(f"{SEED} io")),
        "slurm/jobs.log": slurm_log(now, random.Random(f"{SEED} slurm")),
        "hosts/host_info.csv": host_tables.host_info(now),
        "hosts/host_usage.csv": host_tables.host_usage(now, f"{SEED} hosts"),
        **listings,
    }


def to_csv(rows: list[Row]) -> str:
    return "".join(f"{row.time.astimezone(ZONE):%Y-%m-%d %H:%M},{row.gb},{row.files}\n" for row in rows)


def _put_in_place(new: Path, out: Path) -> None:
    """A half-made facility is never taken for a whole one. Folders that exist stay: containers mount them."""
    if not out.exists():
        new.rename(out)
        return
    for folder in sorted(new.iterdir()):
        target = out / folder.name
        target.mkdir(exist_ok=True)
        for old in target.iterdir():
            if not (folder / old.name).exists():
                old.unlink()
        for file in folder.iterdir():
            file.replace(target / file.name)
    shutil.rmtree(new)


if __name__ == "__main__":
    main(sys.argv[1:])
