"""Delivery over HTTP: from the token's own sources alone, once, and refused in words that help."""

import gzip
import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from overview import create_app
from overview.api.ingest import AT_ONCE
from tests.factories import usage
from tests.overview.conftest import Get
from tests.overview.site import ADMIN, make_state
from usage_store.api_tokens import ApiToken, save_token
from usage_store.engine import Store, open_store
from usage_store.storage import storage_histories
from usermon.batch import (
    LARGEST_PACKED_BYTES,
    LARGEST_PLAIN_BYTES,
    DeliveredRun,
    Envelope,
    pack,
    read_batch,
    record_to_wire,
)
from usermon.secret import Secret

TOKEN = "i" * 64
RUN = DeliveredRun(time.time() - 1, time.time())


@pytest.fixture
def post(client: FlaskClient, sqlite_store: Store) -> Any:
    """An agent with a token for the sources local and cryo delivers."""
    with sqlite_store.writing() as connection:
        token = ApiToken("node1", "ingest", frozenset({"local", "cryo"}))
        save_token(connection, token, Secret(TOKEN), time.time())

    def send(
        content: bytes, key: str | None = "key-00001", kind: str = "storage", **headers: str
    ) -> TestResponse:
        sent = {"Authorization": f"Bearer {TOKEN}", "Content-Encoding": "gzip", **headers}
        if key is not None:
            sent["Idempotency-Key"] = key
        return client.post(f"/api/ingest/{kind}", data=content, headers=sent)

    return send


def packed(*users: str, source: str = "local") -> bytes:
    return pack(Envelope(source, "storage_csv", RUN), [record_to_wire(usage(user)) for user in users])


def holds(store: Store, user: str) -> bool:
    with store.reading() as connection:
        return "local" in storage_histories(connection, user)


def test_a_batch_is_taken_packed_or_plain(post: Any, sqlite_store: Store) -> None:
    answer = post(packed("alice"))
    assert (answer.status_code, answer.get_json()["taken"]) == (200, 1)
    plain = gzip.decompress(packed("bob"))
    assert post(plain, "key-00002", **{"Content-Encoding": "identity"}).status_code == 200
    assert holds(sqlite_store, "alice")
    assert holds(sqlite_store, "bob")


def test_a_batch_that_comes_again_gets_the_same_answer(post: Any) -> None:
    first, again = post(packed("alice")), post(packed("alice"))
    assert first.get_json() == again.get_json()
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"


def test_a_pass_that_failed_is_told_without_records(post: Any, get: Get) -> None:
    failed = Envelope("local", "mmrepquota", DeliveredRun(RUN.started_at, RUN.finished_at, "no such command"))
    assert post(pack(failed, []), kind="runs").status_code == 200
    (source,) = get("/api/collection").get_json()["sources"]
    assert (source["collector"], source["error"]) == ("mmrepquota", "no such command")


@pytest.mark.parametrize("run", [DeliveredRun(1e308, 1e308), DeliveredRun(1.0, -1.0)])
def test_a_pass_that_was_at_no_time_is_refused(post: Any, get: Get, run: DeliveredRun) -> None:
    answer = post(pack(Envelope("local", "mmrepquota", run), []), kind="runs")
    assert answer.status_code == 400
    assert "no moment between 1970 and 9999" in answer.get_json()["error"]
    assert get("/api/collection").get_json()["sources"] == []


def test_a_bad_record_is_told_and_shown_with_its_reason(post: Any, get: Get) -> None:
    answer = post(packed("<b>bold</b>", "alice"))
    assert answer.get_json()["not_kept"] == [{"record": 1, "reason": "user: character '<'"}]
    (line,) = get("/api/collection").get_json()["rejected"]
    assert line["reason"] == "user: character '<'"


@pytest.mark.parametrize(
    ("content", "status", "told"),
    [
        (b"", 400, "packed with gzip, but cut"),
        (b"\x00\x01", 400, "not packed with gzip"),
        (packed("alice")[:-9], 400, "cut"),
        (gzip.compress(b"{}"), 400, "records: expected a list"),
        (gzip.compress(b'{"records": [{"user": 3}]}'), 400, "source: is missing"),
        (gzip.compress(bytes(LARGEST_PLAIN_BYTES + 1)), 413, "larger than 32 MiB"),
        (bytes(LARGEST_PACKED_BYTES + 1), 413, "too large"),
        (packed("alice", source="else"), 403, "may not deliver the source 'else', only: cryo, local"),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else str(value),
)
def test_what_is_no_batch_is_refused(
    post: Any, sqlite_store: Store, content: bytes, status: int, told: str
) -> None:
    answer = post(content)
    assert answer.status_code == status
    assert told in answer.get_json()["error"]
    assert answer.get_json()["remedy"]
    assert not holds(sqlite_store, "alice")


def test_a_record_of_another_version_costs_the_whole_batch_and_nothing_is_saved(
    post: Any, sqlite_store: Store
) -> None:
    document = json.loads(gzip.decompress(packed("alice", "bob")))
    document["records"][1]["colour"] = "red"
    answer = post(gzip.compress(json.dumps(document).encode()))
    assert answer.status_code == 400
    assert answer.get_json()["error"] == "records[1].colour: no such field in StorageUsage"
    assert not holds(sqlite_store, "alice")


def test_the_key_must_be_there_and_of_one_content(post: Any) -> None:
    assert post(packed("alice"), None).status_code == 422
    assert post(packed("alice"), "a b").status_code == 400
    assert post(packed("alice")).status_code == 200
    other = post(packed("bob"))
    assert other.status_code == 422
    assert "another content" in other.get_json()["error"]


def test_an_unknown_kind_and_an_unknown_packing_are_refused(post: Any) -> None:
    answer = post(packed("alice"), kind="weather")
    assert answer.status_code == 404
    assert "storage" in answer.get_json()["remedy"]
    assert post(packed("alice"), **{"Content-Encoding": "br"}).status_code == 415


def test_a_password_delivers_nothing(client: FlaskClient, get: Get) -> None:
    answer = client.post(
        "/api/ingest/storage", data=b"{}", auth=ADMIN, headers={"Idempotency-Key": "key-00001"}
    )
    assert answer.status_code == 403
    assert "--scope ingest --source" in answer.get_json()["remedy"]


def test_an_agent_may_ask_what_it_may_deliver(post: Any, client: FlaskClient, get: Get) -> None:
    answer = client.get("/api/ingest/sources", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.get_json()["sources"] == ["cryo", "local"]
    assert "storage" in answer.get_json()["kinds"]
    assert get("/api/ingest/sources").status_code == 403


def test_nobody_delivers_without_a_token_or_with_one_to_read(
    client: FlaskClient, sqlite_store: Store
) -> None:
    with sqlite_store.writing() as connection:
        save_token(connection, ApiToken("grafana", "read"), Secret("r" * 64), time.time())
    assert client.post("/api/ingest/storage", data=packed("alice")).status_code == 401
    read = client.post("/api/ingest/storage", headers={"Authorization": f"Bearer {'r' * 64}"})
    assert read.status_code == 403


def test_while_the_store_is_busy_an_agent_is_told_to_come_again(
    post: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as are taken at once wait for the store; the next one does not."""
    started, go_on = threading.Barrier(AT_ONCE + 1), threading.Event()

    def slow_batch(*arguments: Any) -> Any:
        started.wait(30)
        go_on.wait(30)
        return read_batch(*arguments)

    monkeypatch.setattr("overview.api.ingest.read_batch", slow_batch)
    answers: list[int] = []
    threads = [
        threading.Thread(
            target=lambda n=number: answers.append(post(packed(f"user{n}"), f"key-0000{n}").status_code)
        )
        for number in range(AT_ONCE)
    ]
    for thread in threads:
        thread.start()
    started.wait(30)
    refused = post(packed("alice"), "key-99999")
    go_on.set()
    for thread in threads:
        thread.join()
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert answers == [200] * AT_ONCE


def test_while_another_writes_the_answer_is_503_and_nothing_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("usage_store.engine.BUSY_SECONDS", 1)
    store = open_store(f"sqlite:///{tmp_path / 'busy.db'}")
    client = create_app(make_state(tmp_path / "state"), store).test_client()
    with store.writing() as connection:
        save_token(connection, ApiToken("node1", "ingest", frozenset({"local"})), Secret(TOKEN), 1.0)
    headers = {
        "Authorization": f"Bearer {TOKEN}",
        "Content-Encoding": "gzip",
        "Idempotency-Key": "key-00001",
    }
    with store.writing():
        answer = client.post("/api/ingest/storage", data=packed("alice"), headers=headers)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert not holds(store, "alice")
    assert client.post("/api/ingest/storage", data=packed("alice"), headers=headers).status_code == 200
    assert holds(store, "alice")
    store.close()


def test_other_paths_take_no_large_bodies(client: FlaskClient) -> None:
    answer = client.post("/login", data={"password": "x" * (2 << 20)})
    assert answer.status_code == 413


def test_the_remedy_for_a_source_names_all_that_the_token_must_name(post: Any) -> None:
    remedy = post(packed("alice", source="else")).get_json()["remedy"]
    assert "--scope ingest --source cryo --source else --source local`" in remedy
