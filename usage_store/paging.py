"""Long lists by the page: what one page holds, and how many rows there are in all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Connection, Select, func, select

Row: TypeAlias = Mapping[str, Any]


class Window(NamedTuple):
    """Which rows of a list are asked for."""

    limit: int
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """The rows within a window; `total` counts those outside it too."""

    rows: Sequence[Row]
    total: int


# A question to the store whose answer is a page.
ReadPage: TypeAlias = Callable[[Connection, Window], Page]


def cut(rows: Sequence[Row], window: Window) -> Page:
    """The page of a list that is in memory as a whole."""
    return Page(rows[window.offset : window.offset + window.limit], len(rows))


def fetch_page(connection: Connection, query: Select[Any], window: Window) -> Page:
    """The page of `query`, whose order must be complete: rows that tie would come twice, or not at all.

    The rows are dicts by the names of the query's columns.
    """
    rows = [
        dict(row) for row in connection.execute(query.limit(window.limit).offset(window.offset)).mappings()
    ]
    if rows and len(rows) < window.limit:
        return Page(rows, window.offset + len(rows))
    total = connection.execute(select(func.count()).select_from(query.order_by(None).subquery()))
    return Page(rows, int(total.scalar_one()))
