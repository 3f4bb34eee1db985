"""What the I/O pages show, as JSON for their scripts: made from sums in the store (usage_store/io_*.py)."""

from collections.abc import Mapping, Sequence
from typing import Any

from usage_store.engine import StoreConnection
from usage_store.io_histogram import SizeBucket, sizes_of_all
from usage_store.io_one import first_and_newest, rank_of, sizes_and_partners
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
from usage_store.io_ranges import IoRange, RangeName, clocks_ahead, io_range
from usage_store.io_series import (
    Group,
    Grouping,
    entries_by_step,
    groups_through_time,
    in_order,
    owner_by_step,
)
from usage_store.io_sources import io_sources
from usage_store.io_week import week_pattern
from usermon.io_records import clock_text

# Rows of a ranking: more than anybody reads; all of them come as CSV.
RANKED = 100

_DAY_SECONDS = 86_400

Figures = dict[str, Any]


def io_figures(connection: StoreConnection, name: RangeName, by: Grouping | None) -> Figures | None:
    """The I/O page in one range of time, its series `by` something; None while no log was read."""
    span = io_range(connection, name)
    if span is None:
        return None
    logged = entries_by_step(connection, span)
    people, machines = totals_of(connection, USERS, span), totals_of(connection, MACHINES, span)
    return {
        **_frame(connection, span),
        "operations": sum(logged.values()),
        "total": in_order(span, logged, logged),
        "groups": None if by is None else _groups(connection, by, span, logged),
        "sizes": _sizes(sizes_of_all(connection, span)),
        "week": _week(connection, name),
        "users": _ranking(users_about(connection), people),
        "machines": _ranking(machines_about(connection), machines),
    }


def io_figures_of(
    connection: StoreConnection, owners: Owners, number: int, about: IoUser | IoMachine, name: RangeName
) -> Figures:
    """A user, or a machine, in one range of time."""
    span = _known_range(connection, name)
    logged = entries_by_step(connection, span)
    sizes, partners = sizes_and_partners(connection, owners, number, span)
    rows = [{**_about(one.about), "total": one.total, "sessions": one.sessions} for one in partners[:RANKED]]
    return {
        **_facts_of(connection, owners, number, span),
        "about": _about(about),
        "total": in_order(span, owner_by_step(connection, owners, number, span), logged),
        "sizes": _sizes(sizes),
        "week": _week(connection, name, owners, number),
        "partners": {"count": len(partners), "rows": rows},
    }


def io_facts_of(connection: StoreConnection, owners: Owners, number: int, name: RangeName) -> Figures:
    """The numbers at the top of the page of a user or a machine."""
    return _facts_of(connection, owners, number, _known_range(connection, name))


def _facts_of(connection: StoreConnection, owners: Owners, number: int, span: IoRange) -> Figures:
    totals = totals_of(connection, owners, span)
    first, newest = first_and_newest(connection, owners, number) or (None, None)
    return {
        **_frame(connection, span),
        "seen": {"first": first, "newest": newest},
        "operations": totals.get(number, 0),
        "operations_of_all": sum(totals.values()),
        "rank": rank_of(totals, number) if number in totals else None,
        "ranked": len(totals),
    }


def _known_range(connection: StoreConnection, name: RangeName) -> IoRange:
    span = io_range(connection, name)
    if span is None:  # a user or a machine is named by an entry, and entries stay
        raise LookupError
    return span


def io_facts(connection: StoreConnection, name: RangeName) -> Figures | None:
    """The numbers at the top of the page; None while no log was read."""
    span = io_range(connection, name)
    if span is None:
        return None
    return {
        **_frame(connection, span),
        "operations": sum(entries_by_step(connection, span).values()),
        "users": len(totals_of(connection, USERS, span)),
        "machines": len(totals_of(connection, MACHINES, span)),
    }


def _frame(connection: StoreConnection, span: IoRange) -> Figures:
    """What is said of the range; `ahead` is by how many seconds the logs' clocks are ahead of UTC."""
    sources = io_sources(connection)
    return {
        "range": span.name,
        "step": span.step,
        "steps": step_names(span),
        "ahead": clocks_ahead(connection, span),
        "first": span.first,
        "newest": span.newest,
        "sources": [
            {"name": source.name, "newest": source.newest, "every": source.every} for source in sources
        ],
    }


def step_names(span: IoRange) -> list[int] | list[str]:
    """Epoch seconds of hours; dates of days, and of the Mondays of weeks."""
    if span.step == "hour":
        return span.steps()
    return [clock_text(day * _DAY_SECONDS)[:10] for day in span.steps()]


def _groups(connection: StoreConnection, by: Grouping, span: IoRange, logged: Mapping[int, int]) -> Figures:
    groups = groups_through_time(connection, by, span, logged)
    return {
        "by": by,
        "shown": [_group(group) for group in groups.shown],
        "others": groups.others and _group(groups.others),
        "count": groups.count,
    }


def _group(group: Group) -> Figures:
    return {"name": group.name, "total": group.total, "values": group.values}


def _sizes(buckets: Sequence[SizeBucket]) -> Figures:
    return {
        "low": [bucket.low for bucket in buckets],
        "high": [bucket.high for bucket in buckets],
        "total": [bucket.total for bucket in buckets],
    }


def _week(
    connection: StoreConnection, name: RangeName, owners: Owners | None = None, number: int = 0
) -> Figures | None:
    """Of a week at least: a day has no weekdays."""
    span = io_range(connection, "7d" if name == "24h" else name)
    if span is None:
        return None
    pattern = week_pattern(connection, span, owners, number)
    return {
        "range": span.name,
        "ahead": clocks_ahead(connection, span),
        "totals": pattern.totals,
        "hours": pattern.hours,
    }


def _ranking(about: Mapping[int, IoUser] | Mapping[int, IoMachine], totals: Mapping[int, int]) -> Figures:
    return {"count": len(totals), "rows": ranked(about, totals)[:RANKED]}


def ranked(about: Mapping[int, IoUser] | Mapping[int, IoMachine], totals: Mapping[int, int]) -> list[Figures]:
    """Those who read most first; equals by name."""
    rows = [{**_about(about[number]), "total": total} for number, total in totals.items()]
    return sorted(rows, key=lambda row: (-row["total"], row["name"], row.get("type", "")))


def _about(one: IoUser | IoMachine) -> Figures:
    if isinstance(one, IoUser):
        return {"name": one.name, "role": one.role, "affiliation": one.affiliation}
    return {"name": one.name, "type": one.type}
