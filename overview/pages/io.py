"""The I/O pages: who reads how much, where, when, in which sizes; a page for each user and each machine."""

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import BadRequest

from overview.error_pages import NotKnown
from overview.io_figures import io_facts, io_facts_of, io_figures, io_figures_of
from overview.io_tables import operations_csv, owners_csv, sizes_csv
from overview.snapshots import Snapshots, download
from usage_store.engine import Store, StoreConnection
from usage_store.hosts import is_host
from usage_store.io_one import find_machine, find_user
from usage_store.io_owners import MACHINES, USERS, IoMachine, IoUser, Owners
from usage_store.io_ranges import RANGE_NAMES, IoRange, RangeName, io_range
from usage_store.io_series import GROUPINGS, Grouping

USUAL_RANGE: RangeName = "7d"

_TOPICS = ("io",)
_RANGES = {"24h": "24 hours", "7d": "7 days", "30d": "30 days", "all": "All"}
_GROUPINGS = {
    "user": "User",
    "role": "Role",
    "affiliation": "Affiliation",
    "machine": "Machine",
    "type": "Machine type",
}


def io_pages(snapshots: Snapshots, store: Store) -> Blueprint:
    pages = Blueprint("io", __name__)

    @pages.get("/io")
    def page() -> str:
        name = _range_or_usual()
        facts = snapshots.content(("io facts", name), _TOPICS, lambda connection: io_facts(connection, name))
        by = next((known for known in GROUPINGS if known == request.args.get("by")), "all")
        return _rendered("io", facts=facts, range=name, by=by, groupings=_GROUPINGS)

    @pages.get("/io/figures.json")
    def figures() -> Response:
        name, by = _range_asked(), _grouping_asked()
        return snapshots.feed(("io", name, by), _TOPICS, lambda connection: io_figures(connection, name, by))

    @pages.get("/io/users/<path:user>")
    def user_page(user: str) -> str:
        with store.reading() as connection:
            found = find_user(connection, user)
            if found is None:
                raise NotKnown(
                    f"no I/O log names a user {user!r}",
                    f"All users of the logs: /io; what else has this name: /search?q={quote(user, safe='')}.",
                )
            return _page_of(connection, USERS, *found)

    @pages.get("/io/users/<path:user>.json")
    def user_figures(user: str) -> Response:
        """null for somebody whom no log names: the page of a user asks without knowing."""
        name = _range_asked()

        def read(connection: StoreConnection) -> Any:
            found = find_user(connection, user)
            return found and io_figures_of(connection, USERS, *found, name)

        return snapshots.feed(("io user", user, name), _TOPICS, read)

    # A type, or a name, may hold slashes: the logs say what they like.
    @pages.get("/io/machines/<path:address>", merge_slashes=False)
    def machine_page(address: str) -> str:
        with store.reading() as connection:
            for place, letter in enumerate(address):
                found = letter == "/" and find_machine(connection, address[:place], address[place + 1 :])
                if found:
                    return _page_of(connection, MACHINES, *found)
        raise NotKnown(
            f"no I/O log names a machine {address!r}", "An address is type/name: /io leads to all machines."
        )

    @pages.get("/io/machines.json")
    def machine_figures() -> Response:
        name, kind, machine = _range_asked(), request.args.get("type", ""), request.args.get("machine", "")

        def read(connection: StoreConnection) -> Any:
            found = find_machine(connection, kind, machine)
            if found is None:
                raise NotKnown(
                    f"no I/O log names a machine {machine!r} of type {kind!r}", "/io leads to all."
                )
            return io_figures_of(connection, MACHINES, *found, name)

        return snapshots.feed(("io machine", kind, machine, name), _TOPICS, read)

    @pages.get("/io/<any(operations, sizes, users, machines):what>.csv")
    def table(what: str) -> Response:
        by = _grouping_asked()
        with store.reading() as connection:
            span = _span_asked(connection)
            of = _one_asked(connection)
            if what == "operations":
                content = operations_csv(connection, span, by, of)
            elif what == "sizes":
                content = sizes_csv(connection, span, of)
            else:
                content = owners_csv(connection, span, USERS if what == "users" else MACHINES, of)
        return download(Response(content, mimetype="text/csv"), f"usermon-io-{what}.csv")

    return pages


def _page_of(connection: StoreConnection, owners: Owners, number: int, about: IoUser | IoMachine) -> str:
    name = _range_or_usual()
    facts = io_facts_of(connection, owners, number, name)
    of_user = owners is USERS
    known = not of_user and is_host(connection, about.name)
    return _rendered("io_one", about=about, of_user=of_user, is_host=known, facts=facts, range=name)


def _rendered(template: str, **content: Any) -> str:
    return render_template(f"overview/{template}.html", ranges=_RANGES, **content)


def _range_or_usual() -> RangeName:
    """Of a page: who mistypes one is not turned away."""
    return next((known for known in RANGE_NAMES if known == request.args.get("range")), USUAL_RANGE)


def _range_asked() -> RangeName:
    asked = request.args.get("range", USUAL_RANGE)
    name = next((known for known in RANGE_NAMES if known == asked), None)
    if name is None:
        raise BadRequest(f"range is one of {', '.join(RANGE_NAMES)}")
    return name


def _grouping_asked() -> Grouping | None:
    asked = request.args.get("by", "all")
    by = next((known for known in GROUPINGS if known == asked), None)
    if by is None and asked != "all":
        raise BadRequest(f"by is one of all, {', '.join(GROUPINGS)}")
    return by


def _span_asked(connection: StoreConnection) -> IoRange:
    span = io_range(connection, _range_asked())
    if span is None:
        raise NotKnown("no I/O log was read yet", "/io says what to do.")
    return span


def _one_asked(connection: StoreConnection) -> tuple[Owners, int] | None:
    """Whom a table is about; None: all."""
    user, machine = request.args.get("user"), request.args.get("machine")
    if user is None and machine is None:
        return None
    if user is not None and (found_user := find_user(connection, user)):
        return USERS, found_user[0]
    if machine is not None and (found := find_machine(connection, request.args.get("type", ""), machine)):
        return MACHINES, found[0]
    raise NotKnown("no I/O log names whom this table is asked of", "/io leads to all users and machines.")
