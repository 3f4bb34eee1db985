"""Bringing the tables of an older version up to date, once, whoever starts first."""

import logging
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from usermon.errors import UsermonError

# The newest file in migrations/versions (a test compares). Programs that find this number in the database
# never load Alembic, which would cost them a quarter of a second at each start.
NEWEST_REVISION = "0016"


_log = logging.getLogger(__name__)


class StoreFromTheFuture(UsermonError):
    """The store was made by a newer Usermon."""


def is_newest(connection: Connection) -> bool:
    return _current_revision(connection) == NEWEST_REVISION


def migrate_to_newest(connection: Connection) -> None:
    """Within the caller's writing transaction, so that nobody else migrates at the same time.

    Raises:
        StoreFromTheFuture: the store is newer than this program.
    """
    current = _current_revision(connection)
    if current is not None and current > NEWEST_REVISION:
        raise StoreFromTheFuture(
            f"the store has tables of version {current}, this program knows up to {NEWEST_REVISION}",
            "Start the newer Usermon again, or restore the backup made before it was installed.",
        )
    if current != NEWEST_REVISION:
        _upgrade(connection)


def _current_revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection) -> None:
    # It tells each of its steps at length; what matters is the one line here.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    _log.info("bringing the store's tables to version %s", NEWEST_REVISION)
    from alembic import command
    from alembic.config import Config

    config = Config()
    # Alembic reads % as the start of a placeholder.
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
