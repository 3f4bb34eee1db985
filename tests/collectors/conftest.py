"""An agent's side of a delivery, and a hub that a test lets answer."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from collectors.hub import Hub
from collectors.push import Pusher
from collectors.spool import Spool
from tests.collectors.fake_hub import FakeHub


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    fake = FakeHub()
    yield fake
    fake.server.shutdown()
    fake.server.server_close()


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    (tmp_path / "token").write_text("t" * 64 + "\n")
    return tmp_path / "token"


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


@pytest.fixture
def pusher(hub: FakeHub, spool: Spool, token_file: Path) -> Pusher:
    return Pusher(spool, Hub(f"http://127.0.0.1:{hub.port}", token_file), first_wait=0.05)
