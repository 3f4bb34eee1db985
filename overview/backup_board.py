"""All backups as the backups page shows them: hubs by node, what is wrong, what came each day. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import quote

from overview.hardware_groups import round_size
from usage_store.backup_status import ALARM, OK, USUAL_MAX_AGE_SECONDS, WARN, NodeStatus, status_of_hub

# What the page's icons and colours are called, and the words beside them.
KIND = {OK: "ok", WARN: "warning", ALARM: "serious"}
WORD = {OK: "ok", WARN: "warning", ALARM: "alarm"}

_DAY = 86_400
_GIB = 1024**3
# Days of the plots: a year and what its first month is compared with.
_MOST_DAYS = 400
# A listing older than this says little about what lies there now.
LISTING_OLD_SECONDS = USUAL_MAX_AGE_SECONDS


class Wrong(NamedTuple):
    """One thing that is wrong, with all items of a node of which it is true."""

    hub: str
    node: str
    items: tuple[str, ...]
    status: str
    words: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One hub on one node; `words` say the worst that is wrong with it, `more` how much there is besides."""

    hub: str
    node: str
    status: str
    newest: int | None
    listed_at: int
    items: int
    tarballs: int
    size_bytes: int
    words: str
    more: int
    is_unlisted: bool

    @property
    def path(self) -> str:
        return path_of(self.hub, self.node)


@dataclass(frozen=True, slots=True)
class HubRow:
    """`cells` stand in the order of the board's nodes; None: that hub has none there."""

    hub: str
    status: str
    words: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class BackupBoard:
    nodes: tuple[str, ...]
    rows: tuple[HubRow, ...]
    wrong: tuple[Wrong, ...]
    counts: dict[str, int]
    items: int
    tarballs: int
    size_bytes: int
    newest: int | None
    unlisted: int


def path_of(hub: str, node: str) -> str:
    return f"/backups/{quote(hub, safe='')}/{quote(node, safe='')}"


def backup_board(statuses: Sequence[NodeStatus], now: float) -> BackupBoard:
    cells = [_cell(status, now) for status in statuses]
    nodes = tuple(sorted({cell.node for cell in cells}))
    by_hub: dict[str, list[int]] = {}
    for place, cell in enumerate(cells):
        by_hub.setdefault(cell.hub, []).append(place)
    rows = []
    for hub, places in by_hub.items():
        of_node = {cells[place].node: cells[place] for place in places}
        rows.append(
            HubRow(
                hub,
                status_of_hub([statuses[place] for place in places]),
                _hub_words([cells[place] for place in places]),
                tuple(of_node.get(node) for node in nodes),
            )
        )
    counts = Counter(cell.status for cell in cells)
    return BackupBoard(
        nodes=nodes,
        rows=tuple(rows),
        wrong=tuple(sorted(_wrong(statuses), key=lambda one: one.status != ALARM)),
        counts={status: counts[status] for status in (ALARM, WARN, OK)},
        items=sum(cell.items for cell in cells),
        tarballs=sum(cell.tarballs for cell in cells),
        size_bytes=sum(cell.size_bytes for cell in cells),
        newest=max((cell.newest for cell in cells if cell.newest is not None), default=None),
        unlisted=sum(cell.is_unlisted for cell in cells),
    )


def _cell(status: NodeStatus, now: float) -> Cell:
    backups = status.backups
    worst = next((item for item in status.items if item.status == status.status and item.reasons), None)
    words = f"{worst.item}: {worst.reasons[0]}" if worst and status.status != OK else ""
    if not words and status.reasons:
        words = status.reasons[0]
    tarballs = [one for item in backups.items.values() for one in item if one.is_listed]
    return Cell(
        hub=backups.hub,
        node=backups.node,
        status=status.status,
        newest=status.newest,
        listed_at=backups.listed_at,
        items=len(status.items),
        tarballs=sum(item.tarballs for item in status.items),
        size_bytes=sum(one.size_bytes for one in tarballs),
        words=words,
        more=max(0, len(status.reasons) - 1),
        is_unlisted=now - backups.listed_at > LISTING_OLD_SECONDS,
    )


def _hub_words(cells: Sequence[Cell]) -> str:
    """ "2 of 3 nodes in alarm, 1 with warnings"."""
    counts = Counter(cell.status for cell in cells)
    of = f" of {len(cells)} node{'s' if len(cells) != 1 else ''}"
    if counts[ALARM]:
        warned = f", {counts[WARN]} with warnings" if counts[WARN] else ""
        return f"{counts[ALARM]}{of} in alarm{warned}"
    if counts[WARN]:
        return f"{counts[WARN]}{of} with warnings"
    return f"all {len(cells)} nodes ok" if len(cells) > 1 else "its node is ok"


def _wrong(statuses: Sequence[NodeStatus]) -> list[Wrong]:
    """What is the same of many items is said once."""
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for status in statuses:
        names = status.backups.hub, status.backups.node
        if status.newest is None:
            found[*names, ALARM, "no tarball at all"] = []
        for item in status.items:
            for place, reason in enumerate(item.reasons):
                # An item's alarm, of which there is one at most, comes before its warnings.
                kind = ALARM if item.is_too_old and place == 0 else WARN
                found.setdefault((*names, kind, reason), []).append(item.item)
    return [Wrong(*key[:2], tuple(items), *key[2:]) for key, items in found.items()]


def feed(board: BackupBoard) -> dict[str, Any]:
    """The board for the page's script."""
    return {
        "nodes": board.nodes,
        "counts": board.counts,
        "items": board.items,
        "tarballs": board.tarballs,
        "size": round_size(board.size_bytes),
        "newest": board.newest,
        "unlisted": board.unlisted,
        "rows": [
            {
                "hub": row.hub,
                "status": row.status,
                "words": row.words,
                "cells": [None if cell is None else _fed_cell(cell) for cell in row.cells],
            }
            for row in board.rows
        ],
        "wrong": [one._asdict() | {"path": path_of(one.hub, one.node)} for one in board.wrong],
    }


def _fed_cell(cell: Cell) -> dict[str, Any]:
    names = ("node", "status", "newest", "words", "more", "tarballs", "is_unlisted", "listed_at")
    return {name: getattr(cell, name) for name in names}


def daily(statuses: Sequence[NodeStatus], now: float) -> dict[str, Any]:
    """What came each day (UTC) by hub: GiB and tarballs; of the last days that there are, to the newest."""
    sizes: dict[str, Counter[int]] = {}
    counts: dict[str, Counter[int]] = {}
    for status in statuses:
        size = sizes.setdefault(status.backups.hub, Counter())
        count = counts.setdefault(status.backups.hub, Counter())
        for tarballs in status.backups.items.values():
            for one in tarballs:
                if one.time <= now:
                    size[one.time // _DAY] += one.size_bytes
                    count[one.time // _DAY] += 1
    days = {day for count in counts.values() for day in count}
    if not days:
        return {"days": [], "hubs": []}
    last = max(days)
    first = max(min(days), last - _MOST_DAYS + 1)
    shown = range(first, last + 1)
    return {
        "days": [date_of(day) for day in shown],
        "hubs": [
            {
                "hub": hub,
                "gib": [round(sizes[hub][day] / _GIB, 2) for day in shown],
                "tarballs": [counts[hub][day] for day in shown],
            }
            for hub in sizes
        ],
    }


def date_of(day: int) -> str:
    """Of the n-th day since 1970, UTC."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)).date().isoformat()
