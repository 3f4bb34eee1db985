"""Every kind of record, and who saves it: the same for what is read here and for what agents deliver."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from usage_store.saved import Saved
from usage_store.storage_saving import save_storage
from usermon.records import StorageUsage


@dataclass(frozen=True, slots=True)
class Kind:
    """`save(connection, source, records)`; saving the same record twice changes nothing."""

    records: tuple[type, ...]
    save: Callable[[Connection, str, Sequence[Any]], Saved]


KINDS = {
    "storage": Kind((StorageUsage,), lambda connection, _source, usages: save_storage(connection, usages)),
}
