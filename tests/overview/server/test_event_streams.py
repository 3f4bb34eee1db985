"""Listening to a real server: what is told, to whom, and when a stream ends."""

import threading
import time

import pytest

from overview.server import event_streams
from overview.server.event_streams import EventStreams, Revisions
from tests.factories import usage
from tests.overview.server.conftest import BASIC, Running, Serve, sign_in
from usage_store.api_tokens import ApiToken, save_token
from usage_store.engine import Store
from usage_store.revisions import next_revision
from usage_store.storage_saving import save_storage
from usermon.secret import Secret


def save(store: Store, gb: float = 100) -> None:
    with store.writing() as connection:
        save_storage(connection, [usage(gb=gb)])


def test_a_save_is_told_to_everybody_who_listens(running: Running) -> None:
    streams = [running.listen() for _ in range(20)]
    assert [stream.changed() for stream in streams] == [{}] * 20
    save(running.store)
    assert [stream.changed() for stream in streams] == [{"storage": 1}] * 20
    with running.store.writing() as connection:
        next_revision(connection, "hosts")
    assert [stream.changed() for stream in streams] == [{"hosts": 1}] * 20


def test_many_listeners_take_no_threads(running: Running) -> None:
    running.listen().changed()
    before = threading.active_count()
    for _ in range(40):
        running.listen().changed()
    # The eight that answer requests, at most, and none for each listener.
    assert threading.active_count() <= before + 8
    assert running.ask("/storage").status == 200


def test_who_comes_back_is_told_where_everything_stands(running: Running) -> None:
    save(running.store)
    stream = running.listen()
    assert stream.changed() == {"storage": 1}
    stream.leave()
    save(running.store, gb=101)
    again = running.listen({**BASIC, "Last-Event-ID": "1"})
    assert again.lines()[1:] == ["id: 2", "event: changed", 'data: {"storage":2}']


def test_a_stream_that_is_quiet_shows_that_it_lives(monkeypatch: pytest.MonkeyPatch, serve: Serve) -> None:
    monkeypatch.setattr(event_streams, "HEARTBEAT_SECONDS", 0.05)
    stream = serve().listen()
    stream.changed()
    assert stream.lines() == [": still here"]


def test_signing_out_ends_the_stream(monkeypatch: pytest.MonkeyPatch, serve: Serve) -> None:
    monkeypatch.setattr(event_streams, "HEARTBEAT_SECONDS", 0.05)
    monkeypatch.setattr(event_streams, "CHECK_SECONDS", 0.1)
    running = serve()
    browser = sign_in(running)
    stream, of_another = running.listen(browser), running.listen()
    stream.changed()
    of_another.changed()
    assert running.ask("/logout", browser, "POST", b"").status == 303
    while stream.lines():
        pass
    assert of_another.lines() == [": still here"]


def test_a_token_that_was_replaced_ends_the_stream(monkeypatch: pytest.MonkeyPatch, serve: Serve) -> None:
    monkeypatch.setattr(event_streams, "HEARTBEAT_SECONDS", 0.05)
    monkeypatch.setattr(event_streams, "CHECK_SECONDS", 0.1)
    running = serve()

    def new_token() -> dict[str, str]:
        secret = Secret.random()
        with running.store.writing() as connection:
            save_token(connection, ApiToken("wall", "read"), secret, time.time())
        return {"Authorization": f"Bearer {secret.reveal()}"}

    stream = running.listen(new_token())
    stream.changed()
    new_token()
    while stream.lines():
        pass


def test_the_server_stops_though_somebody_listens(running: Running) -> None:
    stream = running.listen()
    stream.changed()
    running.stop()
    assert stream.lines() == []


def test_more_listeners_than_are_held_are_sent_away(monkeypatch: pytest.MonkeyPatch, serve: Serve) -> None:
    monkeypatch.setattr(EventStreams.__init__, "__defaults__", (2,))
    running = serve()
    streams = [running.listen() for _ in range(2)]
    for stream in streams:
        stream.changed()
    refused = running.ask("/api/events")
    assert (refused.status, refused.headers["Retry-After"]) == (503, "30")
    assert running.ask("/storage").status == 200
    streams[0].leave()
    # Whether the place is free again shows at the next look.
    until = time.monotonic() + 20
    while running.ask("/api/events").status == 503:
        assert time.monotonic() < until
        time.sleep(0.02)


def test_the_store_is_looked_at_while_somebody_listens_and_not_else(
    monkeypatch: pytest.MonkeyPatch, serve: Serve
) -> None:
    monkeypatch.setattr(event_streams, "LOOK_SECONDS", 0.02)
    running = serve()
    streams = running.server.streams
    looks: list[int] = []
    look = streams._look

    def counted() -> Revisions:
        looks.append(1)
        return look()

    monkeypatch.setattr(streams, "_look", counted)
    stream = running.listen()
    stream.changed()
    save(running.store)
    stream.changed()
    assert looks
    stream.leave()
    while streams._watching is None or not streams._watching.done():
        time.sleep(0.01)
    seen = len(looks)
    time.sleep(0.1)
    assert len(looks) == seen
