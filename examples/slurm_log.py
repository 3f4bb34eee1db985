"""The example facility's log of Slurm jobs: some run, some wait, those of twelve weeks before have ended."""

import random
from datetime import datetime, timedelta

from examples.people import PEOPLE, ZONE

JOBS = 640
RUNNING_AND_WAITING, WAITING, OF_THE_LAST_DAY = 40, 12, 100
WEEKS = 12
_COMMANDS = ["motioncorr", "classify3d", "train.sh", "python3 fit.py | tee log", "jupyter", "relax"]
ENDS = ["COMPLETED"] * 8 + ["FAILED", "TIMEOUT", "CANCELLED by 1001", "OUT_OF_MEMORY"]


def slurm_log(now: datetime, chance: random.Random) -> str:
    lines = head(now)
    for number in range(JOBS):
        lines.append(_line(410_000 + number, number, now, chance))
    return "\n".join(lines) + "\n"


def head(now: datetime) -> list[str]:
    return [
        f"# Slurm jobs from last 24 hours collected at {now.astimezone(ZONE):%Y-%m-%d %H:%M:%S}",
        "# Format: JobID|User|Partition|CPUs|Memory|GPUs|Nodes|NodeList|ElapsedTime|State|Command|Time",
    ]


def _line(job_id: int, number: int, now: datetime, chance: random.Random) -> str:
    """Of job `number` of JOBS: the last ones wait, those before them run."""
    user, command = chance.choice(list(PEOPLE)), chance.choice(_COMMANDS)
    cpus, gpus = chance.choice([4, 8, 16, 32]), chance.choice([0, 0, 1, 2, 4])
    partition, memory = ("gpu" if gpus else "normal"), cpus * 4000
    if number >= JOBS - WAITING:
        fields = ("None assigned", "00:00:00", "PENDING", command, "Unknown")
    else:
        node = node_name(partition, chance)
        elapsed = timedelta(seconds=chance.randint(40, 80_000))
        if number >= JOBS - RUNNING_AND_WAITING:
            fields = (node, elapsed_words(elapsed), "RUNNING", command, "Unknown")
        else:
            is_new = number >= JOBS - RUNNING_AND_WAITING - OF_THE_LAST_DAY
            ago = chance.randint(60, 86_000 if is_new else WEEKS * 7 * 86_400)
            ended = (now - timedelta(seconds=ago)).astimezone(ZONE)
            state = chance.choice(ENDS)
            fields = (node, elapsed_words(elapsed), state, command, f"{ended:%Y-%m-%dT%H:%M:%S}")
    return "|".join((str(job_id), user, partition, str(cpus), str(memory), str(gpus), "1", *fields))


def node_name(partition: str, chance: random.Random) -> str:
    return f"{'gpu' if partition == 'gpu' else 'calc'}-0{chance.randint(1, 4)}"


def waiting_line(job_id: int, now: datetime, chance: random.Random) -> str:
    return _line(job_id, JOBS - 1, now, chance)


def elapsed_words(time: timedelta) -> str:
    hours, rest = divmod(time.seconds, 3600)
    days = f"{time.days}-" if time.days else ""
    return f"{days}{hours:02}:{rest // 60:02}:{rest % 60:02}"
