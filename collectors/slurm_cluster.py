"""What Slurm printed at one moment, put together: one snapshot, and the jobs that ended."""

from collections.abc import Sequence
from dataclasses import replace

from collectors.cluster_commands import HalfACluster
from collectors.parsers.slurm.nodes import Nodes
from collectors.parsers.slurm.records import QueuedJob, SlurmRecord, is_finished
from collectors.reading import Context
from usermon.queue_records import ClusterSnapshot, FinishedJob, Job, Node, ended_job
from usermon.records import Rejected

# A job that is ending still holds its nodes.
_ON_ITS_NODES = frozenset({"RUNNING", "COMPLETING", "SUSPENDED", "CONFIGURING", "STOPPED", "RESIZING"})


def joined(items: Sequence[SlurmRecord]) -> list[SlurmRecord]:
    """What several dumps say of one thing, said once. The last one counts for jobs; nodes are gathered."""
    jobs = {item.job.job_id: item for item in items if isinstance(item, QueuedJob)}
    nodes = Nodes()
    for item in items:
        if isinstance(item, Node):
            nodes.add(item)
    return [*jobs.values(), *nodes.in_order(), *(item for item in items if isinstance(item, FinishedJob))]


def records_of(items: Sequence[SlurmRecord], context: Context) -> list[ClusterSnapshot | FinishedJob]:
    """The snapshot, when `items` tell of jobs or nodes, and a record for each job that ended.

    Raises HalfACluster when there are jobs and no nodes.
    """
    name = context.source.name
    whole = joined(items)
    nodes = [item for item in whole if isinstance(item, Node)]
    queued = [item for item in whole if isinstance(item, QueuedJob) and item.job.user]
    finished = [item for item in whole if isinstance(item, FinishedJob) and is_finished(item.state)]
    finished += (_finished(name, item) for item in queued if item.is_finished)
    if not nodes and not queued:
        return list(finished)
    if not nodes:
        raise HalfACluster(
            f"{name}: jobs without nodes are refused: nothing tells the nodes of this cluster",
            "Jobs and nodes of one moment belong together: give the output of sinfo too.",
        )
    jobs = tuple(item.job for item in queued if not item.is_finished)
    snapshot = ClusterSnapshot(name, int(context.time), jobs, tuple(_with_jobs(nodes, jobs)))
    return [snapshot, *finished]


def without_user(items: Sequence[SlurmRecord], _context: Context) -> list[Rejected]:
    """Jobs of which only id and state are told: to be shown, not to be saved."""
    reason = "names no user, without whom no job can be saved: ask squeue for USER too"
    return [
        Rejected(0, item.job.job_id, reason)
        for item in items
        if isinstance(item, QueuedJob) and not item.job.user
    ]


def _with_jobs(nodes: Sequence[Node], jobs: Sequence[Job]) -> list[Node]:
    on_node: dict[str, list[str]] = {node.name: [] for node in nodes}
    for job in jobs:
        if not _ON_ITS_NODES.isdisjoint(job.status.split("+")):
            for host in job.nodes:
                if host in on_node:
                    on_node[host].append(job.job_id)
    # sinfo names a node's partitions in no order of its own; sorted, a node that is the same is the same.
    return [
        replace(node, job_ids=tuple(on_node[node.name]), queues=tuple(sorted(node.queues))) for node in nodes
    ]


def _finished(cluster: str, item: QueuedJob) -> FinishedJob:
    return ended_job(
        item.job,
        cluster,
        ended=item.ended,
        elapsed_seconds=item.elapsed_seconds or 0,
        exit_code=item.exit_code,
    )
