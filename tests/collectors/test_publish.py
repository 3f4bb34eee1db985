"""What dashboards get to see: whole files, each user's own, again whenever something changed."""

import json
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from collectors import publish
from collectors.publish import PUBLISHING, Publisher
from tests.factories import NOON, site, usage, usages
from tests.small_disk import mounted_small_disk
from usage_store.collection_runs import latest_runs
from usage_store.engine import Store
from usage_store.storage_saving import save_storage
from usermon.published_storage import PublishedStorage, from_json
from usermon.records import StorageUsage
from usermon.state_folder import StateFolder
from usermon.units import GIB


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    folder = StateFolder(tmp_path / "state")
    folder.all_published_folder.mkdir(parents=True)
    return folder


def save(store: Store, samples: list[StorageUsage]) -> None:
    with store.writing() as connection:
        save_storage(connection, samples)


def make_folder(state: StateFolder, *users: str) -> None:
    for user in users:
        state.published_folder(user).mkdir()


def published(state: StateFolder, user: str) -> PublishedStorage:
    return from_json((state.published_folder(user) / "storage.json").read_bytes())


def is_published(state: StateFolder, user: str) -> bool:
    return (state.published_folder(user) / "storage.json").exists()


def test_a_users_whole_history_is_published(store: Store, state: StateFolder) -> None:
    save(store, [*usages("alice", "local", count=3), usage("alice", "cryo", gb=7, files=9)])
    make_folder(state, "alice")
    Publisher(store, state, site(timezone="Europe/Berlin")).publish_due()
    seen = published(state, "alice")
    assert (seen.user, seen.timezone, seen.reference_gb, seen.reference_files) == (
        *("alice", "Europe/Berlin", 25_000, 1_500_000),
    )
    assert seen.volumes["local"].used_bytes == [100 * GIB, 101 * GIB, 102 * GIB]
    assert seen.volumes["cryo"].time == [int(NOON.timestamp())]
    assert seen.volumes["cryo"].files == [9]


def test_nobody_gets_to_see_anothers_data(sqlite_store: Store, state: StateFolder) -> None:
    save(sqlite_store, [usage("alice", gb=1), usage("bob", gb=2)])
    make_folder(state, "alice", "bob", "charlie")
    Publisher(sqlite_store, state, site()).publish_due()
    assert published(state, "alice").volumes["local"].used_bytes == [1 * GIB]
    assert published(state, "bob").volumes["local"].used_bytes == [2 * GIB]
    assert not is_published(state, "charlie")
    content = (state.published_folder("alice") / "storage.json").read_text()
    assert "bob" not in content


def test_limits_and_graces_are_published_also_when_they_alone_changed(
    sqlite_store: Store, state: StateFolder
) -> None:
    limited = replace(usage("bob", hard_limit_bytes=GIB), hard_limit_files=20, bytes_grace="6 days")
    save(sqlite_store, [limited])
    make_folder(state, "bob")
    Publisher(sqlite_store, state, site()).publish_due()
    local = published(state, "bob").volumes["local"]
    assert (local.hard_limit_bytes, local.hard_limit_files, local.bytes_grace) == (GIB, 20, "6 days")
    save(sqlite_store, [replace(limited, bytes_grace="expired")])
    Publisher(sqlite_store, state, site()).publish_due()
    assert published(state, "bob").volumes["local"].bytes_grace == "expired"


def test_only_who_changed_is_published_again(sqlite_store: Store, state: StateFolder) -> None:
    publisher = Publisher(sqlite_store, state, site())
    save(sqlite_store, [usage("alice"), usage("bob")])
    make_folder(state, "alice", "bob")
    run = publisher.publish_due()
    assert run is not None
    assert run.taken == 2
    assert publisher.publish_due() is None
    save(sqlite_store, [usage("bob", gb=999)])
    run = publisher.publish_due()
    assert run is not None
    assert run.taken == 1
    assert published(state, "bob").volumes["local"].used_bytes == [999 * GIB]


def test_a_user_without_a_folder_is_published_once_it_is_there(
    sqlite_store: Store, state: StateFolder
) -> None:
    publisher = Publisher(sqlite_store, state, site())
    save(sqlite_store, [usage("alice")])
    publisher.publish_if_changed(now=0)
    make_folder(state, "alice")
    publisher.publish_if_changed(now=2)
    assert is_published(state, "alice")


def test_a_folder_that_was_removed_and_made_again_is_filled_again(
    sqlite_store: Store, state: StateFolder
) -> None:
    publisher = Publisher(sqlite_store, state, site())
    save(sqlite_store, [usage("alice")])
    make_folder(state, "alice")
    publisher.publish_if_changed(now=0)
    (state.published_folder("alice") / "storage.json").unlink()
    state.published_folder("alice").rmdir()
    make_folder(state, "alice")
    publisher.publish_if_changed(now=2)
    assert is_published(state, "alice")


def test_other_reference_lines_are_published_to_everybody(sqlite_store: Store, state: StateFolder) -> None:
    save(sqlite_store, [usage("alice")])
    make_folder(state, "alice")
    Publisher(sqlite_store, state, site(timezone="UTC")).publish_due()
    Publisher(sqlite_store, state, site(timezone="Asia/Tokyo")).publish_due()
    assert published(state, "alice").timezone == "Asia/Tokyo"


def test_without_a_published_folder_nothing_is_to_do(sqlite_store: Store, tmp_path: Path) -> None:
    save(sqlite_store, [usage("alice")])
    publisher = Publisher(sqlite_store, StateFolder(tmp_path / "nowhere"), site())
    publisher.publish_if_changed(now=0)
    assert publisher.publish_due() is None


def test_what_is_no_users_folder_is_left_alone(sqlite_store: Store, state: StateFolder) -> None:
    (state.all_published_folder / "lost+found").mkdir()
    (state.all_published_folder / "alice").write_text("a file where a folder should be")
    save(sqlite_store, [usage("alice")])
    run = Publisher(sqlite_store, state, site()).publish_due()
    assert run is not None
    assert run.error == "not published: alice (Not a directory)"


def test_the_file_is_for_its_owner_alone(sqlite_store: Store, state: StateFolder) -> None:
    save(sqlite_store, [usage("alice")])
    make_folder(state, "alice")
    if os.geteuid() == 0:
        os.chown(state.published_folder("alice"), 10_001, 10_001)
    Publisher(sqlite_store, state, site()).publish_due()
    status = (state.published_folder("alice") / "storage.json").stat()
    assert stat.S_IMODE(status.st_mode) == 0o600
    assert status.st_uid == state.published_folder("alice").stat().st_uid


def test_what_a_killed_collector_left_is_tidied_away(sqlite_store: Store, state: StateFolder) -> None:
    make_folder(state, "alice")
    left = state.published_folder("alice") / ".storage.json.k1ll3d"
    left.write_text("half")
    os.utime(left, (1, 1))
    in_work = state.published_folder("alice") / ".storage.json.w0rk"
    in_work.write_text("half")
    Publisher(sqlite_store, state, site()).publish_due()
    assert not left.exists()
    assert in_work.exists()


@pytest.fixture
def small_disk(state: StateFolder) -> Iterator[Path]:
    """A real file system of 100 KiB in alice's folder."""
    make_folder(state, "alice")
    with mounted_small_disk(state.published_folder("alice")) as disk:
        yield disk


def test_on_a_full_disk_the_old_file_stays_whole_and_the_next_pass_publishes(
    sqlite_store: Store, state: StateFolder, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_folder(state, "bob")
    publisher = Publisher(sqlite_store, state, site())
    save(sqlite_store, [usage("alice", gb=1), usage("bob", gb=1)])
    publisher.publish_if_changed(now=0)
    filler = small_disk / "filler"
    with pytest.raises(OSError, match="No space left"):
        filler.write_bytes(b"x" * 200_000)

    save(sqlite_store, [*usages("alice", count=900), usage("bob", gb=2)])
    publisher.publish_if_changed(now=10)
    assert published(state, "alice").volumes["local"].used_bytes == [1 * GIB]
    assert published(state, "bob").volumes["local"].used_bytes == [2 * GIB]
    assert sorted(file.name for file in small_disk.iterdir()) == ["filler", "storage.json"]
    with sqlite_store.reading() as connection:
        (run,) = (run for run in latest_runs(connection) if run.source == PUBLISHING)
    assert run.error == "not published: alice (No space left on device)"
    assert run.remedy
    assert "Make room" in run.remedy

    filler.unlink()
    publisher.publish_if_changed(now=11)
    assert len(published(state, "alice").volumes["local"].time) == 1  # not before its time
    publisher.publish_if_changed(now=10 + publish.RETRY_SECONDS)
    assert len(published(state, "alice").volumes["local"].time) == 900
    with sqlite_store.reading() as connection:
        (run,) = (run for run in latest_runs(connection) if run.source == PUBLISHING)
    assert run.error is None


def test_the_published_file_is_json_that_others_can_read(sqlite_store: Store, state: StateFolder) -> None:
    save(sqlite_store, [usage("alice")])
    make_folder(state, "alice")
    Publisher(sqlite_store, state, site()).publish_due()
    fields = json.loads((state.published_folder("alice") / "storage.json").read_text())
    assert fields["volumes"]["local"]["used_bytes"] == [100 * GIB]
