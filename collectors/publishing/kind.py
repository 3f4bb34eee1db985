"""What the publisher must know of one kind of published file."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from usage_store.engine import StoreConnection


@dataclass(frozen=True, slots=True)
class Around:
    """What stands in every user's file beside their own data; `digest` changes when it must be told anew.

    `fading` are users whose file grows old by itself, `fading_seconds` how old it may become.
    """

    digest: str
    facts: Any
    fading: Collection[str] = ()
    fading_seconds: int = 0


class PublishedKind(Protocol):
    """`kind` is that of the records, and the store's topic; `file` the name in a user's folder.

    `is_for_all`: who has no data of this kind gets a file too, which says so. `looks_again_seconds`: how
    often what stands around may have changed though nothing was saved; None for never.
    """

    kind: str
    file: str
    is_for_all: bool
    looks_again_seconds: int | None

    def is_offered(self, connection: StoreConnection) -> bool:
        """Whether the facility has a source of this kind: else there is no file."""

    def around(self, connection: StoreConnection, now: float) -> Around:
        """`now` is of a clock that never goes back."""

    def contents(
        self, connection: StoreConnection, users: Sequence[str], around: Around
    ) -> Iterator[tuple[str, bytes]]:
        """The file of each of these users, one after the other: what the store knows of some hundred is asked
        for at once, since thousands are written in a row."""


def digest_of(facts: Any) -> str:
    return hashlib.sha256(repr(facts).encode()).hexdigest()
