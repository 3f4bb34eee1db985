"""Saving listings of tarballs, on both engines."""

import pytest

from tests.backup_samples import DAY, MIB, NOON, listing, nightly, tarball
from usage_store.backup_saving import save_backups
from usage_store.backups import KeptTarball, hub_names, node_backups
from usage_store.engine import Store
from usage_store.revisions import current_revision
from usage_store.saved import Saved
from usermon.backup_records import BackupListing, check_backup_listing


def save(store: Store, *listings: BackupListing) -> Saved:
    with store.writing() as connection:
        return save_backups(connection, "backups", listings)


def kept(store: Store, item: str = "svn/aurora", node: str = "n1") -> list[KeptTarball]:
    with store.reading() as connection:
        [found] = node_backups(connection, "alder", node)
    return found.items[item]


def test_a_listing_is_kept_by_hub_node_and_item(store: Store) -> None:
    two = listing([*nightly("svn/b", 3), *nightly("svn/a", 2)])
    assert save(store, two, listing(node="n2", max_age_seconds=7), listing(hub="birch")) == Saved(3, 0)
    with store.reading() as connection:
        assert hub_names(connection) == ["alder", "birch"]
        nodes = node_backups(connection)
    assert [(node.hub, node.node, node.max_age_seconds) for node in nodes] == [
        ("alder", "n1", None),
        ("alder", "n2", 7),
        ("birch", "n1", None),
    ]
    assert {item: [t.time for t in tarballs] for item, tarballs in nodes[0].items.items()} == {
        "svn/a": [NOON - DAY, NOON],
        "svn/b": [NOON - 2 * DAY, NOON - DAY, NOON],
    }


def test_the_same_listing_again_changes_nothing(store: Store) -> None:
    save(store, listing())
    with store.reading() as connection:
        before = current_revision(connection, "backups")
    assert save(store, listing()) == Saved(0, 1)
    with store.reading() as connection:
        assert current_revision(connection, "backups") == before


def test_tarballs_that_rotation_removed_stay_in_the_series_and_are_listed_no_more(store: Store) -> None:
    save(store, listing(nightly(count=3)))
    later = listing([*nightly(count=3)[1:], tarball(time=NOON + DAY, size_mib=120)], time=NOON + DAY + 1)
    assert save(store, later) == Saved(1, 0)
    assert [(t.time - NOON, t.size_bytes // MIB, t.is_listed) for t in kept(store)] == [
        (-2 * DAY, 100, False),
        (-DAY, 100, True),
        (0, 100, True),
        (DAY, 120, True),
    ]
    # It comes back from the tape.
    save(store, listing(nightly(count=3), time=NOON + DAY + 2))
    assert [t.is_listed for t in kept(store)] == [True, True, True, False]


def test_a_tarball_of_another_size_is_corrected_and_two_of_one_moment_are_two(store: Store) -> None:
    save(store, listing([tarball(size_mib=100), tarball(size_mib=7, name="y")]))
    save(store, listing([tarball(size_mib=50), tarball(size_mib=7, name="y")], time=NOON + 7200))
    assert [t.size_bytes // MIB for t in kept(store)] == [50, 7]


def test_a_listing_older_than_the_one_that_stands_is_known(store: Store) -> None:
    save(store, listing(time=NOON + 7200))
    assert save(store, listing([], time=NOON + 3600)) == Saved(0, 1)
    assert all(t.is_listed for t in kept(store))


def test_an_empty_listing_is_one_of_a_node_without_any_tarball(store: Store) -> None:
    save(store, listing([]))
    with store.reading() as connection:
        [node] = node_backups(connection)
    assert node.items == {}
    save(store, listing(time=NOON + 7200), listing([], time=NOON + 9000))
    assert not any(t.is_listed for t in kept(store))


def test_what_no_listing_is_is_refused() -> None:
    for wrong, message in (
        (listing(hub=""), "hub is empty"),
        (listing(node="n" * 256), "node is longer than 255"),
        (listing([tarball(item="a\x1bb")]), "item holds unprintable"),
        (listing([tarball(size_mib=-1)]), "size is negative"),
        (listing(time=-1), "time is negative"),
    ):
        with pytest.raises(ValueError, match=message):
            check_backup_listing(wrong)
