"""Backups: which tarballs of a hub lie on a node. Base units: bytes, UTC epoch seconds."""

from dataclasses import dataclass

LONGEST_NAME = 255
LONGEST_PATH = 4096
LARGEST_BYTES = 2**62
MOST_TARBALLS = 1_000_000


@dataclass(frozen=True, slots=True)
class Tarball:
    """One file. `item` is what it is a backup of: the part of its path before the date, as far as the
    node's items differ (`svn/aurora`)."""

    item: str
    time: int  # from its path
    size_bytes: int
    path: str


@dataclass(frozen=True, slots=True)
class BackupListing:
    """All tarballs of one hub that lie on one node, as they were at `time`.

    A node that answered and holds none is a listing without tarballs; one that did not answer is no listing.
    `max_age_seconds` is how old the newest of an item may be.
    """

    hub: str
    node: str
    time: int
    max_age_seconds: int | None
    tarballs: tuple[Tarball, ...]


def check_backup_listing(listing: BackupListing) -> None:
    """Raises ValueError for what no listing is, saying what is wrong in words for a table."""
    check_name("hub", listing.hub)
    check_name("node", listing.node)
    _check_number("time", listing.time)
    if listing.max_age_seconds is not None:
        _check_number("max_age", listing.max_age_seconds)
    if len(listing.tarballs) > MOST_TARBALLS:
        raise ValueError(f"more than {MOST_TARBALLS} tarballs")
    for tarball in listing.tarballs:
        check_name("item", tarball.item)
        _check_number("time", tarball.time)
        _check_number("size", tarball.size_bytes)
        if not tarball.path or len(tarball.path) > LONGEST_PATH:
            raise ValueError("the path is empty or too long")
        if not tarball.path.isprintable():
            raise ValueError("the path holds unprintable characters")


def check_name(what: str, name: str) -> None:
    """Raises ValueError for a name that is empty, too long or unprintable."""
    if not name:
        raise ValueError(f"{what} is empty")
    if len(name) > LONGEST_NAME:
        raise ValueError(f"{what} is longer than {LONGEST_NAME} characters")
    if not name.isprintable():
        raise ValueError(f"{what} holds unprintable characters")


def _check_number(what: str, number: int) -> None:
    if number < 0:
        raise ValueError(f"{what} is negative")
    if number > LARGEST_BYTES:
        raise ValueError(f"{what} is more than any backup has")
