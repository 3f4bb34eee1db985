"""Bringing the tables of an older version up to date, once, whoever starts first."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from usermon.errors import UsermonError

# The newest file in migrations/versions (a test compares). Programs that find this number in the database
# never load Alembic, which would cost them a quarter of a second at each start.
NEWEST_REVISION = "0001"

# Any number will do, as long as every Usermon takes the same.
_POSTGRES_LOCK = 7_385_346


class StoreFromTheFuture(UsermonError):
    """The store was made by a newer Usermon."""


def migrate_to_newest(engine: Engine) -> None:
    """Raises StoreFromTheFuture when the store is newer than this program."""
    with engine.connect() as connection:
        if _current_revision(connection) == NEWEST_REVISION:
            return
    writer = engine.execution_options(usermon_write=True)
    with writer.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _POSTGRES_LOCK})
        current = _current_revision(connection)
        if current != NEWEST_REVISION:
            _refuse_newer(current)
            _upgrade(connection)


def _current_revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _refuse_newer(current: str | None) -> None:
    if current is not None and current > NEWEST_REVISION:
        raise StoreFromTheFuture(
            f"the store has tables of version {current}, this program knows up to {NEWEST_REVISION}",
            "Start the newer Usermon again, or restore the backup made before it was installed.",
        )


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
