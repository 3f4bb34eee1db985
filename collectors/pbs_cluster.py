"""What Torque and PBS Pro printed at one moment, put together: one snapshot, and the jobs that ended."""

from collections.abc import Sequence
from dataclasses import replace

from collectors.cluster_commands import HalfACluster
from collectors.parsers.pbs_items import BlockedJob, Item, JobPriority, ReportedJob, ReportedNode, UserGroup
from collectors.parsers.pbs_job import ENDED
from collectors.reading import Context
from usermon.queue_records import ClusterSnapshot, FinishedJob, ended_job

Records = ClusterSnapshot | FinishedJob


def joined(items: Sequence[Item]) -> list[Item]:
    """What several reports say of one thing, said once: a job with its priority and why it waits, a node, and
    a group (or that there is none) for each user who has jobs."""
    jobs: dict[str, ReportedJob] = {}
    nodes: dict[str, ReportedNode] = {}
    priorities: dict[str, int] = {}
    reasons: dict[str, str] = {}
    groups: dict[str, str | None] = {}
    for item in items:
        match item:
            case ReportedJob(job=job):
                # Plain qstat says less than qstat -f, whichever comes first.
                if job.job_id not in jobs or job.submitted is not None:
                    jobs[job.job_id] = item
            case ReportedNode(node=node):
                nodes[node.name] = item
            case JobPriority():
                priorities[item.job_id] = item.priority
            case BlockedJob():
                reasons.setdefault(item.job_id, item.error)
            case UserGroup():
                groups.setdefault(item.user, item.group)
    if not jobs:
        return list(items)
    in_full = {name.partition(".")[0]: name for name in nodes}
    whole: list[Item] = [
        replace(
            reported,
            job=replace(
                reported.job,
                priority=priorities.get(job_id, reported.job.priority),
                error=reasons.get(job_id, reported.job.error),
                nodes=tuple(
                    name if name in nodes else in_full.get(name, name) for name in reported.job.nodes
                ),
            ),
        )
        for job_id, reported in jobs.items()
    ]
    whole += nodes.values()
    whole += (UserGroup(user, groups.get(user)) for user in sorted({one.job.user for one in jobs.values()}))
    return whole


def records_of(items: Sequence[Item], context: Context) -> list[Records]:
    """The snapshot, and a record for each ended job in it. Raises HalfACluster."""
    name = context.source.name
    whole = joined(items)
    nodes = tuple(item.node for item in whole if isinstance(item, ReportedNode))
    jobs = [item for item in whole if isinstance(item, ReportedJob)]
    if not nodes:
        raise HalfACluster(
            f"{name}: jobs without nodes are refused: nothing tells the nodes of this cluster",
            "Jobs and nodes of one moment belong together: give the output of pbsnodes too.",
        )
    groups = tuple((item.user, item.group) for item in whole if isinstance(item, UserGroup) and jobs)
    snapshot = ClusterSnapshot(name, _time_of(whole, context), tuple(one.job for one in jobs), nodes, groups)
    return [snapshot, *(_finished(name, one) for one in jobs if one.job.status in ENDED)]


def _time_of(items: Sequence[Item], context: Context) -> int:
    """The newest that the reports name themselves, as far as it has come yet."""
    times = [
        item.printed_at
        for item in items
        if isinstance(item, ReportedJob | ReportedNode) and item.printed_at is not None
    ]
    return int(min(max(times, default=context.time), context.time))


def _finished(cluster: str, reported: ReportedJob) -> FinishedJob:
    job = reported.job
    ran = (job.started is not None and reported.ended is not None) and max(0, reported.ended - job.started)
    return ended_job(
        replace(job, memory_bytes=None),  # that is what it asked for
        cluster,
        ended=reported.ended,
        elapsed_seconds=int(ran) if reported.walltime_seconds is None else reported.walltime_seconds,
        memory_bytes=reported.used_memory_bytes,
        exit_code=reported.exit_code,
    )
