"""Builds the image once, starts one server a session, hands out a fresh database for each test."""

import hashlib
import itertools
import os
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docker
import psycopg
from docker.errors import ImageNotFound
from docker.models.containers import Container

from tests.shared_data import REPOSITORY
from usage_store.engine import open_store

_FOLDER = Path(__file__).parent
_START_SECONDS = 60


class PostgresServer:
    """One running server. Its template holds our tables already, so that a database costs a copy."""

    def __init__(self, address: str, password: str) -> None:
        self._address = address
        self._password = password
        self._numbers = itertools.count()
        self._admin = psycopg.connect(self.url("postgres"), autocommit=True)
        self._template = self.create_database()
        open_store(self.url(self._template)).close()

    def url(self, database: str) -> str:
        return f"postgresql://usermon:{self._password}@{self._address}/{database}"

    def create_database(self, *, like: str = "template1") -> str:
        name = f"test_{next(self._numbers)}"
        # Its log of what was copied would be written twice as long.
        self._admin.execute(f'CREATE DATABASE {name} TEMPLATE "{like}" STRATEGY FILE_COPY')
        return name

    def create_migrated_database(self) -> str:
        return self.create_database(like=self._template)

    def drop_database(self, name: str) -> None:
        self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        self._admin.close()


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    client = docker.from_env()
    password = secrets.token_hex(8)
    port = _free_port()
    container: Container = client.containers.run(
        _image(client),
        detach=True,
        environment={"PASSWORD": password, "PORT": str(port)},
        network_mode="host",
        tmpfs={"/tmp": "size=1g,mode=1777"},
        labels={"org.usermon.tests": "postgres"},
        shm_size="256m",
    )
    try:
        address = f"127.0.0.1:{port}"
        _wait_until_it_answers(f"postgresql://usermon:{password}@{address}/postgres", container)
        server = PostgresServer(address, password)
        yield server
        server.close()
    finally:
        container.remove(force=True, v=True)
        client.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_answers(url: str, container: Container) -> None:
    give_up_at = time.monotonic() + _START_SECONDS
    while True:
        try:
            psycopg.connect(url, connect_timeout=5).close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > give_up_at:
                raise RuntimeError(f"PostgreSQL does not answer: {container.logs().decode()}") from None
            time.sleep(0.2)


def _image(client: docker.DockerClient) -> str:
    recipe = b"".join((_FOLDER / name).read_bytes() for name in ("Dockerfile", "start.sh"))
    tag = f"usermon-tests-postgres:{hashlib.sha256(recipe).hexdigest()[:12]}"
    try:
        client.images.get(tag)
    except ImageNotFound:
        proxies = {name: os.environ[name] for name in ("http_proxy", "https_proxy") if name in os.environ}
        arguments = {"BASE": _base_image(), **proxies}
        client.images.build(path=str(_FOLDER), tag=tag, buildargs=arguments, rm=True, network_mode="host")
    return tag


def _base_image() -> str:
    """The base of our own images, made when it is not there."""
    made = subprocess.run(
        [REPOSITORY / "tools" / "ensure-base-image"],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return made.stdout.split()[-1]
