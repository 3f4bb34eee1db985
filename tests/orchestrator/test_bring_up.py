"""`up` as a function, on an engine in memory."""

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.bring_up import bring_up
from orchestrator.credentials import read_credentials
from orchestrator.deployment import Deployment
from orchestrator.password_files import hash_file_of
from orchestrator.passwords import password_matches
from orchestrator.plan import Action
from orchestrator.runtimes import Role, State
from orchestrator.runtimes.in_memory import InMemoryEngine
from orchestrator.up_plan import UpRequest
from orchestrator.wanted_users import WantedUsers
from tests.factories import run
from tests.orchestrator.in_memory import Quiet, by_user, deployment_in, engine_in_memory, request_for
from tests.small_disk import mounted_small_disk
from usage_store.collection_runs import note_run
from usage_store.dashboards import LedgerEntry, read_ledger, read_states
from usermon.errors import SettingsError, UsermonError


@pytest.fixture
def engine() -> InMemoryEngine:
    return engine_in_memory()


@pytest.fixture
def deployment(
    tmp_path: Path, engine: InMemoryEngine, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Deployment]:
    monkeypatch.chdir(tmp_path)
    opened = deployment_in(tmp_path, engine)
    yield opened
    opened.store.close()


def up(deployment: Deployment, *users: str, **options: bool) -> dict[str, tuple[Action, State | None]]:
    result = bring_up(deployment, request_for(*users, **options), Quiet())
    return {o.step.user or o.step.role: (o.step.action, o.state) for o in result.outcomes}


def ledger(deployment: Deployment) -> dict[str, LedgerEntry]:
    with deployment.store.reading() as connection:
        return read_ledger(connection)


def test_a_port_that_only_the_engine_knows_to_be_taken_is_skipped_for_newcomers(
    deployment: Deployment, engine: InMemoryEngine
) -> None:
    engine.held_ports = {40_100: "caddy", 40_102: "nginx"}
    assert set(up(deployment, "alice", "bob").values()) == {(Action.START, State.READY)}
    ports = {user: container.port for user, container in by_user(deployment).items()}
    assert set(ports.values()) == {40_101, 40_103}
    assert {user: entry.port for user, entry in ledger(deployment).items()} == ports
    urls = {user: c.url for user, c in read_credentials(deployment.state.credentials_file).items()}
    assert {user: urls[user] for user in ports} == {
        user: f"http://localhost:{port}/" for user, port in ports.items()
    }


def test_an_old_users_port_is_not_given_up(deployment: Deployment, engine: InMemoryEngine) -> None:
    up(deployment, "alice")
    deployment.runtime.stop(by_user(deployment)["alice"].name)
    engine.held_ports = {40_100: "caddy"}
    result = bring_up(deployment, request_for("alice"), Quiet())
    (outcome,) = result.outcomes
    assert outcome.error is not None
    assert outcome.error.message == "port 40100 is taken by caddy"
    assert "orchestrator forget alice" in outcome.error.remedy
    assert ledger(deployment)["alice"].port == 40_100


def test_what_the_overview_shows_is_in_the_store(deployment: Deployment) -> None:
    wanted = WantedUsers({"alice": "local+cryo", "bob": "cryo"}, ())
    bring_up(deployment, UpRequest(wanted, services=False), Quiet())
    with deployment.store.reading() as connection:
        states = read_states(connection)
    assert {user: (s.state, s.url) for user, s in states.items()} == {
        "alice": ("ready", "http://localhost:40100/"),
        "bob": ("ready", "http://localhost:40101/"),
    }
    assert {user: entry.lists for user, entry in ledger(deployment).items()} == {
        "alice": "local+cryo",
        "bob": "cryo",
    }


def test_why_a_dashboard_failed_is_in_the_store(deployment: Deployment, engine: InMemoryEngine) -> None:
    up(deployment, "alice")
    deployment.runtime.stop(by_user(deployment)["alice"].name)
    engine.held_ports = {40_100: "caddy"}
    up(deployment, "alice")
    with deployment.store.reading() as connection:
        alice = read_states(connection)["alice"]
    assert (alice.state, alice.error) == ("failed", "port 40100 is taken by caddy")


def test_who_left_the_lists_is_not_listed_and_keeps_the_port(deployment: Deployment) -> None:
    up(deployment, "alice", "bob")
    up(deployment, "alice", remove_orphans=True)
    assert not ledger(deployment)["bob"].listed
    assert ledger(deployment)["bob"].port == 40_101
    assert up(deployment, "bob", "alice")["bob"] == (Action.START, State.READY)
    assert by_user(deployment)["bob"].port == 40_101


def test_an_engine_container_that_is_still_starting_is_asked(
    deployment: Deployment, engine: InMemoryEngine
) -> None:
    up(deployment, "alice")
    (container,) = engine.containers.values()
    container.running = replace(container.running, state=State.STARTING)
    assert up(deployment, "alice") == {"alice": (Action.KEEP, State.READY)}


def test_services_come_up_with_usermon_toml_and_the_first_data_is_waited_for(
    tmp_path: Path, engine: InMemoryEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "quota").mkdir()
    (tmp_path / "usermon.toml").write_text(
        '[[source]]\nname = "local"\ncollector = "storage_csv"\npath = "quota"\n'
    )
    deployment = deployment_in(tmp_path, engine)
    # As if the collectors that are about to start had read already.
    with deployment.store.writing() as connection:
        note_run(connection, run("local", started_at=time.time() + 60))
    result = bring_up(deployment, request_for("alice", services=True), Quiet())
    assert {o.step.role for o in result.outcomes} == {Role.OVERVIEW, Role.COLLECTORS, Role.DASHBOARD}
    assert result.notes == ()
    assert up(deployment, "alice", services=True)["collectors"] == (Action.KEEP, State.READY)
    (tmp_path / "usermon.toml").write_text(
        '[[source]]\nname = "local"\ncollector = "storage_csv"\npath = "quota"\nevery = "5m"\n'
    )
    with deployment.store.writing() as connection:
        note_run(connection, run("local", time.time() + 120, error="no such folder", remedy="Make it."))
    replaced = bring_up(deployment, request_for("alice", services=True), Quiet())
    changed = {o.step.role for o in replaced.outcomes if o.step.action is Action.REPLACE}
    assert changed == {Role.OVERVIEW, Role.COLLECTORS}
    assert replaced.notes == ("source local: no such folder; Make it.",)
    deployment.store.close()


def test_without_usermon_toml_everything_else_comes_up_and_it_says_so(deployment: Deployment) -> None:
    result = bring_up(deployment, request_for("alice", services=True), Quiet())
    assert {o.step.role for o in result.outcomes} == {Role.OVERVIEW, Role.DASHBOARD}
    assert "usermon.toml" in result.notes[0]


def test_a_usermon_toml_that_was_named_must_be_there(tmp_path: Path, engine: InMemoryEngine) -> None:
    deployment = deployment_in(tmp_path, engine, config=tmp_path / "missing.toml")
    with pytest.raises(SettingsError, match=r"missing\.toml"):
        bring_up(deployment, request_for("alice", services=True), Quiet())
    assert not engine.containers


def test_the_overview_never_takes_a_users_port(tmp_path: Path, engine: InMemoryEngine) -> None:
    deployment = deployment_in(tmp_path, engine, overview_port=40_101)
    up(deployment, "alice", "bob")
    assert {c.port for c in by_user(deployment).values()} == {40_100, 40_102}
    moved = deployment_in(tmp_path, engine, overview_port=40_100)
    with pytest.raises(SettingsError, match="alice's port"):
        bring_up(moved, request_for("alice"), Quiet())


def test_a_database_elsewhere_is_told_to_the_services_in_a_file(
    tmp_path: Path, engine: InMemoryEngine
) -> None:
    url = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    deployment = deployment_in(tmp_path, engine, store_url=url)
    up(deployment, "alice", services=True)
    assert (deployment.state.store_folder / "store-url").read_text().strip() == url
    assert up(deployment, "alice", services=True)["overview"] == (Action.KEEP, State.READY)
    moved = deployment_in(tmp_path, engine, store_url=f"sqlite:///{tmp_path / 'moved.db'}")
    assert up(moved, "alice", services=True)["overview"] == (Action.REPLACE, State.READY)
    deployment.store.close()
    moved.store.close()


def test_a_disk_that_is_full_half_way_loses_no_password_and_the_next_run_finishes(
    tmp_path: Path, engine: InMemoryEngine
) -> None:
    (tmp_path / "state").mkdir()
    with mounted_small_disk(tmp_path / "state", "1500k") as disk:
        deployment = deployment_in(tmp_path, engine)
        up(deployment, "alice")
        before = read_credentials(deployment.state.credentials_file)
        ballast = disk / "ballast"
        with suppress(OSError), ballast.open("wb", buffering=0) as file:
            while True:
                file.write(b"x" * 512)
        others = [f"user{n}" for n in range(5)]
        with pytest.raises(UsermonError) as error:
            up(deployment, "alice", *others)
        assert error.value.remedy
        assert read_credentials(deployment.state.credentials_file).items() >= before.items()
        ballast.unlink()
        assert set(up(deployment, "alice", *others).values()) == {
            (Action.KEEP, State.READY),
            (Action.START, State.READY),
        }
        after = read_credentials(deployment.state.credentials_file)
        assert {user: after[user] for user in before} == before
        for user in others:
            encoded = hash_file_of(deployment.state, user).read_text().strip()
            assert password_matches(encoded, after[user].password)
        deployment.store.close()
