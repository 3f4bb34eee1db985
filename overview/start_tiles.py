"""A tile for each kind of data on the start page: what there is, how new it is, whether anything is wrong."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from alerts import SERIOUS, Trouble
from overview.host_board import Board, summary
from overview.queue_rows import Row, site_totals
from overview.shown import number, size
from overview.storage_table import StorageTable
from usage_store.at_a_glance import backups_at_a_glance, io_at_a_glance
from usage_store.awaited_sources import never_ran
from usage_store.collection_runs import latest_runs
from usage_store.dashboards import DashboardView
from usage_store.engine import StoreConnection
from usage_store.volume_fullness import percent_of
from usermon.units import bytes_from_gb

_GOOD, _NOTHING = "good", "nothing"
_SHORT_OF = {"memory", "disk", "cpu"}


@dataclass(frozen=True, slots=True)
class Tile:
    """`state` is good, warning, serious, or nothing (no such data); `newest_time` is epoch seconds."""

    title: str
    link: str
    big: str
    unit: str
    hint: str
    newest_time: float | None
    newest_is: str = "newest"  # what the time is of: before its age
    state: str = _NOTHING
    words: str = "not measured"


def tiles(
    connection: StoreConnection,
    table: StorageTable,
    views: Sequence[DashboardView],
    clusters: Sequence[Row],
    hosts: Board,
    found: Sequence[Trouble],
    capacities: Mapping[str, int],
    sources: Collection[str] = (),
) -> list[Tile]:
    """In the order of the navigation; `capacities` are bytes by volume, of those that are told; `sources` are
    those of usermon.toml."""
    facts = (
        _storage(table, capacities),
        _queues(clusters),
        _io(connection),
        _hosts(hosts),
        _backups(connection),
        _dashboards(views),
        _collection(connection, sources),
    )
    by_area: dict[str, list[Trouble]] = {}
    for trouble in found:
        by_area.setdefault(trouble.area, []).append(trouble)
    return [_judged(tile, by_area.get(tile.link, [])) for tile in facts]


def _judged(tile: Tile, found: Sequence[Trouble]) -> Tile:
    if not found:
        if tile.newest_time is None:
            return tile
        state, words = _GOOD, "nothing wrong"
    else:
        serious = sum(trouble.severity == SERIOUS for trouble in found)
        state = "serious" if serious else "warning"
        rest = len(found) - serious
        parts = [f"{number(serious)} serious"] if serious else []
        parts += [f"{number(rest)} warning{'s' if rest != 1 else ''}"] if rest else []
        words = ", ".join(parts)
    return replace(tile, state=state, words=words)


def _nothing(title: str, link: str, hint: str) -> Tile:
    return Tile(title, link, "–", "", hint, None)


def _storage(table: StorageTable, capacities: Mapping[str, int]) -> Tile:
    if not table.totals:
        return _nothing("Storage", "/storage", "no quota report was read")
    held = sum(bytes_from_gb(total.gb) for total in table.totals.values())
    amount, _, unit = size(held).partition(" ")
    users = sum(any(row.volumes) for row in table.rows)
    volumes = ", ".join(
        _full(name, bytes_from_gb(total.gb), capacities) for name, total in table.totals.items()
    )
    return Tile(
        "Storage",
        "/storage",
        amount,
        unit,
        f"of {number(users)} user{'s' if users != 1 else ''} on {volumes}",
        table.newest_time,
    )


def _full(volume: str, used_bytes: int, capacities: Mapping[str, int]) -> str:
    if volume not in capacities:
        return volume
    return f"{volume} ({percent_of(used_bytes, capacities[volume])} % full)"


def _queues(rows: Sequence[Row]) -> Tile:
    seen = [row for row in rows if row["time"] is not None]
    if not seen:
        return _nothing("Queues", "/queues", "no queue was read")
    totals = site_totals(list(rows))
    many = f"{number(len(seen))} cluster{'s' if len(seen) != 1 else ''}"
    newest = max(row["time"] for row in seen)
    jobs = f"{number(totals['running'])} jobs run, {number(totals['waiting'])} wait on {many}"
    if not totals["nodes"]:  # a log of jobs says nothing of them
        return Tile("Queues", "/queues", number(totals["running"]), "jobs", jobs, newest)
    share = f"{100 * totals['procs_used'] / totals['procs']:.0f} %"
    return Tile("Queues", "/queues", share, f"of {number(totals['procs'])} processors busy", jobs, newest)


def _io(connection: StoreConnection) -> Tile:
    glance = io_at_a_glance(connection)
    if glance is None:
        return _nothing("I/O", "/io", "no I/O log was read")
    return Tile(
        "I/O",
        "/io",
        short_number(glance.operations),
        "reads",
        "in the last day of the log",
        glance.newest_time,
    )


def _hosts(hosts: Board) -> Tile:
    """The numbers of its own page, those that are given up among them."""
    if not hosts.tiles:
        return _nothing("Hosts", "/hosts", "no host was read")
    shown = summary(hosts)
    kinds = [{trouble.kind for trouble in tile.troubles} for tile in hosts.tiles]
    parts = (
        (hosts.silent, f"silent ({number(hosts.gone)} given up)" if hosts.gone else "silent"),
        (hosts.kinds["late"], "late"),
        (sum(not of_one.isdisjoint(_SHORT_OF) for of_one in kinds), "short of something"),
        (hosts.kinds["clock"], "with a wrong clock"),
    )
    return Tile(
        "Hosts",
        "/hosts",
        number(shown["fine"]),
        f"of {number(shown['hosts'])} fine",
        ", ".join(f"{number(count)} {words}" for count, words in parts if count) or "all of them",
        hosts.newest_time,
    )


def _backups(connection: StoreConnection) -> Tile:
    glance = backups_at_a_glance(connection)
    if glance is None:
        return _nothing("Backups", "/backups", "no backup was listed")
    hubs = f"of {number(glance.hubs)} hub{'s' if glance.hubs != 1 else ''}"
    return Tile("Backups", "/backups", number(glance.nodes), "nodes", hubs, glance.newest_time, "listed")


def _dashboards(views: Sequence[DashboardView]) -> Tile:
    if not views:
        return _nothing("Dashboards", "/dashboards", "none was started")
    ready = sum(view.state == "ready" for view in views)
    seen = max((view.seen_at for view in views if view.seen_at is not None), default=None)
    others = Counter(view.state or "never seen" for view in views if view.state != "ready")
    hint = ", ".join(f"{number(count)} {state}" for state, count in others.most_common()) or "all of them"
    return Tile(
        "Dashboards", "/dashboards", number(ready), f"of {number(len(views))} ready", hint, seen, "seen"
    )


def _collection(connection: StoreConnection, sources: Collection[str]) -> Tile:
    runs, never = latest_runs(connection), len(never_ran(connection, sources))
    if not runs and not never:
        return _nothing("Collection", "/collection", "no source was read")
    good, every = sum(run.error is None for run in runs), len(runs) + never
    newest = max((run.finished_at for run in runs), default=None)
    parts = ((len(runs) - good, "failed"), (never, "never ran"))
    hint = ", ".join(f"{number(count)} {words}" for count, words in parts if count) or "read without an error"
    many = f"of {number(every)} source{'s' if every != 1 else ''}"
    return Tile("Collection", "/collection", number(good), many, hint, newest, "last run")


_SHORT = ((10**12, " T"), (10**9, " G"), (10**6, " M"), (10**3, " k"))


def short_number(amount: int) -> str:
    """Three digits or so: 12.3 M."""
    for power, letter in _SHORT:
        if amount >= power:
            digits = amount / power
            return f"{digits:.1f}{letter}" if digits < 100 else f"{digits:.0f}{letter}"
    return number(amount)


@dataclass(frozen=True, slots=True)
class TroubleGroup:
    """Troubles of one kind and severity; `shown` are the first of them."""

    kind: str
    severity: str
    area: str
    shown: Sequence[Trouble]
    hidden: int


_SHOWN_OF_A_KIND = 3


def grouped(found: Sequence[Trouble]) -> list[TroubleGroup]:
    """So that two hundred silent hosts do not hide the one cluster; in the order of `found`."""
    groups: dict[tuple[str, str], list[Trouble]] = {}
    for trouble in found:
        groups.setdefault((trouble.severity, trouble.kind), []).append(trouble)
    return [
        TroubleGroup(
            kind,
            severity,
            of_kind[0].area,
            of_kind[:_SHOWN_OF_A_KIND],
            max(0, len(of_kind) - _SHOWN_OF_A_KIND),
        )
        for (severity, kind), of_kind in groups.items()
    ]


def verdict(found: Sequence[Trouble], known: Mapping[str, object]) -> tuple[str, str]:
    """The state and the words of the headline. `known`: what was ever measured; empty: nothing."""
    serious = sum(trouble.severity == SERIOUS for trouble in found)
    rest = len(found) - serious
    if not known:
        return "nothing", "Nothing is measured yet"
    if serious:
        more = f", and {number(rest)} to keep an eye on" if rest else ""
        verb = "thing needs" if serious == 1 else "things need"
        return "serious", f"{number(serious)} {verb} attention{more}"
    if rest:
        return "warning", f"Nothing serious; {number(rest)} thing{'s' if rest != 1 else ''} to keep an eye on"
    return "good", "Nothing is wrong"
