from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.alerts.facility import Facility
from tests.alerts.servers import Hook, Mailbox, mail_server, make_certificate, web_server
from usage_store.engine import Store


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def mailbox(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with mail_server(certificate) as server:
        yield server


@pytest.fixture
def hook() -> Iterator[Hook]:
    with web_server() as server:
        yield server


@pytest.fixture
def facility(tmp_path: Path, sqlite_store: Store, mailbox: Mailbox) -> Facility:
    return Facility(tmp_path, sqlite_store, mailbox)
