"""/events: what an open page is told, how many are told, and that it ends."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.factories import published
from tests.user_dashboard.asking import ALICE
from tests.user_dashboard.io_samples import publish_io, published_io
from tests.user_dashboard.samples import publish
from user_dashboard import events
from user_dashboard.events import MOST_STREAMS, Events


def opened(app: Flask) -> Iterator[bytes]:
    """The parts of a stream, as they come."""
    answer = app.test_client().get("/events", auth=ALICE, buffered=False)
    assert answer.status_code == 200
    assert answer.mimetype == "text/event-stream"
    return iter(answer.response)  # type: ignore[arg-type]


def test_a_page_is_told_at_once_how_things_stand_and_then_of_each_change(
    app: Flask, data_folder: Path
) -> None:
    stream = opened(app)
    assert next(stream).startswith(b"retry: ")
    first = next(stream)
    publish(data_folder, published())
    second = next(stream)
    publish_io(data_folder, published_io())
    third = next(stream)
    assert len({first, second, third}) == 3
    for event in (first, second, third):
        assert event.startswith(b"id: ")
        assert event.endswith(b"\n\n")


def test_a_page_that_comes_again_hears_the_same_while_nothing_changed(app: Flask) -> None:
    one, another = opened(app), opened(app)
    next(one), next(another)
    assert next(one) == next(another)


def test_further_pages_are_refused_until_one_leaves(app: Flask) -> None:
    client = app.test_client()
    streams = [client.get("/events", auth=ALICE, buffered=False) for _ in range(MOST_STREAMS)]
    refused = client.get("/events", auth=ALICE)
    assert refused.status_code == 503
    assert refused.headers["Retry-After"]
    assert (refused.json or {})["error"] == "this dashboard is open too often"
    streams[0].close()
    assert client.get("/events", auth=ALICE, buffered=False).status_code == 200


def test_a_stream_ends_so_that_the_login_is_asked_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_LASTS_SECONDS", 0.0)
    assert len(list(opened(app))) == 2


def test_a_silent_stream_says_that_it_lives(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_HEARTBEAT_SECONDS", 0.0)
    stream = opened(app)
    assert [next(stream) for _ in range(3)][2] == b":\n\n"


def test_all_streams_end_at_once_when_the_dashboard_does(app: Flask) -> None:
    stream = opened(app)
    next(stream), next(stream)
    stopping: Events = app.extensions["usermon_events"]
    threading.Timer(0.1, stopping.stop).start()
    assert list(stream) == []


def test_a_stream_ends_when_its_browser_is_gone(app: Flask) -> None:
    answer = app.test_client().get(
        "/events",
        auth=ALICE,
        buffered=False,
        environ_overrides={"waitress.client_disconnected": lambda: True},
    )
    assert len(list(answer.response)) == 2
