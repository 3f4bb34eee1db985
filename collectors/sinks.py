"""Where records go: into the store here, or (see push) to a hub. A pass knows no difference."""

from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar, Protocol

from collectors.reading import Reading
from usage_store.saved import Saved
from usermon.collection import CollectionRun, FileProgress
from usermon.site_file import Source


class Sink(Protocol):
    """Takes what a pass read. Raises UsermonError where it cannot."""

    records_at_once: ClassVar[int]  # about how many it likes to be given

    def progress_of(self, source: Source) -> Mapping[str, FileProgress]: ...

    def standing_of(self, source: Source) -> Mapping[str, str | None]:
        """Files with rejected lines; the reason when it is the file as a whole, else None."""

    def forget(self, source: Source, files: Collection[str]) -> None:
        """These files are gone."""

    def save(self, source: Source, kind: str, readings: Sequence[Reading], now: float) -> Saved:
        """All of `readings`, with how far the files were read and what was rejected: whole or not at all."""

    def note(self, run: CollectionRun) -> None: ...
