"""Whose a host is, or a node's backups: of the source that delivered it first. No other may speak of it.

What is collected on this machine has no owner here, and nobody who delivers may speak of it either.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from usage_store.engine import upsert
from usage_store.schema_backups import backup_nodes
from usage_store.schema_delivery import delivered_names
from usage_store.schema_hosts import hosts
from usermon.backup_records import BackupListing
from usermon.host_records import HostInfo, HostUsage

_KINDS = ("hosts", "backups")  # in the others each source has names of its own
_NAMES_AT_ONCE = 5_000


class Name(NamedTuple):
    """A host, or a node (`part`) with the backups of a hub."""

    name: str
    part: str = ""


def name_of(record: Any) -> Name | None:
    """What `record` speaks of; None for other kinds."""
    if isinstance(record, HostInfo | HostUsage):
        return Name(record.hostname)
    if isinstance(record, BackupListing):
        return Name(record.hub, record.node)
    return None


def claim_names(connection: Connection, kind: str, source: str, records: Iterable[Any]) -> dict[Name, str]:
    """Note `source` as the owner of what is new here; the others' names, each with the reason."""
    names = _names(kind, records)
    owners = _owners(connection, kind, names)
    free = [name for name in names if name not in owners]
    here = _collected_here(connection, kind, free)
    new = [{"kind": kind, **name._asdict(), "source": source} for name in free if name not in here]
    if new:
        connection.execute(delivered_names.insert(), new)
    reasons = {
        name: f"{_shown(name)} belongs to the source {owner!r}"
        for name, owner in owners.items()
        if owner != source
    }
    return reasons | {name: f"{_shown(name)} is collected on the hub" for name in here}


def take_back(connection: Connection, kind: str, records: Iterable[Any]) -> None:
    """What is collected on this machine from now on, nobody delivers any more."""
    for name in _owners(connection, kind, _names(kind, records)):
        connection.execute(
            delivered_names.delete().where(
                delivered_names.c.kind == kind,
                delivered_names.c.name == name.name,
                delivered_names.c.part == name.part,
            )
        )


def hand_over(connection: Connection, kind: str, names: Sequence[Name], source: str) -> None:
    """From now on `source` delivers them, whoever did until now."""
    for name in names:
        statement = upsert(connection, delivered_names).values(
            kind=kind, name=name.name, part=name.part, source=source
        )
        keys = ["kind", "name", "part"]
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_={"source": source}))


def _names(kind: str, records: Iterable[Any]) -> list[Name]:
    if kind not in _KINDS:
        return []
    return list(dict.fromkeys(name for record in records if (name := name_of(record)) is not None))


def _owners(connection: Connection, kind: str, names: Sequence[Name]) -> dict[Name, str]:
    found: dict[Name, str] = {}
    table = delivered_names.c
    for part in _parts(names):
        query = select(table.name, table.part, table.source).where(
            table.kind == kind, table.name.in_({name.name for name in part})
        )
        found |= {Name(*row[:2]): row[2] for row in connection.execute(query)}
    return {name: found[name] for name in names if name in found}


def _collected_here(connection: Connection, kind: str, names: Sequence[Name]) -> set[Name]:
    """Which of `names`, that nobody has delivered, are known nevertheless."""
    found: set[Name] = set()
    columns = (hosts.c.name,) if kind == "hosts" else (backup_nodes.c.hub, backup_nodes.c.node)
    for part in _parts(names):
        query = select(*columns).where(columns[0].in_({name.name for name in part}))
        found |= {Name(*row) for row in connection.execute(query)}
    return found.intersection(names)


def _parts(names: Sequence[Name]) -> Iterator[Sequence[Name]]:
    for start in range(0, len(names), _NAMES_AT_ONCE):
        yield names[start : start + _NAMES_AT_ONCE]


def _shown(name: Name) -> str:
    return f"the node {name.part!r} of the hub {name.name!r}" if name.part else f"the host {name.name!r}"
