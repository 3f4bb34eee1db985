"""Opening the store, and many using it at once."""

import multiprocessing
import os
import stat
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.factories import NOON, usage
from tests.small_disk import mounted_small_disk
from usage_store import engine
from usage_store.engine import Store, StoreUnreachable, open_store
from usage_store.revisions import current_revision, next_revision
from usage_store.storage import latest_storage
from usage_store.storage_saving import save_storage
from usermon.errors import SettingsError


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://u@h/d", "sqlite", "ftp://x/y"])
def test_a_url_of_no_database_we_know_is_refused_by_name(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        open_store(url)
    assert caught.value.name == "USERMON_STORE_URL"
    assert "postgresql://" in caught.value.remedy


def test_a_bad_url_is_not_repeated_for_it_may_hold_a_password() -> None:
    with pytest.raises(SettingsError) as caught:
        open_store("mysql://usermon:sesame@host/db")
    assert "sesame" not in caught.value.message + caught.value.remedy


def test_a_server_that_does_not_answer_is_an_error_with_a_remedy_and_no_password() -> None:
    with pytest.raises(StoreUnreachable) as caught:
        open_store("postgresql://usermon:sesame@127.0.0.1:1/db")
    assert "sesame" not in str(caught.value)
    assert "USERMON_STORE_URL" in caught.value.remedy


@pytest.mark.postgres
def test_a_wrong_password_is_an_error_with_a_remedy(store: Store) -> None:
    if store.engine.dialect.name == "sqlite":
        return
    wrong = store.engine.url.set(password="wrong").render_as_string(hide_password=False)
    with pytest.raises(StoreUnreachable, match="password authentication failed"):
        open_store(wrong)


def test_a_folder_that_cannot_be_made_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnreachable, match="cannot be made") as caught:
        open_store(f"sqlite:///{tmp_path / 'file' / 'usermon.db'}")
    assert "USERMON_STATE_DIR" in caught.value.remedy


def test_a_file_that_is_no_database_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "usermon.db").write_text("this is a letter to somebody, and rather a long one\n" * 100)
    with pytest.raises(StoreUnreachable, match="not a database"):
        open_store(f"sqlite:///{tmp_path / 'usermon.db'}")


def test_what_is_written_is_kept_whole_or_not_at_all(store: Store) -> None:
    def write_and_stumble() -> None:
        with store.writing() as connection:
            save_storage(connection, [usage("alice")])
            raise RuntimeError("stumbled")

    with pytest.raises(RuntimeError):
        write_and_stumble()
    with store.reading() as connection:
        assert latest_storage(connection) == []


def test_a_reader_sees_one_moment_while_others_write(store: Store) -> None:
    with store.writing() as connection:
        next_revision(connection, "storage")
    with store.reading() as reader:
        before = current_revision(reader, "storage")
        with store.writing() as writer:
            next_revision(writer, "storage")
        assert current_revision(reader, "storage") == before
    with store.reading() as reader:
        assert current_revision(reader, "storage") == before + 1


def test_writers_wait_for_one_another_and_lose_nothing(store: Store) -> None:
    def count_up() -> None:
        for _ in range(25):
            with store.writing() as connection:
                seen = current_revision(connection, "storage")
                assert next_revision(connection, "storage") == seen + 1

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as connection:
        assert current_revision(connection, "storage") == 100


def write_samples(url: str, user: str) -> None:
    store = open_store(url)
    for n in range(20):
        with store.writing() as connection:
            samples = [usage(f"{user}{k}", time=NOON + timedelta(minutes=n)) for k in range(20)]
            save_storage(connection, samples)
    store.close()


def test_the_overview_reads_while_two_processes_write(store: Store, store_url: str) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_samples, args=(store_url, user)) for user in ("alice", "bob")]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        with store.reading() as connection:
            assert len(latest_storage(connection)) % 20 == 0
        time.sleep(0.02)
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0]
    with store.reading() as connection:
        assert len(latest_storage(connection)) == 40


def test_a_writer_that_waits_too_long_says_so(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 1)
    monkeypatch.setattr(
        engine, "_LOCK_OUT_OTHER_WRITERS", text(str(engine._LOCK_OUT_OTHER_WRITERS).replace("30s", "1s"))
    )
    slow, quick = open_store(store_url), open_store(store_url)
    with slow.writing() as connection:
        next_revision(connection, "storage")
        started = time.monotonic()
        with pytest.raises(StoreUnreachable, match="lock"):
            quick.writing().__enter__()
        assert time.monotonic() - started < 20
    slow.close()
    quick.close()


def test_on_a_full_disk_nothing_is_lost_and_the_error_says_so(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    with mounted_small_disk(disk, size="2m"):
        store = open_store(f"sqlite:///{disk / 'usermon.db'}")
        with store.writing() as connection:
            save_storage(connection, [usage("alice")])

        def write_too_much() -> None:
            for n in range(1_000):
                with store.writing() as connection:
                    save_storage(connection, [usage(f"user{n}-{k}") for k in range(500)])

        with pytest.raises(StoreUnreachable, match="full"):
            write_too_much()
        with store.reading() as connection:
            assert "alice" in {row.user for row in latest_storage(connection)}
        store.close()


PROGRAM = """
import os, sys
from usage_store.engine import open_store
from usage_store.revisions import next_revision
open_store("sqlite://").close()  # all is loaded now; root's Python may be root's alone to read
os.setgroups([]); os.setgid(10001); os.setuid(10001)
store = open_store(sys.argv[1])
with store.writing() as connection:
    print(next_revision(connection, "storage"))
"""


if os.geteuid() == 0:  # nobody else makes files for others

    def test_root_and_the_containers_user_write_the_same_file(tmp_path: Path) -> None:
        folder = tmp_path / "store"
        folder.mkdir()
        os.chown(folder, 10_001, 10_001)
        for above in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
            above.chmod(stat.S_IMODE(above.stat().st_mode) | 0o011)
        url = f"sqlite:///{folder / 'usermon.db'}"
        store = open_store(url)
        for number in (1, 3):
            with store.writing() as connection:
                assert next_revision(connection, "storage") == number
            # The write-ahead log of the open store lies beside the database now.
            other = subprocess.run(
                [sys.executable, "-c", PROGRAM, url], capture_output=True, text=True, check=False
            )
            assert other.stdout == f"{number + 1}\n", other.stderr
        assert {file.stat().st_uid for file in folder.iterdir()} == {10_001}
        store.close()

    def test_what_root_made_before_the_folder_was_given_away_is_given_too(tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path / 'store' / 'usermon.db'}"
        open_store(url).close()
        assert (tmp_path / "store" / "usermon.db").stat().st_uid == 0
        os.chown(tmp_path / "store", 10_001, 10_001)
        open_store(url).close()
        assert (tmp_path / "store" / "usermon.db").stat().st_uid == 10_001

    def test_root_gives_away_nothing_that_lies_elsewhere(tmp_path: Path) -> None:
        (tmp_path / "precious").write_text("root's own")
        (tmp_path / "store").mkdir()
        os.chown(tmp_path / "store", 10_001, 10_001)
        (tmp_path / "store" / "usermon.db").symlink_to(tmp_path / "precious")
        with pytest.raises(StoreUnreachable, match="cannot be made"):
            open_store(f"sqlite:///{tmp_path / 'store' / 'usermon.db'}")
        assert (tmp_path / "precious").stat().st_uid == 0
