"""A small facility that has something of every kind, for tests of the API as a whole."""

from tests.alert_samples import finding, save_messages
from tests.backup_samples import listing
from tests.factories import dashboard_state, ledger_entry, run, usage, usages
from tests.host_samples import host_info, minutes
from tests.io_samples import session
from tests.queue_samples import finished_job, snapshot
from usage_store.alerts import add_alerts
from usage_store.backup_saving import save_backups
from usage_store.collection_runs import note_run, replace_rejected
from usage_store.dashboards import save_ledger, save_states
from usage_store.engine import Store
from usage_store.host_saving import save_hosts
from usage_store.io_saving import save_io
from usage_store.queue_saving import save_queues
from usage_store.storage_saving import save_storage
from usermon.records import Rejected

# Of each parameter in a path one value that leads somewhere.
KNOWN_NAMES = {
    "user": "alice",
    "volume": "local",
    "host": "calc-01",
    "hub": "alder",
    "node": "n1",
    "id": "cluster-a",
    "username": "alice",
    "machine_name": "gpu08",
}


def save_facility(store: Store) -> None:
    """Alice on two volumes, bob on one; charlie is listed and has nothing."""
    with store.writing() as connection:
        save_storage(connection, usages("alice", "local", count=10))
        numbers = add_alerts(connection, [finding(), finding("alder", "backup", "warning")], 1000, 1000)
        save_messages(connection, numbers[0])
        save_storage(
            connection, [usage("alice", "cryo", gb=7, files=70), usage("bob", "local", gb=0, files=0)]
        )
        save_ledger(connection, [ledger_entry("alice", 8100), ledger_entry("charlie", 8101)])
        save_states(
            connection, [dashboard_state("alice"), dashboard_state("charlie", "failed", error="=cmd()")]
        )
        note_run(connection, run("local", rejected=1))
        replace_rejected(connection, "local", "alice.csv", [Rejected(3, "=1+1", "not a date")], 1.0)
        save_hosts(connection, "hosts", [host_info(), *minutes(20, leave_out=(6, 7, 8))])
        save_backups(connection, "alder-n1", [listing()])
        save_queues(connection, "cluster-a", [snapshot(), finished_job()])
        save_io(connection, "reads", [session()])
