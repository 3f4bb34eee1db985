"""Delivered batches: kept once, whole or not at all; on both engines."""

import time
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from tests.backup_samples import listing
from tests.factories import NOON, usage
from tests.host_samples import NOON as NOON_SECONDS
from tests.host_samples import host_info, minutes
from tests.io_samples import session
from usage_store.backup_saving import save_backups
from usage_store.collection_runs import latest_runs, standing_rejected
from usage_store.delivered_names import Name, hand_over, take_back
from usage_store.delivery import KEPT_SECONDS, Answer, Delivery, OtherContent, take_delivery
from usage_store.engine import Store
from usage_store.host_saving import save_hosts
from usage_store.saving import KINDS
from usage_store.storage import storage_histories
from usermon.batch import DELIVERY, Batch, DeliveredRun, Envelope, NotKept, RejectedInFile
from usermon.records import Rejected
from usermon.wire import NotThisRecord, from_wire

NOW = NOON.timestamp() + 60


def batch(
    *records: Any,
    rejected: tuple[RejectedInFile, ...] = (),
    not_kept: tuple[NotKept, ...] = (),
    source: str = "local",
) -> Batch:
    run = DeliveredRun(NOW - 5, NOW - 3)
    return Batch(Envelope(source, "storage_csv", run, rejected), records, not_kept)


def delivery(content: Batch, key: str = "key-1", token: str = "node1", kind: str = "storage") -> Delivery:
    return Delivery(token, key, sha256(repr(content).encode()).hexdigest(), kind, content)


def take(store: Store, one: Delivery, now: float = NOW) -> Answer:
    with store.writing() as connection:
        return take_delivery(connection, one, now)


def files_of(store: Store, user: str) -> list[int]:
    with store.reading() as connection:
        histories = storage_histories(connection, user)
    return list(histories["local"].files) if "local" in histories else []


def test_every_class_of_records_has_its_check() -> None:
    assert {name for name, kind in KINDS.items() if set(kind.records) != set(kind.checks)} == set()


@pytest.mark.parametrize("record", [record for kind in KINDS.values() for record in kind.records])
def test_every_record_has_a_form_on_the_wire(record: type) -> None:
    with pytest.raises(NotThisRecord, match="is missing"):
        from_wire(record, {})


def test_a_batch_is_kept_and_its_run_noted(store: Store) -> None:
    answer = take(store, delivery(batch(usage("alice", files=7), usage("bob"))))
    assert (answer.status, answer.is_repeated) == (200, False)
    assert answer.content == {"taken": 2, "known": 0, "rejected": 0, "not_kept": []}
    assert files_of(store, "alice") == [7]
    with store.reading() as connection:
        (noted,) = latest_runs(connection)
    assert (noted.source, noted.collector, noted.taken, noted.error) == ("local", "storage_csv", 2, None)
    assert (noted.started_at, noted.finished_at) == (NOW - 5, NOW - 3)


def test_a_batch_that_comes_again_gets_the_same_answer_and_is_not_saved_again(store: Store) -> None:
    first = delivery(batch(usage("alice", files=7)))
    answer = take(store, first)
    take(store, delivery(batch(usage("alice", files=8)), key="key-2"))
    assert take(store, first) == replace(answer, is_repeated=True)
    assert files_of(store, "alice") == [8]


def test_a_key_belongs_to_its_token_and_to_one_content(store: Store) -> None:
    take(store, delivery(batch(usage("alice"))))
    other = batch(usage("bob"))
    with pytest.raises(OtherContent):
        take(store, delivery(other))
    assert files_of(store, "bob") == []
    assert not take(store, delivery(other, token="node2")).is_repeated


def test_old_keys_are_forgotten(store: Store) -> None:
    first = delivery(batch(usage("alice")))
    take(store, first)
    take(store, delivery(batch(usage("bob")), key="key-2"), NOW + KEPT_SECONDS + 1)
    again = take(store, first, NOW + KEPT_SECONDS + 2)
    assert not again.is_repeated
    assert again.content["known"] == 1


def test_records_that_make_no_sense_stand_rejected_and_cost_no_other(store: Store) -> None:
    records = (
        usage("../../etc"),
        usage("alice", files=-1),
        usage("alice", time=NOON + timedelta(days=2)),
        usage("alice", volume=""),
        usage("bob", files=5),
    )
    answer = take(store, delivery(batch(*records, not_kept=(NotKept(9, "{}", "files: too large"),))))
    assert (answer.content["taken"], answer.content["rejected"]) == (1, 5)
    told = {one["record"]: one["reason"] for one in answer.content["not_kept"]}
    assert told[1] == "user: starts with '.'"
    assert told[2] == "files: negative"
    assert told[3] == "time: more than a day ahead of the hub's clock"
    assert told[9] == "files: too large"
    assert files_of(store, "bob") == [5]
    with store.reading() as connection:
        standing = standing_rejected(connection)
    assert {line.file for line in standing} == {DELIVERY}
    assert {line.reason for line in standing} == set(told.values())


def test_storage_is_that_of_the_source_alone(store: Store) -> None:
    answer = take(store, delivery(batch(usage("alice", volume="rq"), usage("bob"))))
    assert answer.content["not_kept"] == [{"record": 1, "reason": "volume: not that of the source 'local'"}]
    assert files_of(store, "bob") != []


def test_an_entry_of_an_io_log_is_not_of_next_week(store: Store) -> None:
    late = session(int(NOW) + 2 * 86_400)
    answer = take(store, delivery(batch(late), kind="io"))
    assert answer.content["not_kept"][0]["reason"] == "time: more than a day ahead of the hub's clock"


def test_a_host_belongs_to_the_source_that_delivered_it_first(store: Store) -> None:
    first = batch(host_info("calc-01"), *minutes(2, "calc-01"), source="node1")
    assert take(store, delivery(first, "k1", kind="hosts")).content["taken"] == 3
    later = batch(*minutes(4, "calc-01", NOON_SECONDS - 600), host_info("calc-02"), source="node2")
    answer = take(store, delivery(later, "k2", kind="hosts"))
    assert answer.content["taken"] == 1
    assert {one["reason"] for one in answer.content["not_kept"]} == {
        "the host 'calc-01' belongs to the source 'node1'"
    }
    again = batch(*minutes(3, "calc-01"), source="node1")
    assert take(store, delivery(again, "k3", kind="hosts")).content["taken"] == 1
    with store.writing() as connection:
        hand_over(connection, "hosts", [Name("calc-01")], "node2")
    assert take(store, delivery(later, "k4", kind="hosts")).content["not_kept"] == []
    assert take(store, delivery(again, "k5", kind="hosts")).content["taken"] == 0


def test_the_backups_of_a_hub_on_a_node_belong_to_one_source(store: Store) -> None:
    take(store, delivery(batch(listing(), source="a"), "k1", kind="backups"))
    of_another_node = batch(listing([]), listing([], node="n2"), source="b")
    answer = take(store, delivery(of_another_node, "k2", kind="backups"))
    assert answer.content["not_kept"] == [
        {"record": 1, "reason": "the node 'n1' of the hub 'alder' belongs to the source 'a'"}
    ]
    assert answer.content["taken"] == 1


def test_what_is_collected_on_the_hub_nobody_delivers(store: Store) -> None:
    with store.writing() as connection:
        save_hosts(connection, "here", [host_info("calc-01")])
        save_backups(connection, "here", [listing()])
    told = [
        take(store, delivery(batch(record, source="node1"), kind, kind=kind)).content["not_kept"][0]["reason"]
        for kind, record in (("hosts", host_info("calc-01")), ("backups", listing([])))
    ]
    assert told == [
        "the host 'calc-01' is collected on the hub",
        "the node 'n1' of the hub 'alder' is collected on the hub",
    ]


def test_the_hub_takes_back_what_it_begins_to_collect(store: Store) -> None:
    delivered = batch(host_info("calc-01"), source="node1")
    take(store, delivery(delivered, "k1", kind="hosts"))
    with store.writing() as connection:
        take_back(connection, "hosts", [host_info("calc-01")])
    answer = take(store, delivery(delivered, "k2", kind="hosts"))
    assert answer.content["not_kept"][0]["reason"] == "the host 'calc-01' is collected on the hub"


def test_rejected_records_stand_for_a_week(store: Store) -> None:
    def reasons() -> set[str]:
        with store.reading() as connection:
            return {line.reason for line in standing_rejected(connection)}

    for number, after in enumerate((0.0, 86_400.0)):
        bad = batch(not_kept=(NotKept(1, "{}", f"reason {number}"),))
        take(store, delivery(bad, key=f"key-{number}"), NOW + after)
    assert reasons() == {"reason 0", "reason 1"}
    take(store, delivery(batch(usage()), key="later"), NOW + 7 * 86_400 + 1)
    assert reasons() == {"reason 1"}


def test_what_an_agent_lost_stands_beside_what_stands_already(store: Store) -> None:
    for number in range(2):
        told = RejectedInFile(DELIVERY, 0, (Rejected(0, "", f"{number + 1} batches were dropped"),))
        take(store, delivery(batch(rejected=(told,)), key=f"key-{number}"))
    with store.reading() as connection:
        standing = standing_rejected(connection)
    assert [line.reason for line in standing] == ["1 batches were dropped", "2 batches were dropped"]


def test_lines_that_the_agent_rejected_replace_those_of_before(store: Store) -> None:
    for number, reason in enumerate(("no date", "no number")):
        lines = (Rejected(3, "x", reason), Rejected(3, "x", reason))
        take(store, delivery(batch(rejected=(RejectedInFile("a.csv", 0, lines),)), key=f"key-{number}"))
    with store.reading() as connection:
        (line,) = standing_rejected(connection)
    assert (line.file, line.line, line.reason) == ("a.csv", 3, "no number")


def test_the_clock_of_an_agent_may_be_anywhere(store: Store) -> None:
    wild = Envelope("local", "storage_csv", DeliveredRun(-1e300, 1e300, "it failed" * 1000, "mend it"))
    take(store, delivery(Batch(wild, ()), kind="runs"))
    with store.reading() as connection:
        (noted,) = latest_runs(connection)
    assert (noted.started_at, noted.finished_at) == (0, NOW)
    assert noted.error is not None
    assert len(noted.error) == 2000


def test_what_fails_half_way_leaves_nothing(store: Store) -> None:
    def failing() -> None:
        with store.writing() as connection:
            take_delivery(connection, delivery(batch(usage("alice"))), time.time())
            raise RuntimeError("the machine is going down")

    with pytest.raises(RuntimeError):
        failing()
    assert files_of(store, "alice") == []
    assert not take(store, delivery(batch(usage("alice")))).is_repeated
