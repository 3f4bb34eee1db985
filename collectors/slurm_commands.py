"""What is asked of Slurm, in its own words."""

import secrets
from collections.abc import Sequence
from pathlib import PurePosixPath

from collectors.parsers.slurm import sacct

# Epoch seconds: no timezone to know, and no hour that comes twice.
_EPOCH_TIMES = ("env", "SLURM_TIME_FORMAT=%s")
# Not `-o`: it has no letter for GPUs that a job asks for in all, or a task (`sbatch --gpus=4`).
_OF_JOBS = (
    "JobArrayID JobID ArrayJobID UserName Partition State NumCPUs NumNodes NumTasks PriorityLong Reason "
    "NodeList SubmitTime StartTime EndTime TimeUsed tres-alloc tres-per-job tres-per-node tres-per-task "
    "exit_code Name"
)
# StateComplete as in JSON: "idle+drain", where other words say less ("drained", "planned").
_OF_NODES = "NodeList StateComplete CPUsState Memory CPUsLoad Gres GresUsed PartitionName"


def squeue(folder: str | None, *, with_finished: bool) -> tuple[str, ...]:
    """Every job that waits or runs; `with_finished` also those that ended in the last minutes (MinJobAge)."""
    states = ("--states=all",) if with_finished else ()
    words = (*_program(folder, "squeue"), "--all", "--noconvert", *states)
    return (*words, f"--Format={_columns(_OF_JOBS, unguessable_separator())}")


def sinfo(folder: str | None) -> tuple[str, ...]:
    """Every node, a line for each of its partitions."""
    return (*_program(folder, "sinfo"), "--all", "--Node", f"--Format={_columns(_OF_NODES, '|')}")


def sacct_of(folder: str | None, *, since_ago: int, until_ago: int) -> tuple[str, ...]:
    """Jobs that ended from so many seconds ago until so many seconds ago, by the cluster's own clock."""
    return (
        *_program(folder, "sacct"),
        *("--allusers", "--allocations", "--noconvert", "--parsable2", f"--format={sacct.FORMAT}"),
        f"--state={','.join(sorted(sacct.STATES))}",
        f"--starttime=now-{since_ago}seconds",
        f"--endtime=now-{until_ago}seconds" if until_ago else "--endtime=now",
    )


def unguessable_separator() -> str:
    """Another one each time: a job's name may hold blanks, bars, newlines and what was guessed.

    Slurm takes digits at its beginning for a width, and commas for the next column.
    """
    return f"|{secrets.token_hex(4)}|"


def _program(folder: str | None, name: str) -> Sequence[str]:
    return (*_EPOCH_TIMES, str(PurePosixPath(folder) / name) if folder else name)


def _columns(names: str, separator: str) -> str:
    return ",".join(f"{name}:{separator}" for name in names.split())
