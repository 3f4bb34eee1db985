"""When hosts became other machines: what stood before and what came."""

from typing import NamedTuple

from sqlalchemy import Connection, func, select, true

from usage_store.hosts_now import Hardware
from usage_store.schema_hosts import host_hardware, hosts


class HardwareChange(NamedTuple):
    host: str
    time: int
    before: Hardware
    after: Hardware


def hardware_changes(connection: Connection, most: int, name: str | None = None) -> list[HardwareChange]:
    """The newest `most`, of all hosts or of the one of that name, newest first."""
    fields = Hardware._fields
    before = [
        func.lag(host_hardware.c[field])
        .over(partition_by=host_hardware.c.host_id, order_by=host_hardware.c.since)
        .label(f"{field}_before")
        for field in fields
    ]
    steps = select(
        host_hardware.c.host_id, host_hardware.c.since, *before, *(host_hardware.c[field] for field in fields)
    ).subquery()
    query = (
        select(
            hosts.c.name,
            steps.c.since,
            *(steps.c[f"{field}_before"] for field in fields),
            *(steps.c[field] for field in fields),
        )
        .join(steps, steps.c.host_id == hosts.c.id)
        .where(steps.c.cpu_number_before.is_not(None), true() if name is None else hosts.c.name == name)
        .order_by(steps.c.since.desc(), hosts.c.name)
        .limit(most)
    )
    return [
        HardwareChange(host, since, Hardware(*rest[: len(fields)]), Hardware(*rest[len(fields) :]))
        for host, since, *rest in connection.execute(query)
    ]
