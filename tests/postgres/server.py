"""Builds the image once, starts one server a session, hands out a fresh database for each test."""

import hashlib
import itertools
import os
import secrets
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
        self._template = self.create_database()
        open_store(self.url(self._template)).close()

    def url(self, database: str) -> str:
        return f"postgresql://usermon:{self._password}@{self._address}/{database}"

    def create_database(self, *, like: str = "template1") -> str:
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE {name} TEMPLATE "{like}"')
        return name

    def create_migrated_database(self) -> str:
        return self.create_database(like=self._template)

    def drop_database(self, name: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    client = docker.from_env()
    password = secrets.token_hex(8)
    container: Container = client.containers.run(
        _image(client),
        detach=True,
        environment={"PASSWORD": password},
        ports={"5432/tcp": ("127.0.0.1", 0)},
        tmpfs={"/tmp": "size=1g,mode=1777"},
        labels={"org.usermon.tests": "postgres"},
        shm_size="256m",
    )
    try:
        container.reload()
        published = container.ports["5432/tcp"] or []
        address = f"127.0.0.1:{published[0]['HostPort']}"
        _wait_until_it_answers(f"postgresql://usermon:{password}@{address}/postgres", container)
        yield PostgresServer(address, password)
    finally:
        container.remove(force=True, v=True)
        client.close()


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
    recipe = (_FOLDER / "Dockerfile").read_bytes()
    tag = f"usermon-tests-postgres:{hashlib.sha256(recipe).hexdigest()[:12]}"
    try:
        client.images.get(tag)
    except ImageNotFound:
        client.images.build(
            path=str(_FOLDER), tag=tag, buildargs={"BASE": _base_image()}, rm=True, network_mode="host"
        )
    return tag


def _base_image() -> str:
    """The base of our own images, made when it is not there."""
    made = subprocess.run(
        [REPOSITORY / "tools" / "ensure-base-image"],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    return made.stdout.split()[-1]
