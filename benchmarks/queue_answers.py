"""What pages about queues ask, with 50 000 jobs in 20 clusters: what the server spends on each answer."""

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from sqlalchemy import text

from benchmarks.figures import Figure
from benchmarks.overview_page import PASSWORD, make_admin
from overview.app import create_app
from usage_store.engine import Store, open_store
from usage_store.queue_saving import save_queues
from usermon.queue_records import ClusterSnapshot, FinishedJob, Job, Node
from usermon.state_folder import StateFolder

JOBS, LARGEST, CLUSTERS, NODES = 50_000, 31_000, 20, 1_000
FINISHED, USERS, DAYS = 50_000, 120, 7
NOW = 1_772_452_800
RUNS = 15
BUDGET_MS = 30
# In the largest of the clusters a table of jobs shows a page at a time; of another, all are asked for.
PATHS = (
    "/api/clusters",
    "/api/cluster/cluster-0/procs",
    "/api/cluster/cluster-0/nodes",
    "/api/cluster/cluster-0/freenodes",
    "/api/cluster/cluster-0/history/24",
    "/api/cluster/cluster-0/history/168",
    "/api/cluster/cluster-0/jobs?limit=200",
    "/api/cluster/cluster-1/jobs",
    "/api/cluster/cluster-0/jobs?limit=200&offset=30000",
    "/api/cluster/cluster-0/jobs?limit=200&user=user007",
    "/api/cluster/cluster-0/jobs?limit=200&state=R&queue=long",
    "/api/cluster/cluster-0/jobs?limit=200&name=nowhere",
    "/api/cluster/cluster-0/finished?limit=200",
    f"/api/cluster/cluster-0/finished/users?from={NOW - 5 * 86_400 + 17}",
)
# What a page asks when its cluster was looked at again, so that nothing of it is kept.
FEEDS = (
    "/queues",
    "/queues/cluster-0",
    "/queues/clusters.json",
    "/queues/jobs.json",
    "/queues/jobs.json?offset=40000",
    "/queues/jobs.json?name=nowhere",
    "/queues/jobs.json?user=user007&state=waiting",
    "/queues/jobs.json?sort=user&order=asc",
    "/queues/nodes.json?cluster=cluster-0",
    "/queues/free.json?cluster=cluster-0",
    "/queues/finished.json?cluster=cluster-0&days=90",
    "/queues/history.json?cluster=cluster-0&range=24h",
    "/queues/history.json?cluster=cluster-0&range=30d",
    "/queues/users/user007.json",
)
FEEDS_BUDGET_MS = 300


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="usermon-queues-") as folder:
        state = StateFolder(Path(folder))
        make_admin(state)
        store = open_store(state.default_store_url)
        first, again = _fill(store)
        client = create_app(state, store).test_client()
        auth = ("admin", PASSWORD)
        client.get(PATHS[0], auth=auth)  # the password's hash is computed once, not at each request
        spent: dict[str, float] = {}
        for path in (*PATHS, "/api/cluster/cluster-0/jobs"):
            runs = []
            for _ in range(RUNS):
                started = time.perf_counter()
                answer = client.get(path, auth=auth, headers={"Accept-Encoding": "gzip"})
                runs.append(time.perf_counter() - started)
                if answer.status_code != 200:
                    raise RuntimeError(f"{path}: {answer.status}")
            spent[path] = 1000 * statistics.median(runs)
        feeds = _feeds(state, store, auth)
        store.close()
    slowest = max(PATHS, key=lambda path: spent[path])
    whole = spent["/api/cluster/cluster-0/jobs"]
    yield Figure(
        f"slowest answer about queues, {JOBS} jobs in {CLUSTERS} clusters",
        spent[slowest],
        "ms",
        BUDGET_MS,
        f"{slowest}, median of {RUNS}; all: "
        + ", ".join(f"{path.removeprefix('/api/')} {spent[path]:.1f}" for path in PATHS)
        + f"; 10 000 jobs at once {whole:.0f} ms",
    )
    slowest_feed = max(feeds, key=lambda path: feeds[path])
    yield Figure(
        "slowest page or feed of Queues when it is made anew",
        feeds[slowest_feed],
        "ms",
        FEEDS_BUDGET_MS,
        f"{slowest_feed}; all: "
        + ", ".join(f"{path.removeprefix('/queues')} {feeds[path]:.0f}" for path in FEEDS),
    )
    yield Figure(
        f"saving a snapshot of {LARGEST} jobs, a minute after another",
        again,
        "s",
        3,
        f"2 % of the jobs changed; the first one took {first:.1f} s",
    )


def _feeds(state: StateFolder, store: Store, auth: tuple[str, str]) -> dict[str, float]:
    """Milliseconds until each of FEEDS is made, in an overview that holds none of them."""
    spent: dict[str, list[float]] = {path: [] for path in FEEDS}
    for _ in range(5):
        app = create_app(state, store)
        for template in ("queues", "queue_cluster"):  # compiled once, not for each page
            app.jinja_env.get_template(f"overview/{template}.html")
        client = app.test_client()
        client.get("/collection", auth=auth)  # the password's hash is computed once too
        for path in FEEDS:
            started = time.perf_counter()
            answer = client.get(path, auth=auth, headers={"Accept-Encoding": "gzip"})
            spent[path].append(time.perf_counter() - started)
            if answer.status_code != 200:
                raise RuntimeError(f"{path}: {answer.status}")
    return {path: 1000 * statistics.median(runs) for path, runs in spent.items()}


def _fill(store: Store) -> tuple[float, float]:
    """Seconds that the largest cluster's first snapshot took, and its next one."""
    chance = Random(7)
    with store.writing() as connection:
        for number in range(1, CLUSTERS):
            jobs = (JOBS - LARGEST) // (CLUSTERS - 1)
            save_queues(connection, f"cluster-{number}", [_snapshot(f"cluster-{number}", jobs, 0)])
        save_queues(connection, "cluster-0", [_finished(chance, number) for number in range(FINISHED)])
    seconds = []
    for start in (0, LARGEST // 50):
        snapshot = _snapshot("cluster-0", LARGEST, start)
        started = time.perf_counter()
        with store.writing() as connection:
            save_queues(connection, "cluster-0", [snapshot])
        seconds.append(time.perf_counter() - started)
    with store.writing() as connection:
        # A week of minutes, as copies of the newest: their sums are of the size that counts.
        connection.execute(
            text(
                """
                INSERT INTO cluster_history
                WITH RECURSIVE
                    minute(back) AS (SELECT 60 UNION ALL SELECT back + 60 FROM minute WHERE back < :seconds),
                    newest AS (
                        SELECT * FROM cluster_history
                        WHERE cluster_id = (SELECT id FROM clusters WHERE name = 'cluster-0')
                        ORDER BY time DESC LIMIT 1)
                SELECT cluster_id, time - back, procs, procs_free, procs_free_not_counting_used_slots,
                    nodes_by_state, jobs_by_state, procs_per_user_running, gpus_per_user_running
                FROM newest JOIN minute
                WHERE time - back NOT IN (SELECT time FROM cluster_history)
                """
            ),
            {"seconds": DAYS * 86_400 - 120},
        )
    return seconds[0], seconds[1]


def _snapshot(cluster: str, jobs: int, first: int) -> ClusterSnapshot:
    """Jobs numbered from `first` on; those that two snapshots have in common are the same in both."""
    nodes = tuple(
        Node(f"node{n:04}", "free" if n % 9 == 0 else "job-exclusive", 1.5, 128, 96, (str(n),), ("batch",), 4)
        for n in range(NODES)
    )
    return ClusterSnapshot(
        cluster, NOW + first // 10, tuple(_job(n) for n in range(first, first + jobs)), nodes
    )


def _job(number: int) -> Job:
    is_running = number % 3 == 0
    return Job(
        job_id=f"{number}[{number % 7}]",
        job_number=number,
        name=f"relax-{number % 1000}",
        user=f"user{number % USERS:03}",
        processors=32,
        priority=100,
        queue="long" if number % 5 == 0 else "batch",
        status="R" if is_running else "Q",
        n_nodes=1,
        error=None if is_running else "Not enough of the right type of nodes are available",
        gpus=number % 4,
        nodes=(f"node{number % NODES:04}",) if is_running else (),
        submitted=NOW - 86_400 - number % 5000,
        started=NOW - number % 5000 if is_running else None,
        memory_bytes=64 << 30,
    )


def _finished(chance: Random, number: int) -> FinishedJob:
    ended = NOW - chance.randrange(60 * 86_400)
    user, elapsed = f"user{number % USERS:03}", chance.randrange(100_000)
    return FinishedJob(
        "cluster-0",
        str(number),
        user,
        "batch",
        "COMPLETED",
        ended - 200_000,
        ended - elapsed,
        ended,
        elapsed,
        32,
        2,
    )
