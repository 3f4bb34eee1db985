"""The ledger of ports, and what the orchestrator last saw running."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, false, func, or_, select

from usage_store.engine import upsert
from usage_store.names import ids_of_users
from usage_store.revisions import next_revision
from usage_store.schema import dashboard_states, dashboards, users


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A user's place: `listed` says whether the newest lists name them, `lists` which ones ("local+cryo")."""

    user: str
    port: int
    listed: bool
    lists: str
    created_at: float


@dataclass(frozen=True, slots=True)
class DashboardState:
    """One dashboard as last seen; `state` is ready, starting, asleep, stopped or failed. `last_visit_at` is
    when its user last looked (None: not known), visits of admins left out."""

    user: str
    state: str
    url: str
    image: str | None
    node: str | None
    container: str | None
    started_at: float | None
    memory_bytes: int | None
    error: str | None
    seen_at: float
    last_visit_at: float | None = None


class DashboardView(NamedTuple):
    """What the ledger and the orchestrator's last look say of one user. `port` is None for a dashboard
    that no ledger entry explains, `state` None for one that was never seen."""

    user: str
    port: int | None
    listed: bool
    lists: str
    state: str | None
    url: str | None
    image: str | None
    node: str | None
    container: str | None
    started_at: float | None
    memory_bytes: int | None
    error: str | None
    seen_at: float | None
    last_visit_at: float | None


def read_ledger(connection: Connection) -> dict[str, LedgerEntry]:
    """Everybody who ever had a dashboard and was not forgotten, by user, in order of ports."""
    query = (
        select(
            users.c.name, dashboards.c.port, dashboards.c.listed, dashboards.c.lists, dashboards.c.created_at
        )
        .join(users, users.c.id == dashboards.c.user_id)
        .order_by(dashboards.c.port)
    )
    return {row[0]: LedgerEntry(*row) for row in connection.execute(query)}


def save_ledger(connection: Connection, entries: Iterable[LedgerEntry]) -> None:
    """Enter or change these; entries not given stay as they are."""
    entries = list(entries)
    if not entries:
        return
    ids = ids_of_users(connection, (entry.user for entry in entries))
    rows = [
        {
            "user_id": ids[entry.user],
            "port": entry.port,
            "listed": entry.listed,
            "lists": entry.lists,
            "created_at": entry.created_at,
        }
        for entry in entries
    ]
    # Out with the old first: two users may have exchanged ports.
    connection.execute(dashboards.delete().where(dashboards.c.user_id.in_(list(ids.values()))))
    connection.execute(dashboards.insert(), rows)
    next_revision(connection, "dashboards")


def forget_dashboards(connection: Connection, names: Sequence[str]) -> None:
    """Drop ledger entries and states; what was measured of these users stays."""
    ids = connection.execute(select(users.c.id).where(users.c.name.in_(names))).scalars().all()
    for table in (dashboards, dashboard_states):
        connection.execute(table.delete().where(table.c.user_id.in_(ids)))
    next_revision(connection, "dashboards")


def save_states(connection: Connection, states: Iterable[DashboardState], *, only: bool = False) -> None:
    """Note what was seen; with `only`, states of users not given are dropped."""
    states = list(states)
    ids = ids_of_users(connection, (state.user for state in states))
    if only:
        connection.execute(dashboard_states.delete().where(dashboard_states.c.user_id.not_in(ids.values())))
    rows = []
    for state in states:
        row = {name: getattr(state, name) for name in DashboardState.__slots__}
        rows.append({"user_id": ids[row.pop("user")], **row})
    if rows:
        statement = upsert(connection, dashboard_states)
        changed = {name: statement.excluded[name] for name in DashboardState.__slots__ if name != "user"}
        connection.execute(statement.on_conflict_do_update(index_elements=["user_id"], set_=changed), rows)
    next_revision(connection, "dashboards")


def read_states(connection: Connection) -> dict[str, DashboardState]:
    columns = (dashboard_states.c[name] for name in DashboardState.__slots__ if name != "user")
    query = (
        select(users.c.name, *columns)
        .join(users, users.c.id == dashboard_states.c.user_id)
        .order_by(users.c.name)
    )
    return {row[0]: DashboardState(*row) for row in connection.execute(query)}


def dashboard_views(connection: Connection) -> list[DashboardView]:
    """Everybody in the ledger, and everybody whose dashboard was seen, by user."""
    columns = (dashboard_states.c[name] for name in DashboardView._fields if name in dashboard_states.columns)
    query = (
        select(
            users.c.name,
            dashboards.c.port,
            func.coalesce(dashboards.c.listed, false()),
            func.coalesce(dashboards.c.lists, ""),
            *columns,
        )
        .select_from(users)
        .outerjoin(dashboards, dashboards.c.user_id == users.c.id)
        .outerjoin(dashboard_states, dashboard_states.c.user_id == users.c.id)
        .where(or_(dashboards.c.user_id.is_not(None), dashboard_states.c.user_id.is_not(None)))
        .order_by(users.c.name)
    )
    return [DashboardView._make(row) for row in connection.execute(query)]
