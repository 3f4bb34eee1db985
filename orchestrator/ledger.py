"""Who has which port. Kept in the store; what runs carries it too, as labels, should the store be lost."""

import time
from collections.abc import Iterable, Mapping

from orchestrator.runtimes import Role, Running
from usage_store.dashboards import LedgerEntry, forget_dashboards, read_ledger, save_ledger
from usage_store.engine import Store
from usage_store.publications import forget_published


def load_ledger(store: Store | None, running: Iterable[Running]) -> dict[str, LedgerEntry]:
    """The store's entries (None: there is no store yet), and those that only the labels of what runs know."""
    ledger: dict[str, LedgerEntry] = {}
    if store is not None:
        with store.reading() as connection:
            ledger = read_ledger(connection)
    return {**_from_labels(running, ledger), **ledger}


def update_ledger(
    store: Store, ledger: Mapping[str, LedgerEntry], ports: Mapping[str, int], lists_of: Mapping[str, str]
) -> None:
    """Enter `ports`; who is in `lists_of` is listed from now on, everybody else is not. An unchanged ledger
    is not written."""
    now = time.time()
    wanted = {
        user: LedgerEntry(
            user, port, True, lists_of[user], ledger[user].created_at if user in ledger else now
        )
        for user, port in ports.items()
    }
    for user, entry in ledger.items():
        if user not in wanted:
            wanted[user] = LedgerEntry(user, entry.port, False, entry.lists, entry.created_at)
    with store.reading() as connection:
        stored = read_ledger(connection)
    changed = [entry for user, entry in wanted.items() if stored.get(user) != entry]
    if changed:
        with store.writing() as connection:
            save_ledger(connection, changed)


def forget_user(store: Store, user: str) -> None:
    """The port is free for others; what was measured stays, to be published anew should the user return."""
    with store.writing() as connection:
        forget_dashboards(connection, [user])
        forget_published(connection, [user])


def _from_labels(running: Iterable[Running], ledger: Mapping[str, LedgerEntry]) -> dict[str, LedgerEntry]:
    used = {entry.port for entry in ledger.values()}
    entries = {}
    for container in running:
        user, port = container.user, container.port
        if container.role is not Role.DASHBOARD or user is None or port is None:
            continue
        if user not in ledger and port not in used:
            entries[user] = LedgerEntry(user, port, False, "", container.started_at or time.time())
            used.add(port)
    return entries
