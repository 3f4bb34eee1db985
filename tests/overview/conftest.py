from collections.abc import Callable
from pathlib import Path

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from overview import create_app
from tests.overview.site import ADMIN, make_state
from usage_store.engine import Store
from usermon.state_folder import StateFolder

Get = Callable[..., TestResponse]


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    return make_state(tmp_path / "state")


@pytest.fixture
def app(state: StateFolder, sqlite_store: Store) -> APIFlask:
    return create_app(state, sqlite_store)


@pytest.fixture
def client(app: APIFlask) -> FlaskClient:
    """Somebody who has not signed in."""
    return app.test_client()


@pytest.fixture
def get(client: FlaskClient) -> Get:
    """The admin asks, as a program with HTTP Basic."""

    def ask(path: str, **more: object) -> TestResponse:
        return client.get(path, auth=ADMIN, **more)

    return ask
