"""What is kept between requests, and when it is read anew."""

import itertools
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import event

from overview.snapshots import ASK_AGAIN, Snapshots
from tests.factories import NOON, dashboard_state, usage
from usage_store.dashboards import save_states
from usage_store.engine import Store
from usage_store.storage_saving import save_storage

LATER = NOON + timedelta(hours=1)


def statements_of(store: Store) -> list[str]:
    seen: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    return seen


def test_while_nothing_changes_only_the_revisions_are_asked(sqlite_store: Store) -> None:
    with sqlite_store.writing() as connection:
        save_storage(connection, [usage("alice")])
    snapshots = Snapshots(sqlite_store)
    first = snapshots.storage()
    seen = statements_of(sqlite_store)
    assert snapshots.storage() is first
    assert ["storage_samples" in statement for statement in seen] == [False] * len(seen)
    assert len([statement for statement in seen if "revisions" in statement]) == 1


def test_a_dashboard_that_changed_does_not_read_all_samples_again(sqlite_store: Store) -> None:
    with sqlite_store.writing() as connection:
        save_storage(connection, [usage("alice")])
    snapshots = Snapshots(sqlite_store)
    snapshots.storage()
    with sqlite_store.writing() as connection:
        save_states(connection, [dashboard_state("alice", "failed")])
    seen = statements_of(sqlite_store)
    row = snapshots.storage().row("alice")
    assert row is not None
    assert row.state == "failed"
    assert not [statement for statement in seen if "storage_samples" in statement]


def test_an_answer_of_the_same_content_keeps_its_fingerprint(sqlite_store: Store) -> None:
    snapshots = Snapshots(sqlite_store)
    first = snapshots.body("page", "text/plain", 1, lambda: b"same")
    second = snapshots.body("page", "text/plain", 2, lambda: b"same")
    third = snapshots.body("page", "text/plain", 3, lambda: b"other")
    assert first.etag == second.etag != third.etag


@pytest.mark.parametrize(("cpu_seconds", "rests"), [(0.01, False), (0.3, True)])
def test_a_costly_feed_rests_before_it_is_made_again(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch, cpu_seconds: float, rests: bool
) -> None:
    cpu = itertools.count(step=cpu_seconds)
    clock = [100.0]
    # In that module alone: an event loop of another thread that asked this clock would sleep for hours.
    clocks = SimpleNamespace(thread_time=lambda: next(cpu), monotonic=lambda: clock[0])
    monkeypatch.setattr("overview.snapshots.time", clocks)
    made = itertools.count()
    snapshots = Snapshots(sqlite_store)

    def ask() -> tuple[str, str | None]:
        with Flask("test").test_request_context():
            answer = snapshots.feed(("page",), ("storage",), lambda _connection: next(made))
        return answer.get_data(as_text=True), answer.headers.get(ASK_AGAIN)

    assert ask() == ("0", None)
    with sqlite_store.writing() as connection:
        save_storage(connection, [usage("alice")])
    clock[0] += 1
    assert ask() == (("0", "2.00") if rests else ("1", None))
    clock[0] += 2
    assert ask() == ("1", None)
    assert ask() == ("1", None)


def test_limits_follow_what_changed(sqlite_store: Store) -> None:
    snapshots = Snapshots(sqlite_store)
    first = [usage("alice", hard_limit_bytes=100), usage("bob", hard_limit_bytes=100), usage("dora")]
    later = [usage("alice", time=LATER, hard_limit_bytes=200), usage("bob", time=LATER)]
    held = []
    for given in (first, later):
        with sqlite_store.writing() as connection:
            save_storage(connection, given)
        held.append({user: limits.hard_limit_bytes for (user, _), limits in snapshots.limits().items()})
    assert held == [{"alice": 100, "bob": 100}, {"alice": 200}]
