"""Who does what only one may do: a lease in the store, that ends by itself when its holder is gone."""

from sqlalchemy import Connection, select

from usage_store.engine import upsert
from usage_store.schema_alerts import alert_leases


def lease_of(connection: Connection, name: str) -> tuple[str, int] | None:
    """Its holder, and until when (epoch seconds)."""
    query = select(alert_leases.c.holder, alert_leases.c.until).where(alert_leases.c.name == name)
    row = connection.execute(query).one_or_none()
    return None if row is None else (row[0], row[1])


def take_lease(connection: Connection, name: str, holder: str, now: int, seconds: int) -> bool:
    """Take or renew it within a writing transaction; False while another holds it."""
    held = lease_of(connection, name)
    if held is not None and held[0] != holder and held[1] > now:
        return False
    statement = upsert(connection, alert_leases).values(name=name, holder=holder, until=now + seconds)
    changed = {column: statement.excluded[column] for column in ("holder", "until")}
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=changed))
    return True


def end_lease(connection: Connection, name: str, holder: str) -> None:
    """So that the next one need not wait. Nothing happens when another holds it."""
    connection.execute(
        alert_leases.delete().where(alert_leases.c.name == name, alert_leases.c.holder == holder)
    )
