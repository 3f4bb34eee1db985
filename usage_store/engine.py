"""Opening the store. Everything that differs between SQLite and PostgreSQL stands here and nowhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from usermon.errors import SettingsError, UsermonError

# One writer at a time: the others wait this long before they give up.
BUSY_SECONDS = 30


class StoreUnreachable(UsermonError):
    """The database does not answer, or refuses us."""


class Store:
    """One open database. Make it with `open_store`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection whose transaction is never kept."""
        with _readable_errors(self.engine), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection in one transaction: kept whole at the end, or not at all when anything is raised."""
        with _readable_errors(self.engine):
            immediate = self.engine.execution_options(usermon_write=True)
            with immediate.begin() as connection:
                yield connection

    def close(self) -> None:
        self.engine.dispose()


def open_store(url: str, *, migrate: bool = True) -> Store:
    """Open the database at `url` (`sqlite:///FILE` or `postgresql://...`) and bring its tables up to date.

    Raises:
        SettingsError: for a URL that names no database we know.
        StoreUnreachable: when the database does not answer.
    """
    engine = _create_engine(url)
    store = Store(engine)
    if migrate:
        # Here and not above: most starts find the tables up to date and never load Alembic.
        from usage_store.migrate import migrate_to_newest

        with _readable_errors(engine):
            migrate_to_newest(engine)
    return store


def _create_engine(url: str) -> Engine:
    remedy = "Use sqlite:////absolute/path.db or postgresql://user@host/database."
    try:
        parsed = make_url(url)
        if parsed.drivername in ("postgresql", "postgres"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() not in ("sqlite", "postgresql"):
            raise NoSuchModuleError
        if parsed.get_backend_name() == "postgresql":
            return create_engine(parsed, pool_pre_ping=True, connect_args={"connect_timeout": 10})
    except (ArgumentError, NoSuchModuleError) as error:
        # The URL may hold a password: it is not repeated.
        raise SettingsError(
            "USERMON_STORE_URL", "USERMON_STORE_URL names no database we know", remedy
        ) from error
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must leave transactions to us (see _begin_sqlite).
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={BUSY_SECONDS * 1000}",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock at once: a transaction that reads first and writes later fails instead of
    # waiting when somebody else wrote in between.
    write = connection.get_execution_options().get("usermon_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def upsert(connection: Connection, table: Table) -> Any:
    """An INSERT that can be told `on_conflict_do_update` / `on_conflict_do_nothing` on both engines."""
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)


@contextmanager
def _readable_errors(engine: Engine) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if not _is_reachability(error):
            raise
        raise StoreUnreachable(
            f"the store at {engine.url.render_as_string(hide_password=True)} fails: {error.orig}",
            "Check that the database runs, that USERMON_STORE_URL is right, and that the disk is not full.",
        ) from error


def _is_reachability(error: DBAPIError) -> bool:
    # OperationalError of both drivers: no server, wrong password, locked, read-only, disk full.
    return (
        type(error.orig).__name__ in ("OperationalError", "ConnectionTimeout") or error.connection_invalidated
    )
