"""What is counted in a snapshot when it is saved, so that no answer counts 50 000 jobs."""

from collections import Counter
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from usermon.queue_records import ClusterSnapshot

# Of Torque, PBS Pro and Slurm. A node that is idle and drained, or idle and asleep, is not free.
RUNNING = frozenset({"R", "RUNNING"})
FREE = frozenset({"free", "idle"})


@dataclass(frozen=True, slots=True)
class Counts:
    """`totals` of the cluster, and sums `per_user`; both with the fields of the API's answers."""

    totals: dict[str, Any]
    per_user: dict[str, Any]


def counts_of(snapshot: ClusterSnapshot) -> Counts:
    """Processors and GPUs of users are those of their running jobs.

    `procs_free` counts all processors of free nodes, as schedulers' own pages do; the other one leaves out
    those in use there.
    """
    jobs, nodes = snapshot.jobs, snapshot.nodes
    running = [job for job in jobs if job.status in RUNNING]
    free = [node for node in nodes if node.state in FREE]
    procs_per_user: Counter[str] = Counter()
    gpus_per_user: Counter[str] = Counter()
    for job in running:
        procs_per_user[job.user] += job.processors
        if job.gpus:
            gpus_per_user[job.user] += job.gpus
    procs_by_node_state: Counter[str] = Counter()
    for node in nodes:
        procs_by_node_state[node.state] += node.n_procs
    by_user_and_state: dict[str, Counter[str]] = {}
    for job in jobs:
        by_user_and_state.setdefault(job.user, Counter())[job.status] += 1
    procs_free = sum(node.n_procs for node in free)
    return Counts(
        totals={
            "jobs": len(jobs),
            "jobs_by_state": Counter(job.status for job in jobs),
            "jobs_by_queue": Counter(job.queue for job in jobs),
            "users": len(by_user_and_state),
            "nodes": len(nodes),
            "nodes_by_state": Counter(node.state for node in nodes),
            "procs": sum(node.n_procs for node in nodes),
            "procs_by_node_state": procs_by_node_state,
            "procs_running": sum(procs_per_user.values()),
            "procs_free": procs_free,
            "procs_free_not_counting_used_slots": procs_free
            - sum(min(node.n_running, node.n_procs) for node in free),
            "gpus": sum(node.gpus for node in nodes),
            "gpus_used": sum(node.gpus_used for node in nodes),
            "gpus_running": sum(gpus_per_user.values()),
        },
        per_user={
            "procs_per_user_running": procs_per_user,
            "gpus_per_user_running": gpus_per_user,
            "jobs_by_user_and_state": by_user_and_state,
            "groups": dict(snapshot.groups),
        },
    )


# Of a cluster of which only ended jobs are known.
NO_TOTALS, NOTHING_PER_USER = attrgetter("totals", "per_user")(counts_of(ClusterSnapshot("", 0, (), ())))
