"""Queues of the small facility: a busy cluster, a Torque, one that went silent hours ago, one that idles."""

from random import Random

from usage_store.queue_saving import QueueRecord
from usermon.queue_records import ClusterSnapshot, FinishedJob, Job, Node

NAMES = ("cluster-a", "cluster-b", "cluster-old", "quiet")
UNREACHABLE = "cluster-old"
_HOUR, _DAY = 3600, 86_400
_STALE_SECONDS = 5 * _HOUR
_USERS = ("alice", "bob", "emeka", "farida", "kwame", "lumi")
_HOSTILE_NAME = '=cmd()<b>"relax"'


def queue_records(now: int) -> dict[str, list[QueueRecord]]:
    slurm: list[QueueRecord] = []
    torque: list[QueueRecord] = []
    for back in range(2 * 48, -1, -1):
        time = now - 25 - back * 1800
        slurm.append(_slurm(time, 12 + back % 17))
        if back % 2 == 0:
            torque.append(_torque(time, 4 + back % 7))
    last_answer = now - _STALE_SECONDS
    old: list[QueueRecord] = [_torque(last_answer - n * 1800, 5, UNREACHABLE) for n in range(8, -1, -1)]
    idle = tuple(Node(f"q{n}", "idle", 0.01, 16, 0) for n in range(1, 5))
    return {
        "cluster-a": [*slurm, *_finished("cluster-a", now)],
        "cluster-b": torque,
        UNREACHABLE: old,
        "quiet": [ClusterSnapshot("quiet", now - 40, (), idle)],
    }


def _slurm(time: int, running: int) -> ClusterSnapshot:
    jobs = [_job(n, time, "RUNNING") for n in range(running)]
    reasons = ("Resources", "Priority", "QOSMaxCpuPerUserLimit", "Dependency <script>")
    jobs += [_job(100 + n, time, "PENDING", reasons[n % 4]) for n in range(9)]
    nodes = [
        Node(
            f"a{n:02}",
            "allocated" if n < running // 2 else "mixed" if n == running // 2 else "idle",
            15.2 if n < running // 2 else 0.3,
            32,
            32 if n < running // 2 else 8 if n == running // 2 else 0,
            (str(4000 + n),) if n < running else (),
            ("batch", "gpu") if n < 6 else ("batch",),
            4 if n < 6 else 0,
            2 if n < min(6, running // 2) else 0,
            256 << 30,
        )
        for n in range(16)
    ]
    nodes += [Node("a16", "down*", None, 32, 0), Node("a17", "idle+drain", 0.0, 32, 0)]
    groups = tuple((user, "imaging" if n % 2 else "theory") for n, user in enumerate(_USERS))
    return ClusterSnapshot("cluster-a", time, tuple(jobs), tuple(nodes), groups)


def _torque(time: int, running: int, name: str = "cluster-b") -> ClusterSnapshot:
    jobs = [_job(n, time, "R") for n in range(running)]
    jobs += [_job(50 + n, time, "Q", "no node is free") for n in range(3)]
    jobs.append(_job(60, time, "E"))
    nodes = tuple(
        Node(f"b{n}", state, 3.5, 16, used, queues=("long",))
        for n, (state, used) in enumerate(
            [("job-exclusive", 16)] * 4 + [("free", 4), ("free", 0), ("down,offline", 0)]
        )
    )
    return ClusterSnapshot(name, time, tuple(jobs), nodes)


def _job(number: int, time: int, status: str, error: str | None = None) -> Job:
    is_running = status in ("R", "RUNNING", "E")
    return Job(
        job_id=f"{4000 + number}[{number % 3}]" if number % 5 == 0 else str(4000 + number),
        job_number=4000 + number,
        name=_HOSTILE_NAME if number == 3 else f"relax-{number}",
        user=_USERS[number * 7 % 11 % len(_USERS)],
        processors=(4, 8, 16)[number % 3],
        priority=1000 - number,
        queue="gpu" if number % 4 == 0 else "batch",
        status=status,
        n_nodes=1,
        error=error,
        gpus=2 if number % 4 == 0 else 0,
        nodes=(f"a{number % 16:02}",) if is_running else (),
        submitted=time - 86_400 - 60 * number,
        started=time - 600 * (number + 1) if is_running else None,
        memory_bytes=(8 + number) << 30,
    )


def _finished(cluster: str, now: int) -> list[FinishedJob]:
    chance = Random(17)
    made = []
    for number in range(600):
        ended = now - chance.randrange(30 * _DAY)
        elapsed = chance.randrange(60, 20 * _HOUR)
        failed = number % 23 == 0
        made.append(
            FinishedJob(
                cluster,
                str(1000 + number),
                _USERS[number % len(_USERS)],
                "gpu" if number % 4 == 0 else "batch",
                "FAILED" if failed else "COMPLETED",
                ended - elapsed - 900,
                ended - elapsed,
                ended,
                elapsed,
                (4, 8, 16)[number % 3],
                2 if number % 4 == 0 else 0,
                exit_code="1:0" if failed else "0:0",
            )
        )
    return made
