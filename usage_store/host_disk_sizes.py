"""How large the disks of hosts are: what the newest sample that told it said."""

from collections.abc import Mapping

from sqlalchemy import Connection, select

from usage_store.bulk import upsert_rows
from usage_store.schema_hosts import host_disk_sizes, hosts
from usermon.host_records import HostUsage

FIRST_MOUNT = ""
_MIB = 1024**2


def save_disk_sizes(connection: Connection, usages: Mapping[tuple[int, int], HostUsage]) -> None:
    """Of `usages`, by host and time, those that are a host's newest: what comes late says how it was. Samples
    that tell no size, as those of older agents, change nothing."""
    told = {key: sizes for key, usage in usages.items() if (sizes := _sizes_of(usage))}
    if not told:
        return
    host_ids = sorted({host_id for host_id, _ in told})
    newest = connection.execute(select(hosts.c.id, hosts.c.newest_time).where(hosts.c.id.in_(host_ids)))
    wanted = {
        (host_id, mount): size
        for host_id, time in newest
        for mount, size in told.get((host_id, time), {}).items()
    }
    query = select(host_disk_sizes).where(host_disk_sizes.c.host_id.in_(host_ids))
    for host_id, mount, size in connection.execute(query):
        if wanted.get((host_id, mount)) == size:
            del wanted[host_id, mount]
    rows = [{"host_id": key[0], "mount": key[1], "size_mib": size} for key, size in sorted(wanted.items())]
    upsert_rows(connection, host_disk_sizes, rows)


def _sizes_of(usage: HostUsage) -> dict[str, int]:
    """MiB by mount; no disk has none: a size of 0 is what an agent writes that does not know it."""
    sizes = {space.mount: space.size_bytes for space in usage.mounts}
    sizes[FIRST_MOUNT] = usage.disk_size_bytes
    return {mount: size // _MIB for mount, size in sizes.items() if size is not None and size >= _MIB}
