"""Alerts as they are kept, on both databases."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tests.alert_samples import NOON, end, finding, save_alerts, save_messages
from usage_store.alert_messages import (
    NewMessage,
    add_messages,
    due_messages,
    forget_ends_of,
    messages_of,
    note_not_sent,
    try_again_now,
)
from usage_store.alerts import (
    acknowledge,
    add_alerts,
    alerts_page,
    count_alerts,
    find_alert,
    open_alerts,
    reword,
)
from usage_store.engine import Store, open_store
from usage_store.leases import end_lease, lease_of, take_lease
from usage_store.paging import Window
from usage_store.revisions import current_revision
from usage_store.schema_alerts import alert_messages
from usage_store.upkeep import keep_up
from usermon.retention import Retention

ALL = Window(100)


@pytest.fixture
def store(store_url: str) -> Store:
    return open_store(store_url)


def subjects(store: Store, state: str, kind: str | None = None, subject: str | None = None) -> list[str]:
    with store.reading() as connection:
        return [row["subject"] for row in alerts_page(connection, state, kind, subject, ALL).rows]


def test_open_ones_come_with_the_serious_first_and_ended_ones_with_the_last_first(store: Store) -> None:
    a, b, c = save_alerts(
        store, finding("a", severity="warning"), finding("b", "backup"), finding("c", severity="warning")
    )
    [d] = save_alerts(store, finding("d", severity="warning"), now=NOON + 60)
    assert subjects(store, "open") == ["b", "d", "c", "a"]
    end(store, a, now=NOON + 300)
    end(store, c, now=NOON + 200)
    assert (subjects(store, "ended"), subjects(store, "open")) == (["a", "c"], ["b", "d"])
    assert subjects(store, "all") == ["d", "c", "b", "a"]
    assert subjects(store, "all", kind="backup") == ["b"]
    assert subjects(store, "all", subject="d") == ["d"]
    with store.reading() as connection:
        assert count_alerts(connection) == {("backup", "serious"): 1, ("host", "warning"): 1}
    assert (a, b, c, d) == tuple(sorted((a, b, c, d)))


def test_the_same_trouble_is_open_once(store: Store) -> None:
    [number] = save_alerts(store, finding())
    with pytest.raises(IntegrityError):
        save_alerts(store, finding())
    end(store, number)
    save_alerts(store, finding())
    assert subjects(store, "open") == ["node-1"]


def test_what_has_not_begun_is_not_shown(store: Store) -> None:
    with store.writing() as connection:
        add_alerts(connection, [finding()], NOON, None)
        assert len(open_alerts(connection)) == 1
        assert count_alerts(connection) == {}
    assert subjects(store, "all") == []


def test_an_alert_is_reworded(store: Store) -> None:
    numbers = save_alerts(store, finding("a"), finding("b"))
    with store.writing() as connection:
        reword(connection, [(numbers[0], finding("a", severity="warning", words="otherwise", since=7))])
        changed, other = (find_alert(connection, number) for number in numbers)
    assert changed is not None
    assert (changed.severity, changed.words, changed.since) == ("warning", "otherwise", 7)
    assert other is not None
    assert other.words == "b is silent"


def test_who_has_seen_it_is_kept_and_what_is_not_sent_of_its_beginning_is_dropped(store: Store) -> None:
    [number] = save_alerts(store, finding())
    with store.writing() as connection:
        save_messages(connection, number)
        waiting = NewMessage(number, "began", "mail", "ops@example.org", "waiting", "{}")
        add_messages(connection, [waiting], NOON)
        assert acknowledge(connection, number, "Kim", "on it", NOON + 5)
        states = [(one.target, one.state) for one in messages_of(connection, [number])[number]]
        alert = find_alert(connection, number)
        assert current_revision(connection, "alerts") == 1
    assert states == [
        ("it@example.org", "sent"),
        ("chat.example.org (1a2b3c)", "waiting"),
        ("ops@example.org", "dropped"),
    ]
    assert alert is not None
    assert (alert.acknowledged_by, alert.acknowledged_note, alert.acknowledged_at) == (
        "Kim",
        "on it",
        NOON + 5,
    )
    end(store, number)
    with store.writing() as connection:
        assert not acknowledge(connection, number, "Kim", "", NOON)
        assert not acknowledge(connection, 99, "Kim", "", NOON)


def test_only_what_is_due_is_tried(store: Store) -> None:
    [number] = save_alerts(store, finding())
    with store.writing() as connection:
        save_messages(connection, number)
        assert due_messages(connection, NOON + 59, 10) == []
        assert [one.target for one in due_messages(connection, NOON + 60, 10)] == [
            "chat.example.org (1a2b3c)"
        ]


def test_with_an_end_that_is_due_comes_its_beginning_alone_or_in_a_digest(store: Store) -> None:
    alone, together, other = save_alerts(store, finding("a"), finding("b"), finding("c"))

    def message(alert: int | None, event: str, state: str, digest: int | None = None) -> NewMessage:
        return NewMessage(alert, event, "mail", "it@example.org", state, "{}", digest)

    with store.writing() as connection:
        [digest] = add_messages(connection, [message(None, "digest", "waiting")], NOON)
        [first, _, third] = add_messages(
            connection,
            [
                message(alone, "began", "waiting"),
                message(together, "began", "merged", digest),
                message(other, "began", "waiting"),
            ],
            NOON,
        )
        for number in (digest, first, third):
            note_not_sent(connection, number, "away", NOON + 3_600)
        assert due_messages(connection, NOON + 60, 10) == []
        ends = add_messages(
            connection, [message(one, "ended", "waiting") for one in (alone, together)], NOON + 60
        )
        assert [one.id for one in due_messages(connection, NOON + 60, 10)] == [digest, first, *ends]

        try_again_now(connection, ["user"], NOON + 60)
        assert len(due_messages(connection, NOON + 60, 10)) == 4
        try_again_now(connection, ["mail", "user"], NOON + 60)
        assert len(due_messages(connection, NOON + 60, 10)) == 5

        note_not_sent(connection, digest, "away for days", None)
        forget_ends_of(connection, digest)
        assert [one.id for one in due_messages(connection, NOON + 60, 10)] == [first, third, ends[0]]


def test_a_lease_is_one_holders_until_it_ends(store: Store) -> None:
    with store.writing() as connection:
        assert take_lease(connection, "alerts", "one", NOON, 60)
        assert not take_lease(connection, "alerts", "two", NOON + 59, 60)
        assert take_lease(connection, "alerts", "one", NOON + 30, 60)
        assert take_lease(connection, "alerts", "two", NOON + 90, 60)
        end_lease(connection, "alerts", "one")
        assert lease_of(connection, "alerts") == ("two", NOON + 150)
        end_lease(connection, "alerts", "two")
        assert lease_of(connection, "alerts") is None


def test_ended_alerts_go_when_their_time_is_over_with_whom_they_were_told(store: Store) -> None:
    day = 86_400
    old, new, _ = save_alerts(store, finding("a"), finding("b"), finding("c"))
    with store.writing() as connection:
        [digest] = add_messages(connection, [NewMessage(None, "digest", "mail", "a@b", "sent")], NOON)
        of_digest = [NewMessage(n, "began", "mail", "a@b", "merged", digest_id=digest) for n in (old, new)]
        add_messages(connection, of_digest, NOON)
    end(store, old, now=NOON + day)
    end(store, new, now=NOON + 9 * day)
    rules = Retention(alerts=7 * day)
    [done] = keep_up(store, rules, NOON + 10 * day)
    assert (done.kind, done.dropped) == ("alerts", 1)
    assert keep_up(store, rules, NOON + 10 * day) == []
    assert subjects(store, "all") == ["c", "b"]
    with store.reading() as connection:
        assert [one.state for one in messages_of(connection, [new])[new]] == ["sent"]
        assert messages_of(connection, [old]) == {}
    keep_up(store, rules, NOON + 20 * day)
    with store.reading() as connection:
        assert connection.execute(select(alert_messages)).all() == []
