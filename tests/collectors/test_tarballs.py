"""Tarballs of a hub's node, from the folder itself to the store: here, over ssh, from listings by hand."""

import os
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from collectors import by_hand, host, ssh, tarballs
from collectors.catalogue import find_collector
from collectors.one_pass import run_pass
from collectors.reading import Pass
from collectors.store_sink import StoreSink
from tests.factories import source
from tests.shared_data import expected_of
from tests.sshd import Sshd, running_sshd
from usage_store.backups import NodeBackups, node_backups
from usage_store.collection_runs import standing_rejected
from usage_store.engine import Store
from usage_store.hosts import all_hosts
from usage_store.paging import Window
from usermon.errors import SettingsError, WrongUse
from usermon.site_file import Source

MIB = 1024**2


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """Two items, one with a name that a shell would take apart."""
    folder = tmp_path / "it's; rm -rf $HOME" / "alder"
    for item, days in (("svn/aurora", (1, 2)), ("tracs/b '\"c", (2,))):
        for day in days:
            lies_in = folder / item / f"2026/03/{day:02}/120000"
            lies_in.mkdir(parents=True)
            (lies_in / "x.tar.gz").write_bytes(os.urandom(2 * MIB - 5000))
            (lies_in / "x.tar.gz.dna").write_text("1")
    return folder


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with running_sshd(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture
def reached(sshd: Sshd, monkeypatch: pytest.MonkeyPatch) -> Iterator[Source]:
    """A source on a machine that is known."""
    monkeypatch.setenv("HOME", str(sshd.home))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    sshd.is_known()
    yield replace(source("there"), path=None, ssh=sshd.address, ssh_key=sshd.key, timeout_seconds=20)
    ssh.close_connections()


def node_source(path: Path, **options: object) -> Source:
    return replace(
        source("alder-n1"), collector="tarballs", path=path, options={"hub": "alder", "node": "n1", **options}
    )


def stored(store: Store) -> NodeBackups:
    with store.reading() as connection:
        [found] = node_backups(connection)
    return found


def sizes(found: NodeBackups) -> dict[str, list[int]]:
    return {item: [one.size_bytes // MIB for one in tarballs] for item, tarballs in found.items.items()}


def test_a_folder_is_listed_by_item_and_its_names_are_only_names(store: Store, backup: Path) -> None:
    run = run_pass(StoreSink(store), node_source(backup, max_age="36h"))
    assert (run.error, run.taken, run.rejected) == (None, 1, 0)
    found = stored(store)
    assert (found.hub, found.node, found.max_age_seconds) == ("alder", "n1", 36 * 3600)
    assert sizes(found) == {"svn/aurora": [2, 2], "tracs/b '\"c": [2]}


def test_the_same_is_listed_over_ssh(sqlite_store: Store, backup: Path, reached: Source) -> None:
    over_ssh = replace(node_source(backup), ssh=reached.ssh, ssh_key=reached.ssh_key, timeout_seconds=20)
    run = run_pass(StoreSink(sqlite_store), over_ssh)
    assert (run.error, run.taken) == (None, 1)
    assert sizes(stored(sqlite_store)) == {"svn/aurora": [2, 2], "tracs/b '\"c": [2]}


def test_a_host_is_read_over_ssh_without_anything_installed_there(
    sqlite_store: Store, reached: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host, "_HOSTS", {})
    monkeypatch.setattr(host, "FIRST_INTERVAL_SECONDS", 0.1)
    machine = replace(reached, collector="host", options={"mounts": ["/", "/no such mount"]})
    run = run_pass(StoreSink(sqlite_store), machine)
    assert (run.error, run.taken, run.rejected) == (None, 2, 1)
    with sqlite_store.reading() as connection:
        [row] = all_hosts(connection, Window(9)).rows
    assert row["hostname"] == os.uname().nodename
    assert row["disk_available"] > 0
    assert row["memory_free"] > 0


def test_what_may_not_be_read_is_told_and_the_rest_is_listed(sqlite_store: Store, tmp_path: Path) -> None:
    listing = "3\\t/b/alder/svn/a/2026/03/01/120000/a.tar.gz\\n"
    complaining = f"printf '{listing}'; echo 'find: /b/lost: Permission denied' >&2; exit 1"
    of = replace(node_source(tmp_path), command=("sh", "-c", complaining))
    run = run_pass(StoreSink(sqlite_store), of)
    assert (run.error, run.taken, run.rejected) == (None, 1, 1)
    with sqlite_store.reading() as connection:
        [line] = standing_rejected(connection)
    assert (line.text, line.reason) == ("find: /b/lost: Permission denied", "a message of the command")


def test_a_folder_that_is_not_there_is_no_empty_listing(sqlite_store: Store, backup: Path) -> None:
    run_pass(StoreSink(sqlite_store), node_source(backup))
    run = run_pass(StoreSink(sqlite_store), node_source(backup / "gone"))
    assert run.error is not None
    assert "No such file or directory" in run.error
    assert all(one.is_listed for item in stored(sqlite_store).items.values() for one in item)


def test_a_folder_without_a_tarball_is_an_empty_listing(sqlite_store: Store, tmp_path: Path) -> None:
    assert run_pass(StoreSink(sqlite_store), node_source(tmp_path)).taken == 1
    assert stored(sqlite_store).items == {}


def test_the_command_is_the_one_that_the_manual_names() -> None:
    assert shlex.join(tarballs.command_of("/b/al der")) == (
        "find '/b/al der' -name '*.gz' -exec du --block-size=1M '{}' ';'"
    )


def test_listings_by_hand_say_hub_and_node_by_their_names(sqlite_store: Store, shared_backups: Path) -> None:
    files = {str(file): None for file in sorted(shared_backups.glob("*.txt"))}
    by_name = replace(source("by-hand"), collector="tarballs", path=None)
    sink = StoreSink(sqlite_store)
    imported = by_hand.import_files(sink, find_collector("tarballs"), by_name, files)
    assert (imported.taken, imported.rejected) == (6, [])
    assert by_hand.import_files(sink, find_collector("tarballs"), by_name, files).known == 6
    with sqlite_store.reading() as connection:
        nodes = node_backups(connection)
    hubs = expected_of(shared_backups)["hubs"]
    assert [(one.hub, one.node) for one in nodes] == [
        (hub, node) for hub in hubs for node in hubs[hub]["nodes"]
    ]
    assert all(list(one.items) == sorted(hubs[one.hub]["nodes"][one.node]["items"]) for one in nodes)


def test_a_listing_by_hand_that_names_nobody_is_refused(sqlite_store: Store, tmp_path: Path) -> None:
    (tmp_path / "listing.txt").write_text("")
    by_name = replace(source("by-hand"), collector="tarballs", path=None)
    with pytest.raises(WrongUse, match=r"listing\.txt says neither hub nor node"):
        by_hand.import_files(
            StoreSink(sqlite_store),
            find_collector("tarballs"),
            by_name,
            {str(tmp_path / "listing.txt"): None},
        )


def test_an_empty_listing_by_hand_says_that_nothing_lies_there(sqlite_store: Store, tmp_path: Path) -> None:
    (tmp_path / "alder--n1.txt").write_text("")
    by_name = replace(source("by-hand"), collector="tarballs", path=None)
    files = {str(tmp_path / "alder--n1.txt"): None}
    sink = StoreSink(sqlite_store)
    assert by_hand.import_files(sink, find_collector("tarballs"), by_name, files).taken == 1
    assert stored(sqlite_store).items == {}


def test_a_file_with_a_listing_is_a_source_too(sqlite_store: Store, tmp_path: Path) -> None:
    file = tmp_path / "listing.txt"
    file.write_text("3\t/b/alder/svn/a/2026/03/01/120000/a.tar.gz\nfind: no\n")
    run = run_pass(StoreSink(sqlite_store), node_source(file))
    assert (run.taken, run.rejected) == (1, 1)
    assert sizes(stored(sqlite_store)) == {"svn/a": [3]}
    assert run_pass(StoreSink(sqlite_store), node_source(file)).known == 0


@pytest.mark.parametrize(
    ("options", "key"),
    [({"hub": 7}, "hub"), ({"hub": "a\n"}, "hub"), ({"node": ""}, "node"), ({"max_age": "soon"}, "max_age")],
)
def test_a_wrong_key_is_refused_by_its_name(backup: Path, options: dict[str, object], key: str) -> None:
    with pytest.raises(SettingsError, match=rf"alder-n1\.{key}"):
        list(tarballs.read_new(node_source(backup, **options), Pass(0.0)))


def test_a_source_must_name_its_hub_and_an_absolute_folder(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="source 'local' has no hub"):
        list(tarballs.read_new(replace(source(), path=tmp_path), Pass(0.0)))
    with pytest.raises(SettingsError, match=r"alder-n1\.path"):
        list(tarballs.read_new(node_source(Path("-delete")), Pass(0.0)))
