"""A cluster's jobs and nodes with defaults, as tests.factories has samples of storage."""

from usermon.queue_records import ClusterSnapshot, FinishedJob, Job, Node

NOON = 1_772_452_800  # 2026-03-02 12:00 UTC


def job(number: int = 7, user: str = "alice", status: str = "R") -> Job:
    return Job(
        job_id=str(number),
        job_number=number,
        name='=cmd()<b>"relax"',
        user=user,
        processors=4,
        priority=0.5,
        queue="batch",
        status=status,
        n_nodes=1,
        error=None if status == "R" else "no node is free",
        gpus=1,
        nodes=("n1",) if status == "R" else (),
        submitted=NOON - 3600,
        started=NOON - 60 if status == "R" else None,
        memory_bytes=2**30,
    )


def snapshot(time: int = NOON) -> ClusterSnapshot:
    nodes = (Node("n1", "free", 0.5, 8, 4, ("7",), ("fast",), 2, 1, 2**36), Node("n2", "down", None, 8, 0))
    return ClusterSnapshot("cluster-a", time, (job(), job(8, "bob", "Q")), nodes, (("alice", "lab"),))


def finished_job(number: int = 6, ended: int = NOON, user: str = "alice") -> FinishedJob:
    return FinishedJob(
        cluster="cluster-a",
        job_id=str(number),
        user=user,
        queue="batch",
        state="F",
        submitted=ended - 7200,
        started=ended - 3600,
        ended=ended,
        elapsed_seconds=3600,
        processors=4,
        gpus=2,
    )
