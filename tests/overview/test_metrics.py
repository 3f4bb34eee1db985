import re
import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from overview import create_app
from tests.factories import dashboard_state, run, usage
from tests.overview.api.facility import save_facility
from tests.overview.conftest import Get
from usage_store.collection_runs import note_run
from usage_store.dashboards import save_states
from usage_store.engine import Store, open_store
from usage_store.saving import KINDS
from usage_store.storage_saving import save_storage
from usermon.state_folder import StateFolder

LABEL = r'[a-z]+="(?:[^"\\]|\\.)*"'
SAMPLE = re.compile(rf"([a-z_]+)(\{{{LABEL}(?:,{LABEL})*\}})? (-?[0-9.e+]+)")


def samples(get: Get) -> dict[str, float]:
    """Every sample by its name and labels; fails on a line that Prometheus would not read."""
    found = {}
    for line in get("/metrics").get_data(as_text=True).splitlines():
        if not line.startswith("#"):
            match = SAMPLE.fullmatch(line)
            assert match, line
            found[match[1] + (match[2] or "")] = float(match[3])
    return found


def test_metrics_tell_how_the_facility_does(get: Get, sqlite_store: Store) -> None:
    with sqlite_store.writing() as connection:
        save_storage(connection, [usage("alice", gb=10), usage("bob", gb=5)])
        save_states(connection, [dashboard_state("alice"), dashboard_state("bob", "failed")])
        note_run(connection, run("local", taken=7, rejected=2))
    found = samples(get)
    assert found['usermon_storage_gb{volume="local"}'] == 15
    assert found['usermon_dashboards{state="ready"}'] == 1
    assert found['usermon_dashboards{state="asleep"}'] == 0
    assert found["usermon_users"] == 2
    assert found['usermon_source_rows_taken{source="local"}'] == 7
    assert found['usermon_source_rows_rejected{source="local"}'] == 2
    assert found['usermon_source_duration_seconds{source="local"}'] == 1
    assert found['usermon_storage_age_seconds{volume="local"}'] > 0


def test_the_age_of_the_newest_data_of_every_kind_is_told(get: Get, sqlite_store: Store) -> None:
    save_facility(sqlite_store)
    ages = {name: age for name, age in samples(get).items() if name.startswith("usermon_data_age_seconds")}
    kinds = {match[1] for name in ages if (match := re.search('kind="([a-z]+)"', name))}
    assert kinds == set(KINDS)
    assert all(age > 0 for age in ages.values())
    assert 'usermon_data_age_seconds{kind="storage",name="cryo"}' in ages
    assert 'usermon_data_age_seconds{kind="hosts",name="all"}' in ages


def test_no_user_is_named(get: Get, sqlite_store: Store) -> None:
    with sqlite_store.writing() as connection:
        save_storage(connection, [usage("alice")])
        save_states(connection, [dashboard_state("alice")])
    assert "alice" not in get("/metrics").get_data(as_text=True)


def test_odd_names_of_sources_break_no_line(get: Get, sqlite_store: Store) -> None:
    with sqlite_store.writing() as connection:
        note_run(connection, run('a"b\\c\nd'))
    assert [name for name in samples(get) if 'source="a\\"b\\\\c\\nd"' in name]


def test_an_empty_store_has_metrics_too(get: Get) -> None:
    assert samples(get)["usermon_users"] == 0


@pytest.fixture
def lost_store(tmp_path: Path) -> Store:
    """A store whose folder went away under a running program."""
    folder = tmp_path / "lost"
    store = open_store(f"sqlite:///{folder / 'usermon.db'}")
    store.close()
    shutil.rmtree(folder)
    return store


def test_without_a_store_we_are_not_healthy_and_say_why(state: StateFolder, lost_store: Store) -> None:
    client: FlaskClient = create_app(state, lost_store).test_client()
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert "unable to open database file" in answer.get_json()["error"]
    assert answer.get_json()["remedy"]
