"""Anything is found by a part of its name, on both databases alike."""

import pytest

from tests.factories import NOON, dashboard_state, usage
from tests.io_samples import client, session
from usage_store.backup_saving import save_backups
from usage_store.dashboards import save_states
from usage_store.engine import Store
from usage_store.host_saving import save_hosts
from usage_store.io_saving import save_io
from usage_store.queue_saving import save_queues
from usage_store.search import MOST_OF_EACH, Found, find
from usage_store.storage_saving import save_storage
from usermon.backup_records import BackupListing, Tarball
from usermon.host_records import HostInfo
from usermon.queue_records import ClusterSnapshot, FinishedJob, Job
from usermon.units import GIB

NOW = int(NOON.timestamp())


def job(job_id: str, name: str, user: str = "alice") -> Job:
    return Job(job_id, int(job_id.partition("[")[0]), name, user, 8, 1.0, "batch", "R", 1, None)


def finished(job_id: str, user: str = "bob") -> FinishedJob:
    return FinishedJob("birch", job_id, user, "batch", "COMPLETED", NOW, NOW, NOW + 60, 60, 4, 0, 1)


@pytest.fixture
def facility(store: Store) -> Store:
    with store.writing() as connection:
        save_storage(
            connection,
            [
                usage("alice", "local", gb=5),
                usage("alice", "cryo", gb=7),
                usage("malice"),
                usage("al_x"),
                usage("alex"),
            ],
        )
        save_states(connection, [dashboard_state("alice", "asleep")])
        save_hosts(
            connection, "machines", [HostInfo("alder-1", NOW, 4, "x86_64", "Model", 2400.0, 1, 8 * GIB)]
        )
        snapshot = ClusterSnapshot(
            "birch", NOW, (job("100", "align"), job("2100", "Walk_1"), job("31[2]", "x%y")), ()
        )
        save_queues(connection, "birch", [snapshot, finished("1004"), finished("1005")])
        save_io(
            connection,
            "reads",
            [session(who=client("carol", "lab-alpha", "workstation"))],
        )
        save_backups(
            connection,
            "vault-north",
            [BackupListing("vault", "north-alley", NOW, None, (Tarball("home", NOW, 1, "/b/home.tar"),))],
        )
    return store


def found(store: Store, text: str) -> list[Found]:
    with store.reading() as connection:
        return find(connection, text)


def names(store: Store, text: str) -> list[tuple[str, str]]:
    return [(one.kind, one.name) for one in found(store, text)]


def test_every_kind_is_found_those_that_begin_so_first(facility: Store) -> None:
    assert sorted(names(facility, "al")[:3]) == [("user", "al_x"), ("user", "alex"), ("user", "alice")]
    assert names(facility, "al")[3:] == [
        ("user", "malice"),
        ("host", "alder-1"),
        ("machine", "lab-alpha"),
        ("backup", "north-alley on vault"),
        ("job", "100"),
        ("job", "2100"),
    ]
    assert names(facility, "BIR") == [("cluster", "birch")]


def test_what_is_known_at_once_is_told(facility: Store) -> None:
    (alice,) = (one for one in found(facility, "alice") if one.name == "alice")
    assert alice.facts == {"held": {"cryo": 7 * GIB, "local": 5 * GIB}, "state": "asleep"}
    (machine,) = found(facility, "lab-alpha")
    assert machine.parts == ("workstation", "lab-alpha")
    (cluster,) = found(facility, "birch")
    assert (cluster.facts["time"], cluster.facts["totals"]["jobs"]) == (NOW, 3)


def test_jobs_are_found_by_name_and_number_those_in_the_queue_first(facility: Store) -> None:
    assert names(facility, "100") == [("job", "100"), ("job", "2100"), ("job", "1004"), ("job", "1005")]
    assert [one.facts["ended"] for one in found(facility, "100")] == [False, False, True, True]
    assert names(facility, "1004") == [("job", "1004")]
    assert names(facility, "31[") == [("job", "31[2]")]


def test_percent_signs_and_underscores_are_letters_like_others(facility: Store) -> None:
    assert names(facility, "_x") == [("user", "al_x")]
    assert names(facility, "x%") == [("job", "31[2]")]
    assert names(facility, "%") == [("job", "31[2]")]
    assert names(facility, "/") == []
    assert names(facility, "\\") == []


@pytest.mark.parametrize("text", ["", "   ", "x" * 101, "a\0b", "nothing like this", "'; DROP TABLE users"])
def test_nothing_is_found_by_what_is_no_name(facility: Store, text: str) -> None:
    assert found(facility, text) == []


def test_of_each_kind_a_few_are_enough(facility: Store) -> None:
    with facility.writing() as connection:
        save_storage(connection, [usage(f"zoe{n:02}") for n in range(30)])
    assert names(facility, "zoe") == [("user", f"zoe{n:02}") for n in range(MOST_OF_EACH)]
