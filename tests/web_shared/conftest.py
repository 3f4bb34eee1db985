from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask, Response

from tests.web_shared.accounts import write_secrets
from tests.web_shared.visitor import Visitor
from usermon.secret import Secret
from web_shared import passwords
from web_shared.compression import install_compression
from web_shared.error_pages import install_error_pages
from web_shared.headers import install_headers
from web_shared.login import Login, install_login
from web_shared.look import install_look


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds for which wrong passwords were held back, without anybody waiting for them."""
    waited: list[float] = []
    monkeypatch.setattr(passwords, "time", SimpleNamespace(sleep=waited.append))
    return waited


@pytest.fixture
def secrets_folder(tmp_path: Path) -> Path:
    return write_secrets(tmp_path / "secrets")


@pytest.fixture
def app(secrets_folder: Path) -> Flask:
    """A web program of alice's with every part installed, and three pages."""
    app = Flask("tests.web_shared.app", static_folder=None, instance_path="/")
    install_look(app)
    install_compression(app)
    install_headers(app)
    install_error_pages(app)
    install_login(
        app,
        Login(
            "alice",
            "alice’s dashboard",
            secrets_folder,
            accepts_links=True,
            bearer=lambda token: None if token == Secret("good-token") else Response(status=401),
        ),
    )

    @app.get("/")
    def first_page() -> str:
        return "the first page"

    @app.route("/api/numbers", methods=["GET", "POST"])
    def numbers() -> str:
        return "[1, 2, 3]"

    @app.get("/healthz")
    def health() -> str:
        return "ready"

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("a secret of the inside")

    return app


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app)
