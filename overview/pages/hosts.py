"""The hosts page, and a page for each host."""

import time
from typing import Any

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import BadRequest

from alerts.host_limits import host_limits, rules_of_hosts, silence_in_words
from overview.error_pages import NotKnown
from overview.hardware_groups import change_in_words, short_model
from overview.host_board import columns, summary
from overview.host_board_now import host_board_now
from overview.host_facts import hardware_facts, sample_facts
from overview.host_plot import RANGES, host_plot, range_named
from overview.rules import current_rules
from overview.snapshots import Snapshots
from usage_store.engine import Store, StoreConnection
from usage_store.hardware_changes import hardware_changes
from usage_store.host_lines import id_and_newest
from usage_store.host_status import LIMITS, HostLimits, is_gone, is_silent, troubles_of
from usage_store.hosts_now import HostNow, hosts_now

_MINUTE = 60
_SHOWN_CHANGES = 100


def hosts_pages(snapshots: Snapshots, store: Store) -> Blueprint:
    pages = Blueprint("hosts", __name__)

    @pages.get("/hosts")
    def page() -> str:
        shown = host_board_now(snapshots)
        return render_template(
            "overview/hosts.html",
            board=shown,
            summary=summary(shown),
            changes=snapshots.content("hardware changes", (), _changes, also=_minute()),
            limits=LIMITS,
            silence=silence_in_words(current_rules()),
            short_model=short_model,
        )

    @pages.get("/hosts/tiles.json")
    def tiles_feed() -> Response:
        return snapshots.feed(
            ("hosts",), ("hosts",), lambda _: columns(host_board_now(snapshots)), also=_minute()
        )

    @pages.get("/hosts/<path:host>")
    def page_of_host(host: str) -> str:
        with store.reading() as connection:
            found = _host(connection, host)
            changes = hardware_changes(connection, _SHOWN_CHANGES, host)
        return render_template(
            "overview/host.html",
            host=found,
            status=_status(found),
            facts=sample_facts(found),
            hardware=hardware_facts(found),
            changes=[(one.time, change_in_words(one.before, one.after)) for one in changes],
            ranges=RANGES,
        )

    @pages.get("/hosts/<path:host>/lines.json")
    def lines_feed(host: str) -> Response:
        asked = range_named(request.args.get("range"))
        if asked is None:
            raise BadRequest(f"range is one of {', '.join(one.name for one in RANGES)}")
        with store.reading() as connection:
            known = id_and_newest(connection, host)
        if known is None:
            raise _not_known(host)
        host_id, newest_time = known

        def read(connection: StoreConnection) -> dict[str, Any]:
            found = _host(connection, host)
            return {
                "status": _status(found),
                "newest_time": found.newest_time,
                "facts": [fact._asdict() for fact in sample_facts(found)],
                **host_plot(connection, host_id, found, asked, _limits(host)),
            }

        # Of its own newest sample: the topic changes with every sample of any host.
        made_from = (newest_time, _minute(), rules_of_hosts(current_rules()))
        return snapshots.feed(("host", host_id, asked.name), (), read, also=made_from)

    return pages


def _host(connection: StoreConnection, name: str) -> HostNow:
    found = hosts_now(connection, name)
    if not found:
        raise _not_known(name)
    return found[0]


def _not_known(name: str) -> NotKnown:
    return NotKnown(
        f"no host {name!r} is known",
        "Look for it on the page Hosts: /hosts lists all; a new one is there after its first sample.",
    )


def _status(host: HostNow) -> dict[str, Any]:
    """What stands beside its name: [kind, words] of each trouble, or that there is none."""
    now, limits = time.time(), _limits(host.name)
    kind = "gone" if is_gone(host, now, limits) else None
    troubles = [(kind or trouble.severity, trouble.words) for trouble in troubles_of(host, now, limits)]
    return {"troubles": troubles or [("ok", "fine")], "is_silent": is_silent(host, now, limits)}


def _limits(host: str) -> HostLimits:
    return host_limits(current_rules())(host)


def _changes(connection: StoreConnection) -> list[dict[str, Any]]:
    return [
        {"host": one.host, "time": one.time, "words": change_in_words(one.before, one.after)}
        for one in hardware_changes(connection, _SHOWN_CHANGES)
    ]


def _minute() -> int:
    return int(time.time()) // _MINUTE
