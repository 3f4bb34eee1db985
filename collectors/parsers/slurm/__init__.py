"""What Slurm prints of its jobs and nodes, told by its content.

    squeue with a header and any separator (collectors.slurm asks for it with `--Format`); `-o '%A,%T'`
    sinfo the same way, a line a node and partition; `-N -o '%n,%T'`; node, MB in use, MB, CPUs, state; plain
    squeue --json, sinfo --json of 21.08 to 24.11 (openapi v0.0.37 to data parser v0.0.41), scontrol's too
    sacct --parsable2 with a header, or without it in the two layouts that are known (see sacct.py)

Seen from Slurm 21.08, 22.05, 24.05 and 24.11, and of sacct's from 2016 on. For instance:

    JOBID|USER|PARTITION|STATE|CPUS|NODES|TRES_ALLOC|SUBMIT_TIME|NAME
    6787542|alice|gpu|RUNNING|8|1|cpu=8,mem=64G,node=1,gres/gpu=2|2026-03-10T16:02:37|train
    6787543_[1-8%2]|bob|cpu|PENDING|4|1|cpu=4,mem=8G,node=1|2026-03-10T16:02:38|sweep

Times are epoch seconds (`SLURM_TIME_FORMAT=%s`) or the cluster's local ones; memory is MiB where it has no
unit; CPU loads of JSON are hundredths. A node in several partitions is one node, in the least free of its
states. Steps of jobs in sacct's output are passed over: their jobs stand beside them.
"""

from zoneinfo import ZoneInfo

from collectors.parsers.lines import shown
from collectors.parsers.local_clock import AHEAD_SECONDS
from collectors.parsers.slurm.nodes import Nodes
from collectors.parsers.slurm.records import SlurmRecord, as_fields, check_record
from collectors.parsers.slurm.shapes import found_in
from usermon.queue_records import FinishedJob, Node
from usermon.records import Parsed, Rejected

__all__ = ["as_fields", "parse"]


def parse(report: str, *, cluster: str, timezone: ZoneInfo, now: float) -> Parsed[SlurmRecord]:
    """Read the output of one command, whole. Jobs that ended more than a day after `now` are rejected."""
    records: list[SlurmRecord] = []
    nodes = Nodes()
    rejected: list[Rejected] = []
    for found in found_in(report.removeprefix("\ufeff"), cluster, timezone):
        try:
            if found.problem is not None:
                raise ValueError(found.problem)
            for record in found.records:
                check_record(record)
                if isinstance(record, Node):
                    nodes.add(record)
                    continue
                if isinstance(record, FinishedJob) and (record.ended or 0) > now + AHEAD_SECONDS:
                    raise ValueError("the job ended in the future: is a clock or the timezone wrong?")
                records.append(record)
        except ValueError as error:
            rejected.append(Rejected(found.line, shown(found.text), str(error)))
    return Parsed((*records, *nodes.in_order()), tuple(rejected))
