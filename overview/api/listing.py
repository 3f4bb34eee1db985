"""How every kind answers alike: bare JSON lists by the page, CSV, and 304 while nothing changed.

    @api.get("/api/machines")
    @api.input(ListQuery, location="query")
    @api.output(MachineAnswer(many=True), headers=ListHeaders)
    @api.doc(summary="...")
    def machines(query_data: Listed) -> Response:
        return answer_list(store, ("io",), query_data, MachineAnswer, "usermon-machines.csv", machines_page)

`machines_page(connection, window)` is a query of usage_store that gives a `Page`, or raises
`overview.error_pages.NotKnown` for a name that is not known (404). An answer carries a fingerprint (ETag) of
the revisions of its topics, so asking again costs one small query while nothing was saved.
"""

import json
import secrets
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from apiflask import Schema
from apiflask.fields import Integer, String
from flask import Response, request

from overview.api.queries import Listed
from overview.csv_table import csv_table
from overview.snapshots import download
from usage_store.engine import Store
from usage_store.paging import Page, ReadPage, Row, Window
from usage_store.revisions import current_revisions
from web_shared.error_pages import error_answer

# Fingerprints hold for one run of the program: another version may answer otherwise from the same data, and
# in a store that was restored from a backup the revisions count anew.
_THIS_RUN = secrets.token_hex(8)


class ListHeaders(Schema):
    total = Integer(data_key="X-Total-Count", metadata={"description": "Rows in all, on all pages."})
    link = String(
        data_key="Link", metadata={"description": "Where the pages before and after this one are, if any."}
    )


def answer_list(
    store: Store,
    topics: tuple[str, ...],
    query: Listed,
    schema: type[Schema],
    file_name: str,
    read: ReadPage,
    *,
    also: object = None,
) -> Response:
    """A page of the list that `read` gives. Its rows have the fields of `schema`: those are CSV's columns.

    `topics` name what the list is made from (see usage_store.revisions). `also` is what it depends on
    besides, where it does: the minute of the clock for an age, say.
    """

    def render(connection: Any) -> Response:
        window = Window(query["limit"], query["offset"])
        page = read(connection, window)
        answer = (
            download(_as_csv(page, schema), file_name) if query["format"] == "csv" else _as_json(page.rows)
        )
        answer.headers["X-Total-Count"] = str(page.total)
        if links := _links(window, page.total):
            answer.headers["Link"] = links
        return answer

    return _unless_held(store, topics, also, render)


def answer_object(
    store: Store, topics: tuple[str, ...], read: Callable[[Any], Row], *, also: object = None
) -> Response:
    """What `read(connection)` gives, as one JSON object; who asks for CSV gets 422, not this."""
    if request.args.get("format", "json") != "json":
        return error_answer(422, "format: this answer is no table", "Leave it out; lists take format=csv.")
    return _unless_held(store, topics, also, lambda connection: _as_json(read(connection)))


def answer_table(
    store: Store,
    topics: tuple[str, ...],
    file_name: str,
    header: Sequence[str],
    read: Callable[[Any], Iterable[Sequence[object]]],
) -> Response:
    """What `read(connection)` gives, as CSV: of an answer that is no bare list."""

    def render(connection: Any) -> Response:
        table = Response(csv_table(header, read(connection)), mimetype="text/csv")
        return download(table, file_name)

    return _unless_held(store, topics, None, render)


def _unless_held(
    store: Store, topics: tuple[str, ...], also: object, render: Callable[[Any], Response]
) -> Response:
    with store.reading() as connection:
        tag = _fingerprint({topic: current_revisions(connection).get(topic, 0) for topic in topics}, also)
        held = request.if_none_match.contains_weak(tag)
        answer = Response(status=304) if held else render(connection)
    if answer.status_code in (200, 304):
        answer.headers["Cache-Control"] = "private, no-cache"
        answer.vary.update(("Accept-Encoding", "Cookie"))
        answer.set_etag(tag, weak=True)
    return answer


def _fingerprint(revisions: dict[str, int], also: object) -> str:
    made_from = (_THIS_RUN, sorted(revisions.items()), request.full_path, also)
    return sha256(repr(made_from).encode("utf-8", "replace")).hexdigest()[:20]


def _as_json(content: object) -> Response:
    return Response(json.dumps(content, allow_nan=False), mimetype="application/json")


def _as_csv(page: Page, schema: type[Schema]) -> Response:
    columns = [field.data_key or name for name, field in schema().fields.items()]
    rows = ([_cell(row.get(column)) for column in columns] for row in page.rows)
    return Response(csv_table(columns, rows), mimetype="text/csv")


def _cell(value: object) -> object:
    """Lists of names as people write them in a table; anything deeper as JSON."""
    if isinstance(value, list | tuple) and all(isinstance(one, str | int) for one in value):
        return " ".join(str(one) for one in value)
    return json.dumps(value) if isinstance(value, list | tuple | dict) else value


def _links(window: Window, total: int) -> str:
    """For the header Link (RFC 8288): the neighbouring pages, where there are any."""
    found: Sequence[tuple[str, int, bool]] = (
        ("prev", max(0, window.offset - window.limit), window.offset > 0),
        ("next", window.offset + window.limit, window.offset + window.limit < total),
    )
    return ", ".join(
        f'<{_address(window.limit, offset)}>; rel="{name}"' for name, offset, is_there in found if is_there
    )


def _address(limit: int, offset: int) -> str:
    asked = [pair for pair in request.args.items(multi=True) if pair[0] not in ("limit", "offset")]
    return f"{request.path}?{urlencode([*asked, ('limit', limit), ('offset', offset)])}"
