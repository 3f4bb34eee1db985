"""The invented facility: the same each time, in the shapes that real ones have."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import examples
from collectors.one_pass import run_pass
from collectors.store_sink import StoreSink
from examples.generate import CRYO, LOCAL, generate, main
from usage_store.engine import Store
from usage_store.storage import latest_storage, storage_histories
from usermon.site_file import read_site_file
from usermon.units import gb_from_bytes
from usermon.user_names import check_user_name

NOW = datetime(2026, 11, 5, 9, 42, tzinfo=UTC)
FOLDER = Path(examples.__file__).parent


@pytest.fixture
def data(tmp_path: Path) -> Path:
    generate(tmp_path / "data", NOW)
    return tmp_path / "data"


def users_of(file: str) -> list[str]:
    lines = (FOLDER / file).read_text().splitlines()
    return [check_user_name(line) for line in lines if line and not line.startswith("#")]


def test_twelve_users_some_in_one_list_only() -> None:
    local, cryo = set(users_of("local_users.txt")), set(users_of("cryo_users.txt"))
    assert len(local | cryo) == 12
    assert local - cryo
    assert cryo - local


def test_some_have_no_data_and_some_data_has_no_listed_user() -> None:
    listed = {*users_of("local_users.txt"), *users_of("cryo_users.txt")}
    assert listed - {*LOCAL, *CRYO}
    assert {*LOCAL, *CRYO} - listed


def test_the_same_moment_gives_the_same_files(data: Path, tmp_path: Path) -> None:
    generate(tmp_path / "again", NOW)
    for file in sorted(path for path in data.rglob("*") if path.is_file()):
        assert (tmp_path / "again" / file.relative_to(data)).read_bytes() == file.read_bytes()


def test_every_line_is_taken_and_ends_as_each_course_says(
    sqlite_store: Store, tmp_path: Path, data: Path
) -> None:
    (tmp_path / "usermon.toml").write_text((FOLDER / "usermon.toml").read_text())
    for source in read_site_file(tmp_path / "usermon.toml").sources:
        run = run_pass(StoreSink(sqlite_store), source)
        assert (run.error, run.rejected, run.known) == (None, 0, 0)
    with sqlite_store.reading() as connection:
        latest = {(row.volume, row.user): row for row in latest_storage(connection)}
    for volume, courses in (("local", LOCAL), ("cryo", CRYO)):
        for user, course in courses.items():
            row = latest[volume, user]
            assert (gb_from_bytes(row.used_bytes), row.files) == (course.gb, course.files)
            assert row.time == int((NOW.replace(minute=30) - course.ended).timestamp())


def test_a_year_with_steps_deletions_and_a_gap(sqlite_store: Store, tmp_path: Path, data: Path) -> None:
    (tmp_path / "usermon.toml").write_text((FOLDER / "usermon.toml").read_text())
    for source in read_site_file(tmp_path / "usermon.toml").sources:
        run_pass(StoreSink(sqlite_store), source)
    with sqlite_store.reading() as connection:
        alice = storage_histories(connection, "alice")["local"]
        charlie = storage_histories(connection, "charlie")["local"]
    assert alice.time[-1] - alice.time[0] == timedelta(days=365).total_seconds()
    steps = [after - before for before, after in zip(alice.used_bytes, alice.used_bytes[1:], strict=False)]
    assert max(steps) > 0
    assert min(steps) < 0
    assert steps.count(0) > len(steps) / 2
    gaps = [after - before for before, after in zip(charlie.time, charlie.time[1:], strict=False)]
    assert max(gaps) > timedelta(days=11).total_seconds()


def test_if_missing_leaves_what_is_there(tmp_path: Path) -> None:
    main(["--out", str(tmp_path / "data"), "--if-missing"])
    file = tmp_path / "data" / "local" / "alice.csv"
    file.write_text("mine\n")
    main(["--out", str(tmp_path / "data"), "--if-missing"])
    assert file.read_text() == "mine\n"


def test_made_anew_the_folders_stay_and_old_files_go(data: Path) -> None:
    (data / "local" / "stranger.csv").write_text("2026-01-01 00:00,1,1\n")
    inode = (data / "local").stat().st_ino
    generate(data, NOW + timedelta(days=1))
    assert not (data / "local" / "stranger.csv").exists()
    assert (data / "local").stat().st_ino == inode
    assert not data.with_name("data.new").exists()


def test_it_ends_now(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--out", str(tmp_path / "data")])
    assert "25 files in" in capsys.readouterr().out
    source = read_site_file(FOLDER / "usermon.toml").sources[0]
    last = (tmp_path / "data" / "local" / "alice.csv").read_text().splitlines()[-1].split(",")[0]
    assert source.timezone == "Europe/Berlin"
    written = datetime.fromisoformat(f"{last}:00").replace(tzinfo=UTC).timestamp()
    assert abs(written - time.time()) < 3 * 3600  # at most two hours of time zone, and half an hour of step
