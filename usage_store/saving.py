"""Every kind of record, and who saves it: the same for what is read here and for what agents deliver."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from usage_store.backup_saving import save_backups
from usage_store.host_saving import save_hosts
from usage_store.io_saving import save_io
from usage_store.queue_saving import save_queues
from usage_store.saved import Saved
from usage_store.storage_saving import save_storage
from usermon.backup_records import BackupListing, check_backup_listing
from usermon.host_records import HostInfo, HostUsage, check_host_info, check_host_usage
from usermon.io_records import IoEntry, IoSession, check_io_entry, check_io_session
from usermon.queue_records import ClusterSnapshot, FinishedJob, check_finished_job, check_snapshot
from usermon.records import StorageUsage, check_storage_usage


@dataclass(frozen=True, slots=True)
class Kind:
    """`save(connection, source, records)`; saving the same record twice changes nothing.

    `checks` say for each class of records, by ValueError, what of it cannot be: of what another machine
    delivers, no parser of ours can answer for it.
    """

    records: tuple[type, ...]
    save: Callable[[Connection, str, Sequence[Any]], Saved]
    checks: Mapping[type, Callable[[Any], None]] = field(default_factory=dict)


KINDS = {
    "storage": Kind(
        (StorageUsage,),
        lambda connection, _source, usages: save_storage(connection, usages),
        {StorageUsage: check_storage_usage},
    ),
    "queues": Kind(
        (ClusterSnapshot, FinishedJob),
        save_queues,
        {ClusterSnapshot: check_snapshot, FinishedJob: check_finished_job},
    ),
    "io": Kind((IoEntry, IoSession), save_io, {IoEntry: check_io_entry, IoSession: check_io_session}),
    "hosts": Kind(
        (HostInfo, HostUsage), save_hosts, {HostInfo: check_host_info, HostUsage: check_host_usage}
    ),
    "backups": Kind((BackupListing,), save_backups, {BackupListing: check_backup_listing}),
}
