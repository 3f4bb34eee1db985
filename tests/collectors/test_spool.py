"""The spool: in order, on disk, within bounds, and never silent about what it had to drop."""

import errno
import os
from pathlib import Path

import pytest

from collectors.spool import Spool, SpoolUnwritable


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


def full_disk(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def drain(spool: Spool) -> list[bytes]:
    found = []
    while (batch := spool.oldest()) is not None:
        found.append(spool.read(batch))
        spool.remove(batch)
    return found


def test_batches_come_in_the_order_in_which_they_went_in(spool: Spool, tmp_path: Path) -> None:
    for number in range(5):
        spool.put("storage", "local", b"%d" % number)
    assert len(spool) == 5
    again = Spool(tmp_path / "spool")  # after a restart
    again.put("storage", "local", b"5")
    assert drain(again) == [b"0", b"1", b"2", b"3", b"4", b"5"]
    assert len(again) == 0


def test_the_name_tells_the_batch_and_its_key_stays(spool: Spool, tmp_path: Path) -> None:
    spool.put("hosts", "node-1.example_org", b"x")
    batch, again = spool.oldest(), Spool(tmp_path / "spool").oldest()
    assert batch is not None
    assert batch == again
    assert (batch.kind, batch.source, len(batch.key)) == ("hosts", "node-1.example_org", 32)


def test_order_holds_with_more_batches_than_names_are_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collectors.spool._NAMES_AT_ONCE", 4)
    spool = Spool(tmp_path / "spool")
    seen: list[bytes] = []
    for number in range(30):
        spool.put("storage", "local", b"%d" % number)
        if number % 3 == 2:
            batch = spool.oldest()
            assert batch is not None
            seen.append(spool.read(batch))
            spool.remove(batch)
    assert seen + drain(spool) == [b"%d" % number for number in range(30)]


def test_a_batch_may_go_before_all_others(spool: Spool) -> None:
    spool.put("storage", "local", b"second")
    spool.put_first("runs", "local", b"first")
    assert drain(spool) == [b"first", b"second"]
    spool.put_first("runs", "local", b"alone")
    assert drain(spool) == [b"alone"]


def test_sources_that_are_held_are_passed_over(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collectors.spool._NAMES_AT_ONCE", 2)
    for source in ("held", "held", "held", "free"):
        spool.put("storage", source, source.encode())
    found = spool.oldest({"held"})
    assert found is not None
    assert found.source == "free"
    spool.remove(found)
    assert spool.oldest({"held"}) is None


def test_when_it_is_full_the_oldest_goes_and_that_is_kept_to_be_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    spool = Spool(tmp_path / "spool", largest_bytes=3 * 4096)
    for number in range(5):
        spool.put("storage", "local" if number else "cryo", b"%d" % number)
    assert caplog.text.count("the spool is full") == 1  # not once a batch
    assert "its bounds are 0.0117 MiB and 200000 batches): dropped the 1 oldest" in caplog.text
    assert "of source cryo" in caplog.text
    dropped = Spool(tmp_path / "spool").dropped()
    assert {source: one.batches for source, one in dropped.items()} == {"cryo": 1, "local": 1}
    assert dropped["local"].first_at <= dropped["local"].last_at
    assert drain(spool) == [b"2", b"3", b"4"]
    spool.forget_dropped("cryo")
    assert spool.dropped().keys() == {"local"}
    spool.forget_dropped("local")
    assert Spool(tmp_path / "spool").dropped() == spool.dropped() == {}


def test_what_a_full_disk_could_not_take_is_kept_to_be_told(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("collectors.spool.write_atomically", full_disk)
        for _ in range(2):
            with pytest.raises(SpoolUnwritable, match="No space left on device"):
                spool.put("storage", "local", b"x")
    assert spool.dropped()["local"].batches == 2
    spool.forget_dropped("local")
    assert spool.dropped() == {}


def test_on_a_full_disk_what_is_told_is_forgotten_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool(tmp_path / "spool", largest_bytes=4096)
    for source in ("cryo", "local", "last"):
        spool.put("storage", source, b"x")
    monkeypatch.setattr("collectors.spool.write_atomically", full_disk)
    spool.forget_dropped("cryo")
    assert spool.dropped().keys() == {"local"}
    with pytest.raises(SpoolUnwritable):
        spool.put("storage", "new", b"x")
    assert spool.dropped().keys() == {"local", "last", "new"}


def test_another_account_than_the_spools_owner_is_refused(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collectors.spool.os.geteuid", lambda: 4_000_000)
    with pytest.raises(SpoolUnwritable, match=r"belongs to the account .*, and this runs as 4000000"):
        Spool(spool.folder)


def test_a_batch_that_was_refused_is_kept_apart_with_the_reason(spool: Spool) -> None:
    spool.put("storage", "local", b"bad")
    spool.put("storage", "local", b"good")
    batch = spool.oldest()
    assert batch is not None
    aside = spool.set_aside(batch, "400: not a batch")
    assert aside.read_bytes() == b"bad"
    assert aside.with_suffix(".reason").read_text() == "400: not a batch\n"
    assert drain(spool) == [b"good"]


def test_what_is_kept_apart_makes_room_for_newer_ones(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collectors.spool._ASIDE_FILES", 6)
    for _ in range(10):
        spool.put("storage", "local", b"bad")
        batch = spool.oldest()
        assert batch is not None
        newest = spool.set_aside(batch, "400")
    assert newest.exists()
    assert len(list(newest.parent.iterdir())) <= 7


def test_a_half_written_file_is_no_batch(spool: Spool, tmp_path: Path) -> None:
    (tmp_path / "spool" / ".00000000000000000001~storage~local~ab.batch.tmp").write_bytes(b"ha")
    (tmp_path / "spool" / "notes.txt").write_text("not ours")
    (tmp_path / "spool" / "abc~storage~local~ab.batch").write_text("nor this")
    (tmp_path / "spool" / f"{1:020d}~storage~local~ab.batch").mkdir()
    assert Spool(tmp_path / "spool").oldest() is None


def test_a_folder_that_cannot_be_one_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SpoolUnwritable, match="cannot be used") as caught:
        Spool(tmp_path / "file" / "spool")
    assert "USERMON_STATE_DIR" in caught.value.remedy


def test_what_is_spooled_is_for_its_owner_alone(spool: Spool) -> None:
    spool.put("storage", "local", b"x")
    batch = spool.oldest()
    assert batch is not None
    assert (spool.folder / batch.name).stat().st_mode & 0o077 == 0
    assert spool.folder.stat().st_mode & 0o077 == 0
