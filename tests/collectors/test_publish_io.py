"""io.json: who gets one, what stands in it, and when it is written again."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from collectors.publish import Publisher
from collectors.publishing import io as publishing_io
from tests.collectors.publishing_site import PublishingSite
from tests.factories import site, source
from tests.io_samples import HOUR, LARGE, ONE, SMALL, client, session
from usage_store.api_tokens import ApiToken, save_token
from usage_store.engine import Store
from usage_store.io_saving import save_io
from usermon.io_records import IoSession
from usermon.published_io import IoMedian, LogSilence, PublishedIo, from_json
from usermon.secret import Secret

WITH_LOG = site(source("reads", collector="io_log"), timezone="Europe/Berlin")


@pytest.fixture
def place(tmp_path: Path, store: Store) -> PublishingSite:
    return PublishingSite(tmp_path, store)


def save(place: PublishingSite, *sessions: IoSession, source: str = "reads") -> None:
    with place.store.writing() as connection:
        save_io(connection, source, sessions)


def published(place: PublishingSite, user: str) -> PublishedIo:
    return from_json(place.file(user, "io.json").read_bytes())


def test_everybody_gets_a_file_of_their_own_reads_alone(place: PublishingSite) -> None:
    save(place, session(rows={SMALL: 2, LARGE: 5}), session(who=client("bob", "desk-7", "office")))
    place.make_folders("alice", "bob", "charlie")
    place.publisher(WITH_LOG).publish_due()
    alice = published(place, "alice")
    assert (alice.user, alice.timezone, alice.total, alice.total_of_month) == ("alice", "Europe/Berlin", 7, 7)
    assert alice.hours.total == [7]
    assert (alice.sizes.low, alice.sizes.total) == ([4096, 2**20], [2, 5])
    assert (alice.machines.name, alice.machines.total, alice.machines.sessions) == (["gpu08"], [7], [1])
    assert published(place, "charlie").total == 0
    for word in ("bob", "desk-7"):
        assert word not in place.file("alice", "io.json").read_text()


def test_a_facility_without_a_log_has_no_such_files_and_loses_those_it_had(place: PublishingSite) -> None:
    save(place, session())
    place.make_folders("alice")
    place.publisher(site()).publish_due()
    assert place.users_with("io.json") == set()
    place.publisher(WITH_LOG).publish_due()
    assert place.users_with("io.json") == {"alice"}
    run = place.publisher(site()).publish_due()
    assert run is not None
    assert place.users_with("io.json") == set()
    assert place.publisher(site()).publish_due() is None
    place.publisher(WITH_LOG).publish_due()
    assert published(place, "alice").total == 2


def test_what_an_agent_delivers_is_a_source_too(place: PublishingSite) -> None:
    place.make_folders("alice")
    with place.store.writing() as connection:
        save_token(connection, ApiToken("desk", "ingest", frozenset({"desk-reads"})), Secret("x" * 20), 1.0)
    place.publisher(site()).publish_due()
    assert place.users_with("io.json") == set()
    save(place, session(), source="desk-reads")
    place.publisher(site()).publish_due()
    assert published(place, "alice").total == 2


def test_only_who_read_is_published_again(place: PublishingSite) -> None:
    save(place, session(), session(who=client("bob")))
    place.make_folders("alice", "bob")
    publisher = place.publisher(WITH_LOG)
    publisher.publish_if_changed(now=0)
    before = place.file("alice", "io.json").stat()
    save(place, session(ONE + HOUR, {SMALL: 40}, client("bob")))
    publisher.publish_if_changed(now=1)
    assert place.file("alice", "io.json").stat().st_mtime_ns == before.st_mtime_ns
    assert published(place, "bob").total == 42


def test_a_log_that_fell_silent_is_told_to_everybody_without_anything_being_saved(
    place: PublishingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SimpleNamespace(time=lambda: ONE + 3 * HOUR)
    monkeypatch.setattr(publishing_io, "time", clock)
    monkeypatch.setattr(publishing_io, "_LOOKED_AT_SECONDS", 0)
    save(place, session(), session(ONE + HOUR))
    place.make_folders("alice", "bob")
    publisher = place.publisher(WITH_LOG)
    publisher.publish_if_changed(now=0)
    assert published(place, "alice").silence is None
    clock.time = lambda: ONE + 26 * HOUR
    publisher.publish_if_changed(now=60)
    assert published(place, "alice").silence is None
    publisher.publish_if_changed(now=3600)
    silence = LogSilence(ONE + HOUR + HOUR, of_all=True)  # by the clock on the wall, an hour ahead
    assert published(place, "alice").silence == published(place, "bob").silence == silence
    save(place, session(ONE + 26 * HOUR))
    publisher.publish_if_changed(now=3601)
    assert published(place, "alice").silence is published(place, "bob").silence is None


def test_the_median_is_of_at_least_five_users(place: PublishingSite) -> None:
    users = ("alice", "bob", "charlie", "dunja")
    place.make_folders("alice")
    save(place, *(session(rows={SMALL: 10 * n}, who=client(user)) for n, user in enumerate(users, 1)))
    publisher = place.publisher(WITH_LOG)
    publisher.publish_if_changed(now=0)
    assert published(place, "alice").median is None
    save(place, session(rows={SMALL: 1_000}, who=client("emeka")))
    publisher.publish_if_changed(now=1)
    assert published(place, "alice").median == IoMedian(5, 30)


def test_nothing_new_costs_no_look_at_the_folders(
    place: PublishingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(place, session())
    place.make_folders("alice")
    publisher = place.publisher(WITH_LOG)
    publisher.publish_if_changed(now=0)
    looks: list[object] = []
    monkeypatch.setattr(Publisher, "_publish", lambda *given: looks.append(given))
    publisher.publish_if_changed(now=1)
    assert looks == []
