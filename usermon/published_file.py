"""What all published files have in common: JSON of a known format, bounded, read strictly."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

from usermon.errors import UsermonError

# Every list in a published file has an end; a file beyond this is none of ours.
LARGEST_BYTES = 8 * 1024 * 1024


class UnreadablePublishedFile(UsermonError):
    """A published file is not what this version writes."""


def pack(published_format: int, published: Any) -> bytes:
    """`published` is a dataclass, of which some fields may be others."""
    content = {"format": published_format, **_as_dict(published)}
    return json.dumps(content, separators=(",", ":"), default=_as_dict).encode()


def _as_dict(published: Any) -> dict[str, Any]:
    # Not dataclasses.asdict: it copies each number of each column, which is half of the work.
    return {field.name: getattr(published, field.name) for field in fields(published)}


def unpack(content: bytes, published_format: int) -> dict[str, Any]:
    """The fields that `pack` of this format was given; to be called within `only_ours`."""
    if len(content) > LARGEST_BYTES:
        raise ValueError("too large")
    found = json.loads(content)
    if found.pop("format") != published_format:
        raise ValueError("another format")
    checked: dict[str, Any] = found
    return checked


@contextmanager
def only_ours() -> Iterator[None]:
    """Raises UnreadablePublishedFile for whatever goes wrong with a file that is not as it should be."""
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UnreadablePublishedFile(
            "the published data is damaged or of another version",
            "The collector writes it anew at its next pass; if this stays, tell your administrators.",
        ) from error


def check_columns(*columns: Any) -> None:
    """Raise ValueError when they are not lists of one length."""
    for column in columns:
        if not isinstance(column, list) or len(column) != len(columns[0]):
            raise ValueError("columns of different lengths")


def check_each(kinds: tuple[type, ...], *columns: Sequence[Any]) -> None:
    """Raise ValueError for a value in `columns` that is of none of `kinds`; a bool is no number."""
    for column in columns:
        if not all(type(value) in kinds for value in column):
            raise ValueError("a value of another kind")
