"""Places to run the orchestrator in."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.orchestrator.real_engine import Place, build_stand_in, free_port_range


@pytest.fixture(autouse=True)
def _settings_of_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have settings of their own: they are none of ours."""
    for name in os.environ:
        if name.startswith("USERMON_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def stand_in_image() -> str:
    return build_stand_in()


@pytest.fixture
def make_place(stand_in_image: str, tmp_path: Path) -> Iterator[Callable[[], Place]]:
    """Makes deployments of their own; what runs of them is taken down at the end."""
    places: list[Place] = []

    def make() -> Place:
        root = tmp_path / f"place{len(places)}"
        root.mkdir()
        # Apart from one another, also before anything listens there.
        places.append(Place(root, free_port_range(20) + 20 * len(places)))
        return places[-1]

    yield make
    for place in places:
        place.remove()


@pytest.fixture(scope="module")
def standing(stand_in_image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Dashboards of alice and bob, made once for all tests that leave them as they are."""
    made = Place(tmp_path_factory.mktemp("standing"), free_port_range(20))
    made.list_users("alice", "bob")
    made.up()
    yield made
    made.remove()


@pytest.fixture
def place(make_place: Callable[[], Place]) -> Place:
    made = make_place()
    made.list_users("alice", "bob", "charlie")
    return made
