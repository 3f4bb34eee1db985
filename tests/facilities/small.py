"""A small facility that has something of every kind, fresh as of `now`, with every kind of trouble.

The cast: alice is well, bob is over his quota on `local`, charlie is listed and has nothing, dora is in no
list, emeka is near his limit, farida grows fast, goran went silent, lumi is known by I/O and jobs alone.
`local` has room, `cryo` is nearly full.
"""

from pathlib import Path

from tests.facilities import small_clusters, small_machines
from tests.facilities.small_alerts import save_alerts
from tests.facilities.small_reads import read_entries
from tests.facilities.small_storage import storage_samples
from tests.factories import site, source
from usage_store.backup_saving import save_backups
from usage_store.collection_runs import note_run, replace_rejected
from usage_store.dashboards import DashboardState, LedgerEntry, save_ledger, save_states
from usage_store.engine import Store, StoreConnection
from usage_store.host_saving import save_hosts
from usage_store.io_saving import save_io
from usage_store.queue_saving import save_queues
from usage_store.storage_saving import save_storage
from usermon.collection import CollectionRun
from usermon.records import Rejected
from usermon.site_file import SiteFile
from usermon.units import GIB

HOSTILE = "<img src=x onerror=alert(1)>"
LISTED = ("alice", "bob", "charlie", "emeka", "farida", "goran", "kwame")
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def usermon_toml() -> SiteFile:
    """What the facility's usermon.toml says, as far as pages read it."""
    return site(
        source("local"),
        source("cryo", Path("/srv/quota/cryo")),
        source("reads", Path("/srv/io/reads.log"), "io_log", 600),
        *(source(name, Path("/unused"), "slurm", 60) for name in small_clusters.NAMES),
        source("machines", Path("/srv/hosts"), "host", 60),
        *(source(f"{hub}-{node}", Path("/srv/backup"), "tarballs", _HOUR) for hub, node in _NODES),
        timezone="Europe/Berlin",
        capacities={"local": 4 * 1024 * GIB, "cryo": 72 * 1024 * GIB},
    )


_NODES = tuple((one.hub, one.node) for one in small_machines.backup_listings(2_000_000_000))


def fill(store: Store, now: int) -> None:
    with store.writing() as connection:
        save_storage(connection, storage_samples(now))
        save_io(connection, "reads", read_entries(now))
        for name, records in small_clusters.queue_records(now).items():
            save_queues(connection, name, records)
        save_hosts(connection, "machines", small_machines.host_records(now))
        for listing in small_machines.backup_listings(now):
            save_backups(connection, f"{listing.hub}-{listing.node}", [listing])
        _save_dashboards(connection, now)
        _note_runs(connection, now)
        save_alerts(connection, now)


def _save_dashboards(connection: StoreConnection, now: int) -> None:
    save_ledger(
        connection,
        [LedgerEntry(u, 8100 + n, u != "goran", "local+cryo", now - 40 * _DAY) for n, u in enumerate(LISTED)],
    )
    states = {
        "alice": ("ready", None),
        "bob": ("failed", f"its data cannot be read: {HOSTILE}"),
        "emeka": ("starting", None),
        "farida": ("asleep", None),
        "goran": ("stopped", None),
    }
    save_states(
        connection,
        [
            DashboardState(
                user,
                state,
                f"http://localhost:{8100 + number}",
                "usermon-user-dashboard:1",
                None,
                f"{number:012x}",
                now - (number + 1) * 7 * _HOUR if state == "ready" else None,
                (38 + number) << 20 if state in ("ready", "starting") else None,
                error,
                now - 20,
            )
            for number, (user, (state, error)) in enumerate(states.items())
        ],
    )


def _note_runs(connection: StoreConnection, now: int) -> None:
    """Most sources are well; one fails, one rejects lines, one has been silent."""

    def note(
        name: str, collector: str, ago: int, taken: int, rejected: int = 0, error: str | None = None
    ) -> None:
        remedy = None if error is None else "Check that the machine answers: `usermon-collect check`."
        started = float(now - ago)
        run = CollectionRun(name, collector, started, started + 1.4, taken, 40, rejected, error, remedy)
        note_run(connection, run)

    for ago in (3 * 1800 + 300, 2 * 1800 + 300, 1800 + 300, 300):
        note("local", "storage_csv", ago, 6)
    note("cryo", "storage_csv", 300, 5, rejected=3)
    note("reads", "io_log", 400, 60, rejected=1)
    for name in small_clusters.NAMES:
        unreachable = name == small_clusters.UNREACHABLE
        note(name, "slurm", 30, 0 if unreachable else 2, error=_NO_ANSWER if unreachable else None)
    note("machines", "host", 45, 9)
    for hub, node in _NODES:
        note(f"{hub}-{node}", "tarballs", 9 * _HOUR if node == "east" else 1500, 1)
    for file, lines in (
        ("dora.csv", [Rejected(7, HOSTILE, "not a date"), Rejected(9, "2026-13-01,5,5", "not a date")]),
        ("bob.csv", [Rejected(0, "", "the file cannot be read: permission denied")]),
    ):
        replace_rejected(connection, "cryo", file, lines, now - 300)
    replace_rejected(connection, "reads", "reads.log", [Rejected(812, "@rd_client(", "cut off")], now - 400)


_NO_ANSWER = "head-old does not answer: connection timed out"
