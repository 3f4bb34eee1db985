"""Old data becomes coarser and goes, a kind at a time; what stands now stays."""

from datetime import timedelta

import pytest
from sqlalchemy import Table, func, select

from tests.factories import NOON, usages
from tests.host_samples import GIB, MIB, host_usage, minutes, save
from tests.io_samples import session
from usage_store.backup_saving import save_backups
from usage_store.engine import Store
from usage_store.hosts import usage_of_host
from usage_store.io_saving import save_io
from usage_store.paging import Window
from usage_store.queue_saving import save_queues
from usage_store.revisions import current_revisions
from usage_store.saved import Saved
from usage_store.schema_backups import backup_tarballs
from usage_store.schema_hosts import host_gpu_usage, host_mount_usage
from usage_store.schema_hosts import host_usage as host_minutes
from usage_store.schema_io import io_entries, io_operations, io_sessions, io_user_sizes
from usage_store.schema_queues import cluster_history, cluster_jobs, finished_jobs, finished_sums
from usage_store.schema_rollups import host_gpu_hours, host_hours, host_mount_hours
from usage_store.storage import storage_histories
from usage_store.storage_saving import save_storage
from usage_store.upkeep import Upkeep, keep_up
from usermon.backup_records import BackupListing, Tarball
from usermon.host_records import GpuUsage, HostUsage, MountSpace
from usermon.queue_records import ClusterSnapshot, FinishedJob, Job, Node
from usermon.retention import DAY_SECONDS, Retention

MIDNIGHT = 1_772_409_600  # 2026-03-02 UTC
ALL = Window(100_000)
A_DAY = Retention(hosts_in_full=DAY_SECONDS, queues_in_full=None)


def rows(store: Store, table: Table) -> int:
    with store.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def sample(time: int, free_gib: int, load: float | None = None, busy: float | None = None) -> HostUsage:
    return host_usage(
        time=time,
        memory_free_bytes=free_gib * GIB,
        load=load,
        mounts=(MountSpace("/scratch", free_gib * MIB),),
        gpus=(GpuUsage(0, "Model G", busy, 2 * MIB, 4 * MIB), GpuUsage(1, "Model G", None, None, None)),
    )


@pytest.fixture
def two_days(store: Store) -> Store:
    """Two samples in the first hour of a day, one in the second, and one two days later."""
    samples = [
        sample(MIDNIGHT, 1, load=0.5, busy=10),
        sample(MIDNIGHT + 60, 4, load=1.5, busy=21),
        sample(MIDNIGHT + 3600, 7),
        sample(MIDNIGHT + 2 * DAY_SECONDS, 8),
    ]
    assert save(store, samples) == Saved(4, 0)
    return store


def test_old_minutes_of_hosts_become_the_means_of_their_hours(two_days: Store) -> None:
    before = current(two_days)

    assert keep_up(two_days, A_DAY, MIDNIGHT + 3 * DAY_SECONDS) == [Upkeep("hosts", rolled_up=3)]

    with two_days.reading() as connection:
        history = usage_of_host(connection, "calc-01", None, None, ALL)
        hours = connection.execute(select(host_hours).order_by(host_hours.c.time)).all()
        mounts = connection.execute(select(host_mount_hours).order_by(host_mount_hours.c.time)).all()
        gpus = connection.execute(select(host_gpu_hours).order_by(host_gpu_hours.c.number)).all()
    assert [(hour.time, hour.samples, hour.memory_free_mib) for hour in hours] == [
        (MIDNIGHT, 2, 2560),
        (MIDNIGHT + 3600, 1, 7168),
    ]
    assert [hour.load_hundredths for hour in hours] == [100, None]
    assert [(mount.samples, mount.available_mib) for mount in mounts] == [(2, 3), (1, 7)]
    assert sorted((gpu.time, gpu.number, gpu.busy_tenths) for gpu in gpus)[:2] == [
        (MIDNIGHT, 0, 155),
        (MIDNIGHT, 1, None),
    ]
    assert [(row["timestamp"], row["memory_free"]) for row in history.rows] == [
        (MIDNIGHT, 2560),
        (MIDNIGHT + 3600, 7168),
        (MIDNIGHT + 2 * DAY_SECONDS, 8192),
    ]
    assert [row["mounts"][0]["disk_available"] for row in history.rows] == [3, 7, 8]
    assert [row["gpus"][0]["busy"] for row in history.rows] == [15.5, None, None]
    assert [rows(two_days, table) for table in (host_minutes, host_mount_usage, host_gpu_usage)] == [1, 1, 2]
    assert current(two_days) == before + 1


def current(store: Store) -> int:
    with store.reading() as connection:
        return current_revisions(connection)["hosts"]


def test_what_was_rolled_up_is_known_and_what_was_done_is_not_done_again(two_days: Store) -> None:
    keep_up(two_days, A_DAY, MIDNIGHT + 3 * DAY_SECONDS)
    before = current(two_days)

    assert save(two_days, [sample(MIDNIGHT, 1), sample(MIDNIGHT + 120, 9)]) == Saved(0, 2)
    assert keep_up(two_days, A_DAY, MIDNIGHT + 3 * DAY_SECONDS) == []
    assert current(two_days) == before

    # An hour of which nothing was known is taken, however late it comes.
    assert save(two_days, [sample(MIDNIGHT - 3600, 5)]) == Saved(1, 0)
    assert keep_up(two_days, A_DAY, MIDNIGHT + 3 * DAY_SECONDS) == [Upkeep("hosts", rolled_up=1)]
    assert rows(two_days, host_hours) == 3


def test_a_history_that_ended_stays_as_it_was(store: Store) -> None:
    save(store, minutes(30, start=MIDNIGHT))
    assert keep_up(store, A_DAY, MIDNIGHT + 900 * DAY_SECONDS) == []
    assert rows(store, host_minutes) == 30


def test_many_days_go_in_small_transactions_that_may_be_interrupted(store: Store) -> None:
    save(store, [host_usage(time=MIDNIGHT + day * DAY_SECONDS) for day in range(40)])
    stops = iter([False, False, True])

    assert keep_up(store, A_DAY, MIDNIGHT + 40 * DAY_SECONDS, lambda: next(stops)) == [Upkeep("hosts", 14)]
    assert (rows(store, host_minutes), rows(store, host_hours)) == (26, 14)

    keep_up(store, A_DAY, MIDNIGHT + 40 * DAY_SECONDS)
    assert (rows(store, host_minutes), rows(store, host_hours)) == (2, 38)


def test_hours_of_hosts_go_when_their_time_is_over(two_days: Store) -> None:
    keep_up(two_days, A_DAY, MIDNIGHT + 3 * DAY_SECONDS)
    week = Retention(hosts=7 * DAY_SECONDS, queues_in_full=None)

    # Two hours with a mount and two GPUs each; the newest minute is younger.
    assert keep_up(two_days, week, MIDNIGHT + 8 * DAY_SECONDS) == [Upkeep("hosts", dropped=8)]
    assert (rows(two_days, host_hours), rows(two_days, host_minutes)) == (0, 1)


def test_old_samples_of_storage_go_and_the_newest_of_each_series_stays(store: Store) -> None:
    with store.writing() as connection:
        save_storage(connection, usages("alice", count=10, every=timedelta(days=1)))
        save_storage(connection, usages("bob", count=2, every=timedelta(days=1)))
    now = int(NOON.timestamp()) + 10 * DAY_SECONDS

    assert keep_up(store, Retention(storage=5 * DAY_SECONDS, queues_in_full=None), now) == [
        Upkeep("storage", dropped=6)
    ]
    with store.reading() as connection:
        assert [len(storage_histories(connection, user)["local"].time) for user in ("alice", "bob")] == [5, 1]


def test_forever_is_forever(two_days: Store) -> None:
    forever = Retention(hosts_in_full=None, queues_in_full=None)
    assert keep_up(two_days, forever, MIDNIGHT + 9000 * DAY_SECONDS) == []


def snapshot(time: int) -> ClusterSnapshot:
    node = Node("n1", "free", 0.5, 8, 4)
    return ClusterSnapshot("atlas", time, (Job("7", 7, "relax", "alice", 4, None, "long", "R", 1),), (node,))


def finished(number: int, ended: int) -> FinishedJob:
    return FinishedJob("atlas", str(number), "alice", "long", "C", ended - 100, ended - 60, ended, 60, 4)


@pytest.fixture
def cluster(store: Store) -> Store:
    """A poll every twenty minutes through two hours, and a job that ended on each of five days."""
    with store.writing() as connection:
        save_queues(connection, "atlas", [snapshot(MIDNIGHT + 1200 * n) for n in range(6)])
        save_queues(connection, "atlas", [finished(n, MIDNIGHT - n * DAY_SECONDS) for n in range(5)])
    return store


def test_of_a_clusters_old_polls_the_last_of_each_hour_stays(cluster: Store) -> None:
    now = MIDNIGHT + DAY_SECONDS + 3600

    assert keep_up(cluster, Retention(queues_in_full=DAY_SECONDS), now) == [Upkeep("queues", rolled_up=2)]
    assert keep_up(cluster, Retention(queues_in_full=DAY_SECONDS), now) == []

    with cluster.reading() as connection:
        times = connection.execute(select(cluster_history.c.time).order_by(cluster_history.c.time)).scalars()
        assert [time - MIDNIGHT for time in times] == [2400, 3600, 4800, 6000]


def test_old_jobs_and_polls_go_and_their_sums_stay(cluster: Store) -> None:
    kept = Retention(queues=2 * DAY_SECONDS)
    sums = rows(cluster, finished_sums)

    assert keep_up(cluster, kept, MIDNIGHT + DAY_SECONDS) == [Upkeep("queues", dropped=3)]

    assert rows(cluster, finished_jobs) == 2
    assert rows(cluster, finished_sums) == sums
    assert keep_up(cluster, kept, MIDNIGHT + 9 * DAY_SECONDS) == [Upkeep("queues", dropped=8)]
    assert (rows(cluster, cluster_history), rows(cluster, cluster_jobs)) == (0, 1)


def test_jobs_that_were_dropped_do_not_count_again_when_their_log_is_read_anew(cluster: Store) -> None:
    log = [finished(n, MIDNIGHT - n * DAY_SECONDS) for n in range(5)]
    for dropped_at in (MIDNIGHT + DAY_SECONDS, MIDNIGHT + 9 * DAY_SECONDS):  # three of them, all of them
        keep_up(cluster, Retention(queues=2 * DAY_SECONDS), dropped_at)
        left = rows(cluster, finished_jobs)
        with cluster.writing() as connection:
            save_queues(connection, "atlas", log)
        assert rows(cluster, finished_jobs) == left
        assert jobs_counted(cluster) == 5

    never_seen = [finished(8, MIDNIGHT - DAY_SECONDS), finished(9, MIDNIGHT - 40 * DAY_SECONDS)]
    with cluster.writing() as connection:
        save_queues(connection, "atlas", [*log, *never_seen])
    assert jobs_counted(cluster) == 7


def jobs_counted(store: Store) -> int:
    with store.reading() as connection:
        return int(connection.execute(select(func.sum(finished_sums.c.jobs))).scalar_one())


def test_tarballs_go_that_are_listed_no_more(store: Store) -> None:
    tarballs = [Tarball("svn", MIDNIGHT + n * DAY_SECONDS, 5, f"/b/{n}.tgz") for n in range(4)]
    with store.writing() as connection:
        for listed, time in ((tarballs[:2], 5), (tarballs[1:], 6)):
            listing = BackupListing("hub", "node", MIDNIGHT + time * DAY_SECONDS, None, tuple(listed))
            save_backups(connection, "hub", [listing])
    a_day = Retention(backups=DAY_SECONDS)

    assert keep_up(store, a_day, MIDNIGHT + 9 * DAY_SECONDS) == [Upkeep("backups", dropped=1)]
    assert rows(store, backup_tarballs) == 3


def test_operations_of_old_logs_go_their_sums_stay_and_the_same_log_is_known(store: Store) -> None:
    log = [session(MIDNIGHT + day * DAY_SECONDS) for day in range(5)]
    with store.writing() as connection:
        save_io(connection, "reads", log)
        sums = connection.execute(select(io_user_sizes)).all()
    kept = Retention(io=2 * DAY_SECONDS)

    # Of three entries a session with one row each.
    assert keep_up(store, kept, MIDNIGHT + 5 * DAY_SECONDS) == [Upkeep("io", dropped=6)]

    assert (rows(store, io_entries), rows(store, io_sessions), rows(store, io_operations)) == (5, 2, 2)
    with store.writing() as connection:
        assert save_io(connection, "reads", log) == Saved(0, 5)
        assert connection.execute(select(io_user_sizes)).all() == sums
    assert keep_up(store, kept, MIDNIGHT + 5 * DAY_SECONDS) == []
