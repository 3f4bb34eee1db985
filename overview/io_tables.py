"""The I/O pages' numbers as CSV: everything, where the pages show the most."""

from collections.abc import Mapping, Sequence

from overview.csv_table import csv_table
from overview.io_figures import Figures, ranked, step_names
from usage_store.engine import StoreConnection
from usage_store.io_histogram import sizes_of_all
from usage_store.io_one import sizes_and_partners
from usage_store.io_owners import (
    MACHINES,
    USERS,
    IoMachine,
    IoUser,
    Owners,
    machines_about,
    totals_of,
    users_about,
)
from usage_store.io_ranges import IoRange
from usage_store.io_series import Grouping, entries_by_step, groups_through_time, in_order, owner_by_step

_ABOUT = {USERS: ("name", "role", "affiliation"), MACHINES: ("name", "type")}
_TITLES = {USERS: ("user", "role", "affiliation"), MACHINES: ("machine", "machine_type")}


def operations_csv(
    connection: StoreConnection, span: IoRange, by: Grouping | None, of: tuple[Owners, int] | None
) -> bytes:
    """Through time: of all, of the heaviest of a grouping, or of one user or machine.

    Hours are epoch seconds, days and weeks dates by the logs' clock; empty: no entry.
    """
    logged = entries_by_step(connection, span)
    titles = [f"{span.step}_from"]
    if of is not None:
        titles.append("operations")
        columns = [in_order(span, owner_by_step(connection, *of, span), logged)]
    else:
        titles.append("all")
        columns = [in_order(span, logged, logged)]
        if by is not None:
            groups = groups_through_time(connection, by, span, logged)
            shown = [*groups.shown, *([groups.others] if groups.others else [])]
            titles += [group.name for group in shown]
            columns += [group.values for group in shown]
    return csv_table(titles, zip(step_names(span), *columns, strict=True))


def sizes_csv(connection: StoreConnection, span: IoRange, of: tuple[Owners, int] | None) -> bytes:
    """Ranges in bytes; empty: no end on that side."""
    buckets = sizes_of_all(connection, span) if of is None else sizes_and_partners(connection, *of, span)[0]
    rows = ((bucket.low, bucket.high, bucket.total) for bucket in buckets)
    return csv_table(("from_bytes", "below_bytes", "operations"), rows)


def owners_csv(
    connection: StoreConnection, span: IoRange, owners: Owners, of: tuple[Owners, int] | None
) -> bytes:
    """All users, or all machines, the heaviest first; or those that one machine, or user, has to do with."""
    rows: Sequence[Figures]
    if of is None:
        about: Mapping[int, IoUser] | Mapping[int, IoMachine]
        about = users_about(connection) if owners is USERS else machines_about(connection)
        rows = ranked(about, totals_of(connection, owners, span))
    else:
        partners = sizes_and_partners(connection, *of, span)[1]
        rows = [
            {name: getattr(one.about, name) for name in _ABOUT[owners]} | {"total": one.total}
            for one in partners
        ]
    everything = sum(row["total"] for row in rows)
    header = (*_TITLES[owners], "operations", "share")
    return csv_table(
        header,
        (
            (
                *(row[name] for name in _ABOUT[owners]),
                row["total"],
                round(row["total"] / everything, 6) if everything else 0,
            )
            for row in rows
        ),
    )
