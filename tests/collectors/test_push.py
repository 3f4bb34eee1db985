"""Delivering: in order, each batch until it is taken; what may heal is waited for, nothing is in a loop."""

import errno
import os
import threading
from pathlib import Path

import pytest

from collectors.hub import Hub
from collectors.push import DeliveryUnderWay, Pusher, SourceRefused, only_delivery
from collectors.spool import Spool
from tests.collectors.fake_hub import PATIENCE, TAKEN, Answer, FakeHub, fill, wait_until
from usermon.batch import DELIVERY, read_batch, unpack
from usermon.errors import UsermonError


def test_all_that_waits_is_delivered_in_order_each_with_its_key(
    hub: FakeHub, spool: Spool, pusher: Pusher
) -> None:
    fill(spool, b"a", b"b", b"c")
    pusher.deliver_all()
    assert hub.contents == [b"a", b"b", b"c"]
    assert {path for path, _, _ in hub.came} == {"/api/ingest/storage"}
    assert len({key for _, key, _ in hub.came}) == 3
    assert set(hub.tokens) == {f"Bearer {'t' * 64}"}
    assert len(spool) == 0


@pytest.mark.parametrize(
    "answer",
    [
        (503, {"error": "the store is busy", "remedy": "later"}),
        (401, {"error": "no such token is known", "remedy": "make one"}),
        (429, {"error": "too many", "remedy": "later"}),
        (502, b"<html>bad gateway</html>"),
        (400, b"<html>who are you?</html>"),
        (301, b""),
        (200, b"<html>a portal's login</html>"),
    ],
    ids=lambda answer: f"{answer[0]}",
)
def test_what_may_heal_is_waited_for_and_the_order_stays(
    hub: FakeHub, spool: Spool, pusher: Pusher, answer: Answer
) -> None:
    fill(spool, b"a", b"b")
    hub.answer = lambda _path, _content: answer
    with pytest.raises(UsermonError):
        pusher.deliver_all()
    assert (hub.contents, len(spool)) == ([b"a"], 2)
    hub.answer = lambda _path, _content: TAKEN
    pusher.deliver_all()
    assert hub.contents == [b"a", b"a", b"b"]
    assert hub.came[0] == hub.came[1]


@pytest.mark.parametrize("status", [400, 413, 415, 422])
def test_what_never_heals_is_kept_apart_and_told_to_the_hub(
    hub: FakeHub, spool: Spool, pusher: Pusher, status: int
) -> None:
    fill(spool, b"bad", b"good")
    hub.refuse(status, "not a batch", when=b"bad")
    pusher.deliver_all()
    assert hub.contents[0] == b"bad"
    assert hub.contents[2:] == [b"good"]
    path, _, report = hub.came[1]
    assert path == "/api/ingest/runs"
    told = read_batch(unpack(report), ()).envelope
    assert told.source == "local"
    assert told.run.error == f"the hub refused a batch for good: {status}: not a batch"
    (aside,) = (spool.folder / "aside").glob("*.batch")
    assert aside.read_bytes() == b"bad"


def test_even_a_report_that_is_refused_makes_no_loop(hub: FakeHub, spool: Spool, pusher: Pusher) -> None:
    fill(spool, b"a", b"b")
    hub.refuse(400, "not a batch")
    pusher.deliver_all()
    assert len(spool) == 0
    assert len(hub.came) == 4  # two batches and their two reports


@pytest.mark.parametrize(
    ("status", "error"), [(403, "this token may not deliver the source 'cryo'"), (404, "no such kind")]
)
def test_a_source_that_is_refused_stays_and_holds_up_no_other(
    hub: FakeHub, spool: Spool, pusher: Pusher, status: int, error: str
) -> None:
    fill(spool, b"x", source="cryo")
    fill(spool, b"a", b"b")
    hub.refuse(status, error, when=b"x")
    with pytest.raises(SourceRefused, match=r"^cryo: "):
        pusher.deliver_all()
    assert hub.contents == [b"x", b"a", b"b"]
    assert len(spool) == 1


def test_what_was_dropped_is_told_first(hub: FakeHub, token_file: Path, tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool", largest_bytes=2 * 4096)
    fill(spool, b"a", b"b", b"c", b"d")
    again: list[str] = []
    Pusher(spool, Hub(f"http://127.0.0.1:{hub.port}", token_file), when_dropped=again.append).deliver_all()
    assert again == ["local"]
    assert hub.contents[1:] == [b"c", b"d"]
    told = read_batch(unpack(hub.contents[0]), ()).envelope
    assert told.run.error is not None
    assert told.run.error.startswith("2 batches were dropped from ")
    assert told.run.remedy is not None
    assert "USERMON_SPOOL_MB" in told.run.remedy
    assert [(one.file, one.lines[0].reason) for one in told.rejected] == [(DELIVERY, told.run.error)]
    assert spool.dropped() == {}


def test_a_full_disk_holds_up_no_delivery(
    hub: FakeHub, token_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool(tmp_path / "spool", largest_bytes=2 * 4096)
    fill(spool, b"a", b"b", b"c")
    pusher = Pusher(spool, Hub(f"http://127.0.0.1:{hub.port}", token_file))

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr("collectors.spool.write_atomically", full)
        with pytest.raises(UsermonError):
            fill(spool, b"d")
        stopping = threading.Event()
        thread = threading.Thread(target=pusher.run, args=(stopping,))
        thread.start()
        wait_until(lambda: len(spool) == 0)
        stopping.set()
        thread.join(PATIENCE)
    assert hub.contents == [b"c"]
    assert spool.dropped()["local"].batches == 3
    pusher.deliver_all()  # there is room again
    told = read_batch(unpack(hub.contents[1]), ()).envelope
    assert str(told.run.error).startswith("3 batches were dropped from ")


def test_a_batch_that_cannot_be_read_holds_up_no_other(
    hub: FakeHub, spool: Spool, pusher: Pusher, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(spool, b"roots", b"good")
    bad = spool.oldest()
    assert bad is not None
    read = Path.read_bytes

    def read_bytes(file: Path) -> bytes:
        if file.name == bad.name:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return read(file)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    pusher.deliver_all()
    assert hub.contents[1:] == [b"good"]
    told = read_batch(unpack(hub.contents[0]), ()).envelope
    assert f"{bad.name} cannot be read: Permission denied" in str(told.run.error)
    assert [file.name for file in (spool.folder / "aside").glob("*.batch")] == [bad.name]


def test_an_agent_with_nothing_to_deliver_keeps_no_connection(
    hub: FakeHub, spool: Spool, pusher: Pusher
) -> None:
    fill(spool, b"a")
    stopping = threading.Event()
    thread = threading.Thread(target=pusher.run, args=(stopping,))
    thread.start()
    wait_until(lambda: len(spool) == 0 and pusher.hub._connection is None)
    stopping.set()
    thread.join(PATIENCE)
    assert hub.contents == [b"a"]


def test_a_hub_that_comes_back_gets_all_in_order(hub: FakeHub, spool: Spool, pusher: Pusher) -> None:
    hub.refuse(503, "the store is busy")
    fill(spool, b"a")
    stopping = threading.Event()
    thread = threading.Thread(target=pusher.run, args=(stopping,))
    thread.start()
    wait_until(lambda: len(hub.came) >= 2)
    fill(spool, b"b", b"c")
    hub.answer = lambda _path, _content: TAKEN
    wait_until(lambda: len(spool) == 0)
    stopping.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert hub.contents[-3:] == [b"a", b"b", b"c"]
    assert set(hub.contents[:-2]) == {b"a"}


def test_waits_grow_and_differ(pusher: Pusher) -> None:
    waits = [pusher._wait(None) for _ in range(20)]
    assert 0.025 <= waits[0] <= 0.05
    assert all(150 <= wait <= 300 for wait in waits[-3:])
    assert len(set(waits)) == len(waits)
    assert 30 <= Pusher(pusher.spool, pusher.hub)._wait(30.0) <= 45


def test_one_process_delivers_at_a_time(spool: Spool, pusher: Pusher) -> None:
    with only_delivery(spool), pytest.raises(DeliveryUnderWay):
        pusher.deliver_all()
