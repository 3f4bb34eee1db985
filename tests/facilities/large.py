"""A facility of the size that pages must stand: 10 000 users, 2 000 hosts, 50 000 jobs on 20 clusters."""

import json
from datetime import UTC, datetime
from math import sin
from random import Random

from sqlalchemy import text

from tests.factories import site
from usage_store.backup_saving import save_backups
from usage_store.collection_runs import note_run
from usage_store.dashboards import DashboardState, LedgerEntry, save_ledger, save_states
from usage_store.engine import Store, StoreConnection
from usage_store.host_saving import save_hosts
from usage_store.io_saving import save_io
from usage_store.queue_saving import save_queues
from usage_store.storage_saving import save_storage
from usermon.backup_records import BackupListing, Tarball
from usermon.collection import CollectionRun
from usermon.host_records import HostInfo, HostUsage
from usermon.io_records import IoClient, IoEntry, IoSession
from usermon.io_sizes import SizeRange
from usermon.queue_records import ClusterSnapshot, FinishedJob, Job, Node
from usermon.records import StorageUsage
from usermon.site_file import SiteFile
from usermon.units import GIB

USERS, READERS, MACHINES = 10_000, 1_000, 200
HOSTS, HOURS, SAMPLE_SECONDS = 2_000, 4, 240
CLUSTERS, JOBS, LARGEST = 20, 50_000, 12_000
NODES, HUBS, NODES_A_HUB = 200, 5, 10
IO_DAYS, HISTORY_DAYS = 14, 7
_HOUR, _DAY = 3600, 86_400
_SIZES = tuple(str(SizeRange(1 << bit, 2 << bit)) for bit in range(9, 24))


def usermon_toml() -> SiteFile:
    return site(timezone="UTC", capacities={"local": 48 * 1024**2 * GIB, "cryo": 32 * 1024**2 * GIB})


def user_name(number: int) -> str:
    return f"user{number:05}"


def fill(store: Store, now: int) -> None:
    chance = Random(23)
    for save in (_save_storage, _save_dashboards, _save_hosts, _save_queues, _save_reads, _save_backups):
        with store.writing() as connection:
            save(connection, now, chance)
    with store.writing() as connection:
        for name in ("local", "cryo", "reads", "machines", *(f"cluster-{n:02}" for n in range(CLUSTERS))):
            note_run(connection, CollectionRun(name, "invented", now - 60, now - 58, 100, 0, 0))


def _save_storage(connection: StoreConnection, now: int, chance: Random) -> None:
    newest = now // 1800 * 1800
    samples = []
    for number in range(USERS):
        user = user_name(number)
        for volume in ("local", "cryo"):
            gb, files = chance.lognormvariate(6, 2), chance.randint(1, 2_000_000)
            growth = chance.lognormvariate(0, 1.5) - 1
            limits = (2_000 * GIB, 4_000 * GIB) if volume == "local" else (None, None)
            # Of the first hundred a history, of the others what sums of a week need.
            days = (*range(60, 0, -1), 0) if number < 100 else (8, 0)
            for back in days:
                used = round(max(0.0, gb - growth * back) * GIB)
                moment = datetime.fromtimestamp(newest - back * _DAY, UTC)
                samples.append(StorageUsage(user, volume, moment, used, files - back, *limits))
    save_storage(connection, samples)


def _save_dashboards(connection: StoreConnection, now: int, _chance: Random) -> None:
    names = [user_name(number) for number in range(USERS)]
    save_ledger(connection, [LedgerEntry(u, 8100 + n, True, "both", now - _DAY) for n, u in enumerate(names)])
    states = ("ready", "ready", "ready", "asleep", "failed", "stopped")
    save_states(
        connection,
        [
            DashboardState(
                user,
                states[number % len(states)],
                f"http://localhost:{8100 + number}/",
                "usermon-user-dashboard:1",
                None,
                f"{number:012x}",
                now - 3600 - number,
                45_000_000,
                "it did not answer" if states[number % len(states)] == "failed" else None,
                now - 30,
            )
            for number, user in enumerate(names)
        ],
    )


def _save_hosts(connection: StoreConnection, now: int, chance: Random) -> None:
    newest = now // 60 * 60
    names = [f"node{n:04}" for n in range(HOSTS)]
    save_hosts(
        connection,
        "machines",
        [
            HostInfo(
                name,
                newest - 30 * _DAY,
                32 * (1 + n % 4),
                "x86_64",
                f"Model {n % 5}",
                2400.0,
                1 << 20,
                256 * GIB,
            )
            for n, name in enumerate(names)
        ],
    )
    moments = range(newest - HOURS * _HOUR, newest + 1, SAMPLE_SECONDS)
    usages = []
    for n, name in enumerate(names):
        # Some are silent for an hour, some for good.
        last = newest - (_HOUR if n % 400 == 7 else 0)
        for moment in moments:
            if moment <= last:
                busy = 0.5 + 0.45 * sin(moment / 3000 + n)
                usages.append(
                    HostUsage(
                        name,
                        moment,
                        round(256 * GIB * (1 - 0.9 * busy)),
                        round(100 - 99 * busy, 1),
                        2.0,
                        n % 900,
                        (n % 1000) * GIB,
                        round(64 * busy, 2),
                        chance.randrange(1 << 26),
                        n << 10,
                        disk_size_bytes=(n % 1000 * 2 + 100) * GIB,
                    )
                )
    save_hosts(connection, "machines", usages)


def _save_queues(connection: StoreConnection, now: int, chance: Random) -> None:
    for number in range(CLUSTERS):
        jobs = LARGEST if number == 0 else (JOBS - LARGEST) // (CLUSTERS - 1)
        name = f"cluster-{number:02}"
        time = now - 30 - (4 * _HOUR if number == CLUSTERS - 1 else 0)
        snapshot = ClusterSnapshot(
            name,
            time,
            tuple(_job(n, time) for n in range(jobs)),
            tuple(_node(n, number) for n in range(NODES)),
        )
        save_queues(connection, name, [snapshot])
    ended = [_finished(number, now, chance) for number in range(10_000)]
    save_queues(connection, "cluster-00", ended)
    _make_history(connection, now)


def _make_history(connection: StoreConnection, now: int) -> None:
    """Every five minutes of a week, as copies of the newest with other numbers."""
    rows = connection.execute(text("SELECT * FROM cluster_history")).mappings().all()
    made = []
    for row in rows:
        per_user = json.loads(row["procs_per_user_running"])
        for back in range(300, HISTORY_DAYS * _DAY, 300):
            share = 0.6 + 0.4 * sin(back / 20_000 + row["cluster_id"])
            moment = row["time"] - back
            # Texts of a hundred variants: what is read counts, not that each is another.
            key = round(share * 100)
            made.append({**row, "time": moment, "procs_per_user_running": _scaled(per_user, key)})
    columns = ", ".join(rows[0].keys())
    places = ", ".join(f":{name}" for name in rows[0])
    connection.execute(text(f"INSERT INTO cluster_history ({columns}) VALUES ({places})"), made)


def _scaled(per_user: dict[str, int], percent: int) -> str:
    return json.dumps({user: procs * percent // 100 for user, procs in per_user.items()})


def _node(number: int, cluster: int) -> Node:
    is_free = (number + cluster) % 9 == 0
    return Node(
        f"c{cluster:02}n{number:04}",
        "free" if is_free else "down" if number % 97 == 3 else "job-exclusive",
        1.5,
        128,
        0 if is_free else 96,
        (str(number),),
        ("batch",),
        4,
        0 if is_free else 3,
        512 * GIB,
    )


def _job(number: int, time: int) -> Job:
    is_running = number % 3 == 0
    return Job(
        job_id=f"{number}[{number % 7}]",
        job_number=number,
        name=f"relax-{number % 1000}",
        user=user_name(number * 7 % 120),
        processors=8 << number % 4,
        priority=100 + number % 50,
        queue=("batch", "long", "gpu", "debug")[number % 4],
        status="R" if is_running else "Q",
        n_nodes=1,
        error=None if is_running else "Not enough of the right type of nodes are available",
        gpus=number % 4,
        nodes=(f"c00n{number % NODES:04}",) if is_running else (),
        submitted=time - _DAY - number % 5000,
        started=time - number % 5000 if is_running else None,
        memory_bytes=64 * GIB,
    )


def _finished(number: int, now: int, chance: Random) -> FinishedJob:
    ended, elapsed = now - chance.randrange(60 * _DAY), chance.randrange(100_000)
    state = "FAILED" if number % 20 == 0 else "COMPLETED"
    times = (ended - elapsed - 5_000, ended - elapsed, ended, elapsed)
    return FinishedJob("cluster-00", str(number), user_name(number % 120), "batch", state, *times, 32, 2)


def _save_reads(connection: StoreConnection, now: int, chance: Random) -> None:
    kinds = ("vela", "atlas", "microscope", "login")
    clients = [
        IoClient(
            user_name(n),
            ("staff", "student", "guest")[n % 3],
            f"group{n % 12:02}",
            f"machine{n * 7 % MACHINES:03}",
            kinds[n * 7 % MACHINES % len(kinds)],
        )
        for n in range(READERS)
    ]
    sizes = [_SIZES[first : first + 4] for first in range(0, 12)]
    newest = now // _HOUR * _HOUR
    sessions = []
    for time in range(newest - IO_DAYS * _DAY, newest + 1, _HOUR):
        entry = IoEntry(time, str(datetime.fromtimestamp(time, UTC))[:19])
        busy = 1 if 7 <= time // _HOUR % 24 <= 18 else 0.3
        for client in chance.sample(clients, round(120 * busy)):
            amount = chance.randint(10, 10_000)
            counts = (amount, amount // 2, amount // 5, 1)
            sessions.append(IoSession(entry, client, sizes[amount % 12], counts))
    save_io(connection, "reads", sessions)


def _save_backups(connection: StoreConnection, now: int, _chance: Random) -> None:
    for hub in range(HUBS):
        for node in range(NODES_A_HUB):
            tarballs = tuple(
                Tarball(
                    f"folders/item{item}",
                    (now // _DAY - ago) * _DAY,
                    ((item + 1) * 900 - ago * 3) << 20,
                    f"/backup/hub{hub}/item{item}/{ago}/all.tar.gz",
                )
                for item in range(8)
                for ago in range(3 if (hub, node) == (1, 4) else 0, 30)
            )
            listing = BackupListing(f"hub{hub}", f"node{node:02}", now - 900, 36 * _HOUR, tarballs)
            save_backups(connection, f"hub{hub}-node{node:02}", [listing])
