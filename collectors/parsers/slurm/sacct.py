"""Jobs that ended, from `sacct --parsable2`; with a header any columns, without one those of LAYOUTS.

Steps (`190217.batch`) are parts of jobs that stand there themselves: they are passed over.
"""

import re
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from collectors.parsers.slurm import values
from collectors.parsers.slurm.gpus import gpus_in
from collectors.parsers.slurm.hosts import expand_hosts
from collectors.parsers.slurm.records import check_state, check_user
from collectors.parsers.slurm.squeue import job_number, shortened_job_id
from usermon.queue_records import FinishedJob

SEPARATOR = "|"
NEEDED = frozenset({"JobID", "User", "State"})
# Ours (see collectors.slurm): no free text in it.
FORMAT = "JobID,User,Partition,State,Submit,Start,End,ElapsedRaw,NCPUS,AllocTRES,ReqMem,NNodes,ExitCode"
# What its --state knows in every version that is around: it refuses words that it does not know.
STATES = frozenset(
    {"BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED"}
) | {"TIMEOUT"}
_OF_XDMOD = (
    "JobID|JobIDRaw|Cluster|Partition|QOS|Account|Group|GID|User|UID|Submit|Eligible|Start|End|Elapsed|"
    "ExitCode|State|NNodes|NCPUS|ReqCPUS|ReqMem|ReqTRES|AllocTRES|Timelimit|NodeList|JobName"
)
_OF_PIPE_SCRIPT = "JobID|User|Partition|NCPUS|ReqMem|ReqTRES|NNodes|NodeList|Elapsed|State|JobName|End"
# By number of columns. A name that holds more separators makes a line longer, never shorter.
LAYOUTS = {header.count(SEPARATOR) + 1: header.split(SEPARATOR) for header in (_OF_XDMOD, _OF_PIPE_SCRIPT)}
STEP = re.compile(r"\d{1,18}(?:_\d{1,18}|\+\d{1,9})?\.\w{1,20}", re.ASCII)
_ROW = re.compile(r"\d{1,18}[^|]{0,250}\|")


def layout_of(line: str) -> Sequence[str] | None:
    """The columns that a line without a header has, told by their number; a name may hold separators."""
    if not _ROW.match(line):
        return None
    width = line.count(SEPARATOR) + 1
    return LAYOUTS[max(fitting)] if (fitting := [known for known in LAYOUTS if known <= width]) else None


def job_of_row(
    columns: Sequence[str], row: Sequence[str], cluster: str, timezone: ZoneInfo
) -> FinishedJob | None:
    """None for a step. Raises ValueError for a row that makes no sense."""
    cells = {name: value.strip() for name, value in zip(columns, row, strict=True)}
    job_id = cells["JobID"]
    if STEP.fullmatch(job_id):
        return None
    job_number(job_id)
    state = check_state(cells["State"].split(" ", 1)[0].rstrip("+"))
    processors = values.count(cells.get("NCPUS") or cells.get("AllocCPUS") or "0", "NCPUS")
    nodes = _nodes(cells)
    tres = cells.get("AllocTRES", cells.get("ReqTRES", ""))
    memory = values.memory_of_tres(tres)
    if memory is None:
        memory = values.memory_asked(cells.get("ReqMem", ""), nodes, processors)
    return FinishedJob(
        cluster=cluster,
        job_id=shortened_job_id(job_id),
        user=check_user(cells["User"]),
        queue=cells.get("Partition", ""),
        state=state,
        submitted=values.moment(cells.get("Submit", ""), timezone, "Submit"),
        started=values.moment(cells.get("Start", ""), timezone, "Start"),
        ended=values.moment(cells.get("End", ""), timezone, "End"),
        elapsed_seconds=values.seconds(cells.get("ElapsedRaw") or cells.get("Elapsed") or "") or 0,
        processors=processors,
        gpus=gpus_in(tres) or gpus_in(cells.get("AllocGRES", "")),
        nodes=nodes,
        memory_bytes=memory,
        exit_code=cells.get("ExitCode") or None,
    )


def _nodes(cells: Mapping[str, str]) -> int:
    if shown := cells.get("NNodes") or cells.get("AllocNodes"):
        return values.count(shown, "NNodes")
    return len(expand_hosts(cells.get("NodeList", ""))) or 1
