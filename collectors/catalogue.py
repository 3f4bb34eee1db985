"""Everything that Usermon can collect. One more is a parser, a reader, a save function and an entry here."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from collectors import storage_folder
from collectors.appended_file import Block
from collectors.parsers import storage_csv
from collectors.storage_folder import Reading
from usage_store.collection_runs import FileProgress
from usage_store.saved import Saved
from usage_store.storage_saving import save_storage
from usermon.errors import UsermonError
from usermon.records import Parsed, StorageUsage
from usermon.site_file import Source


@dataclass(frozen=True, slots=True)
class Collector:
    """How one kind of source becomes records in the store."""

    reads: str  # what `list` and the manual say of it
    file_names: Callable[[Source], list[str]]
    read_new: Callable[[Source, Mapping[str, FileProgress], float], Iterator[Reading]]
    parse_blocks: Callable[..., Iterator[tuple[Block, Parsed[StorageUsage]]]]
    save: Callable[..., Saved]
    as_fields: Callable[[StorageUsage, ZoneInfo], dict[str, object]]


COLLECTORS = {
    "storage_csv": Collector(
        reads="a folder of USER.csv files with lines date,GB,nfiles; the source's name is the volume",
        file_names=storage_folder.file_names,
        read_new=storage_folder.read_new,
        parse_blocks=storage_folder.parse_blocks,
        save=save_storage,
        as_fields=storage_csv.as_fields,
    ),
}


class UnknownCollector(UsermonError):
    """No collector of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no collector {name!r}", f"Known ones: {', '.join(sorted(COLLECTORS))}.")


def find_collector(name: str) -> Collector:
    """Raises UnknownCollector."""
    try:
        return COLLECTORS[name]
    except KeyError:
        raise UnknownCollector(name) from None
