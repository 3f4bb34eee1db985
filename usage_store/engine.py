"""Opening the store. Everything that differs between SQLite and PostgreSQL stands here and nowhere else."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Engine, Table, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError

from usage_store.migrate import is_newest, migrate_to_newest
from usermon.errors import SettingsError, UsermonError

# One writer at a time: the others wait this long before they give up.
BUSY_SECONDS = 30


# What `Store.reading` and `Store.writing` give, for those who pass it on and do not know the library.
StoreConnection: TypeAlias = Connection


class StoreUnreachable(UsermonError):
    """The database does not answer, or refuses us."""


class Store:
    """One open database. Make it with `open_store`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one moment of the store and whose transaction is never kept."""
        with _readable_errors(self.engine):
            engine = self.engine
            if engine.dialect.name == "postgresql":
                # As SQLite does: all queries of one transaction see the same moment.
                engine = engine.execution_options(isolation_level="REPEATABLE READ")
            with engine.connect() as connection:
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection in one transaction: kept whole at the end, or not at all when anything is raised.

        One writer at a time, on both engines: others wait up to BUSY_SECONDS. So what a writer read
        stays true until it is done, and no two can lock each other out.
        """
        with _readable_errors(self.engine):
            immediate = self.engine.execution_options(usermon_write=True)
            with immediate.begin() as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(_LOCK_OUT_OTHER_WRITERS)
                yield connection

    def close(self) -> None:
        self.engine.dispose()


# Any number will do, as long as every Usermon takes the same.
_LOCK_OUT_OTHER_WRITERS = text(
    f"SELECT set_config('lock_timeout', '{BUSY_SECONDS}s', true), pg_advisory_xact_lock(7385346)"
)


def open_store(url: str, *, migrate: bool = True, make: bool = True) -> Store:
    """Open the database at `url` (`sqlite:///FILE` or `postgresql://...`) and bring its tables up to date.

    A SQLite file that is missing is made, unless `make` is false.

    Raises:
        SettingsError: for a URL that names no database we know.
        StoreUnreachable: when the database does not answer.
    """
    store = Store(_create_engine(url, make))
    if migrate:
        with store.reading() as connection:
            up_to_date = is_newest(connection)
        if not up_to_date:
            with store.writing() as connection:
                migrate_to_newest(connection)
    return store


def _create_engine(url: str, make: bool) -> Engine:
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
        file = Path(parsed.database)
        if not make and not file.exists():
            raise StoreUnreachable(f"there is no store {file}", "Check its address.")
        _make_sqlite_file(file)
    engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_sqlite_file(file: Path) -> None:
    """Make the file when it is missing. What root makes, or made, belongs to the owner of the folder.

    Root's commands and the unprivileged containers write the same file.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_RDONLY | os.O_CREAT | os.O_NOFOLLOW, 0o640))
        if os.geteuid() == 0:
            # The files that SQLite puts beside it get the owner of the database by themselves.
            _give_to_owner_of_folder(file)
    except OSError as error:
        raise StoreUnreachable(
            f"the store {file} cannot be made: {error.strerror}",
            "Check USERMON_STATE_DIR or USERMON_STORE_URL, and who may write there.",
        ) from error


def _give_to_owner_of_folder(file: Path) -> None:
    folder = file.parent.stat()
    if folder.st_uid == 0:
        return
    # The folder's owner may have put anything there: nothing but a plain root's file is given away.
    descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        status = os.fstat(descriptor)
        if status.st_uid == 0 and stat.S_ISREG(status.st_mode) and status.st_nlink == 1:
            os.fchown(descriptor, folder.st_uid, folder.st_gid)
    finally:
        os.close(descriptor)


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


def contains_ignoring_case(
    connection: Connection, column: ColumnElement[str], text: str, *, at_start: bool = False
) -> ColumnElement[bool]:
    """Whether `text` stands in `column`, or begins it, in whatever case; % and _ are letters like others.

    SQLite's LIKE ignores the case of Latin letters by itself, and is twice as fast without lower().
    """
    escaped = text.replace("/", "//").replace("%", "/%").replace("_", "/_")
    pattern = f"{escaped}%" if at_start else f"%{escaped}%"
    if connection.dialect.name == "postgresql":
        return column.ilike(pattern, escape="/")
    return column.like(pattern, escape="/")


@contextmanager
def found_by_key(connection: Connection) -> Iterator[None]:
    """For queries that name thousands of keys of a large table: PostgreSQL would read it whole, which takes
    ten times as long. SQLite looks each key up anyway."""
    if connection.dialect.name != "postgresql":
        yield
        return
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    yield  # what is raised here ends the transaction, and the setting with it
    connection.exec_driver_sql("SET LOCAL enable_seqscan = on")


@contextmanager
def not_compiled(connection: Connection) -> Iterator[None]:
    """For questions of many small steps: PostgreSQL thinks them so dear that it compiles them first, which
    takes longer than they do."""
    if connection.dialect.name != "postgresql":
        yield
        return
    connection.exec_driver_sql("SET LOCAL jit = off")
    yield  # what is raised here ends the transaction, and the setting with it
    connection.exec_driver_sql("SET LOCAL jit = on")


class QuestionFailed(Exception):
    """A question that is wrong in itself, in words; others may be asked."""


@contextmanager
def asked_apart(connection: Connection) -> Iterator[None]:
    """What fails inside leaves the transaction as it was before. Raises QuestionFailed for whatever it is,
    except when the store itself fails."""
    try:
        with connection.begin_nested():
            yield
    except Exception as error:
        if isinstance(error, DatabaseError):
            if _is_of_the_store(error):
                raise
            raise QuestionFailed(_first_line(error)) from error
        raise QuestionFailed(f"{type(error).__name__}: {error}") from error


@contextmanager
def _readable_errors(engine: Engine) -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        if not _is_of_the_store(error):
            raise
        raise StoreUnreachable(
            f"the store at {engine.url.render_as_string(hide_password=True)} fails: {_first_line(error)}",
            "Check that the database runs, that USERMON_STORE_URL is right, and that the disk is not full.",
        ) from error


def _is_of_the_store(error: DatabaseError) -> bool:
    """Of both drivers: no server, wrong password, locked for too long, read-only, disk full (operational),
    and SQLite's plain "not a database". Anything more special is a fault of ours."""
    return isinstance(error, OperationalError) or type(error) is DatabaseError


def _first_line(error: DatabaseError) -> str:
    return next(iter(str(error.orig).splitlines()), "no reason given")
