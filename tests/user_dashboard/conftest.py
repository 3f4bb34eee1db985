from pathlib import Path

import pytest
from flask import Flask

from tests.factories import published
from tests.user_dashboard.samples import publish, volume
from tests.web_shared.accounts import write_secrets
from tests.web_shared.visitor import Visitor
from user_dashboard.app import create_app
from user_dashboard.settings import Settings


@pytest.fixture
def data_folder(tmp_path: Path) -> Path:
    """Alice's published data: two volumes."""
    folder = tmp_path / "data"
    volumes = {"local": volume(gb=120, files=1_200), "cryo": volume(gb=7_000, files=90_000)}
    publish(folder, published(timezone="Europe/Berlin", volumes=volumes))
    return folder


@pytest.fixture
def settings(tmp_path: Path, data_folder: Path) -> Settings:
    return Settings("alice", data_folder, write_secrets(tmp_path / "secrets"), "127.0.0.1", 1, 300)


@pytest.fixture
def app(settings: Settings) -> Flask:
    return create_app(settings)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app)
