"""Fixtures for everybody. Factories of records stand in tests/factories.py."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.postgres.server import PostgresServer, running_postgres
from tests.shared_data import SHARED_DATA, SHARED_STORAGE, shared_data_is_here
from usage_store.engine import Store, open_store

ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]

# On a busy machine nothing is said about code by the time that it takes.
hypothesis.settings.register_profile(
    "usermon", max_examples=50, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("usermon")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests on the shared data exist only where it lies beside the checkout."""
    if shared_data_is_here():
        return
    elsewhere = [item for item in items if any(map(_is_of_shared_data, getattr(item, "fixturenames", ())))]
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if item not in elsewhere]


def _is_of_shared_data(fixture: str) -> bool:
    return fixture.startswith("shared_")


@pytest.fixture
def shared_storage() -> Path:
    """The shared storage samples: lists, histories, tricky cases, expected.json."""
    return SHARED_STORAGE


@pytest.fixture
def shared_quota() -> Path:
    """Quota reports of six tools, and expected.json."""
    return SHARED_DATA / "quota"


@pytest.fixture
def shared_hosts() -> Path:
    """Tables of six hosts, their answers to the three questions, and expected.json."""
    return SHARED_DATA / "hosts"


@pytest.fixture
def shared_io() -> Path:
    """A log of read sizes, tricky ones, and expected.json."""
    return SHARED_DATA / "io"


@pytest.fixture
def shared_backups() -> Path:
    """Listings of tarballs of two hubs with three nodes each, tricky ones, and expected.json."""
    return SHARED_DATA / "backups"


@pytest.fixture
def shared_slurm() -> Path:
    """What squeue, sinfo and sacct printed, and expected.json; the pipe log's folder lies beside."""
    return SHARED_DATA / "queues" / "slurm"


@pytest.fixture
def shared_queues() -> Path:
    """What Torque, PBS Pro and Slurm print, each in its folder with an expected.json."""
    return SHARED_DATA / "queues"


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with our tables and nothing in them, so that a store costs a copy."""
    file = tmp_path_factory.mktemp("template") / "usermon.db"
    open_store(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    file = tmp_path / "usermon.db"
    shutil.copyfile(sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture(params=ENGINES)
def store_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database with our tables and nothing in them; each test runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    database = server.create_migrated_database()
    yield server.url(database)
    server.drop_database(database)


@pytest.fixture(params=ENGINES)
def empty_store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables, as it is before the first start."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'usermon.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    database = server.create_database()
    yield server.url(database)
    server.drop_database(database)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An open store, on SQLite and on PostgreSQL."""
    opened = open_store(store_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[Store]:
    """An open store on SQLite, for tests about something other than the store."""
    opened = open_store(sqlite_url)
    yield opened
    opened.close()
