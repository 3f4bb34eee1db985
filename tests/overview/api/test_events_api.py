"""GET /api/events, as a view: who may listen, and what is told first."""

import json
import re
import time

import pytest
from flask.testing import FlaskClient

from overview.events import EVENT_LINE, EventLine, changed_event
from tests.factories import usage
from tests.overview.conftest import Get
from tests.overview.site import ADMIN
from usage_store.api_tokens import ApiToken, save_token
from usage_store.engine import Store
from usage_store.storage_saving import save_storage
from usermon.secret import Secret


def save(store: Store) -> None:
    with store.writing() as connection:
        save_storage(connection, [usage()])


def test_the_first_event_names_all_topics_and_their_revisions(get: Get, sqlite_store: Store) -> None:
    save(sqlite_store)
    answer = get("/api/events")
    assert answer.mimetype == "text/event-stream"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Accel-Buffering"] == "no"
    told = answer.get_data(as_text=True)
    assert re.fullmatch(r'retry: [12]\d{3}\nid: 1\nevent: changed\ndata: {"storage":1}\n\n', told)


def test_later_events_name_what_changed_alone() -> None:
    event = changed_event({"io": 4, "storage": 1}, {"io": 4, "storage": 2, "hosts": 1}).decode()
    assert event.startswith("id: 7\nevent: changed\n")
    assert json.loads(event.partition("data: ")[2]) == {"storage": 2, "hosts": 1}


def test_nobody_listens_without_a_password_or_a_token_to_read(
    client: FlaskClient, sqlite_store: Store
) -> None:
    assert client.get("/api/events").status_code == 401
    for scope, status in (("read", 200), ("ingest", 403)):
        secret = Secret.random()
        with sqlite_store.writing() as connection:
            save_token(connection, ApiToken(scope, scope), secret, time.time())
        bearer = {"Authorization": f"Bearer {secret.reveal()}"}
        assert client.get("/api/events", headers=bearer).status_code == status


@pytest.mark.parametrize(("method", "is_taken"), [("GET", True), ("HEAD", False)])
def test_a_line_is_taken_by_who_asks_for_the_stream(
    client: FlaskClient, sqlite_store: Store, method: str, is_taken: bool
) -> None:
    save(sqlite_store)
    line = EventLine(is_free=True)
    client.open("/api/events", method=method, auth=ADMIN, environ_overrides={EVENT_LINE: line})
    assert line.revisions == ({"storage": 1} if is_taken else None)


def test_one_listener_too_many_is_told_when_to_come_again(client: FlaskClient) -> None:
    line = EventLine(is_free=False)
    answer = client.get("/api/events", auth=ADMIN, environ_overrides={EVENT_LINE: line})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert set(answer.get_json()) == {"error", "remedy"}
    assert line.revisions is None
