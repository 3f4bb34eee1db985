"""/api/hosts and what lies below it: what hosts are, how they do, and when they said nothing."""

import time

from apiflask import APIBlueprint
from flask import Response

from overview.api.hosts_schemas import (
    GapAnswer,
    GapsListed,
    GapsQuery,
    HardwareAnswer,
    HardwareListed,
    HardwareQuery,
    HostAnswer,
    HostUsageAnswer,
    MemoryAnswer,
    SilenceAnswer,
    SilencesListed,
    SilencesQuery,
)
from overview.api.listing import ListHeaders, answer_list
from overview.api.queries import Listed, ListQuery, RangeListed, RangeListQuery
from overview.error_pages import NotKnown
from overview.times import iso_time_or_none
from usage_store import host_gaps, hosts
from usage_store.engine import Store, StoreConnection
from usage_store.host_memory import memory_by_bucket
from usage_store.paging import Page, ReadPage, Window

_TOPICS = ("hosts",)
_TIMES = ("timestamp", "rounded_timestamp", "since", "until", "hardware_since", "last_before", "next")
_USUAL_RANGE = (
    "Without `to`, up to the newest sample that there is; without `from`, a week before that (of more than "
    "200 hosts fewer days, of more than 700 one). Ranges are widened to whole buckets, and a bucket that is "
    "not over yet is left out."
)


def hosts_api(store: Store) -> APIBlueprint:
    api = APIBlueprint("hosts_api", __name__, tag="Hosts")

    @api.get("/api/hosts")
    @api.input(ListQuery, location="query")
    @api.output(HostAnswer(many=True), headers=ListHeaders)
    @api.doc(summary="Each host with its hardware and its newest sample")
    def all_hosts(query_data: Listed) -> Response:
        read = _dated(hosts.all_hosts)
        return answer_list(store, _TOPICS, query_data, HostAnswer, "usermon-hosts.csv", read)

    @api.get("/api/hosts/<host>/usage")
    @api.input(RangeListQuery, location="query")
    @api.output(HostUsageAnswer(many=True), headers=ListHeaders)
    @api.doc(summary="How one host did through time", responses=[404])
    def usage_of_host(host: str, query_data: RangeListed) -> Response:
        def read(connection: StoreConnection, window: Window) -> Page:
            if not hosts.is_host(connection, host):
                raise NotKnown(f"no host {host!r} is known", "GET /api/hosts lists all.")
            start, end = query_data["start"], query_data["end"]
            return hosts.usage_of_host(connection, host, start, end, window)

        return answer_list(
            store, _TOPICS, query_data, HostUsageAnswer, "usermon-host-usage.csv", _dated(read)
        )

    @api.get("/api/hosts/hardware")
    @api.input(HardwareQuery, location="query")
    @api.output(HardwareAnswer(many=True), headers=ListHeaders)
    @api.doc(
        summary="Hosts grouped by their number of CPUs, those with more memory first",
        description="A change of hardware is a row more in the `history`.",
    )
    def hardware(query_data: HardwareListed) -> Response:
        history = query_data["history"]

        def read(connection: StoreConnection, window: Window) -> Page:
            page = (hosts.hardware_history if history else hosts.hosts_by_hardware)(connection, window)
            return Page([{"until": None, "alike": None, **row} for row in page.rows], page.total)

        return answer_list(store, _TOPICS, query_data, HardwareAnswer, "usermon-hardware.csv", _dated(read))

    @api.get("/api/hosts/memory")
    @api.input(RangeListQuery, location="query")
    @api.output(MemoryAnswer(many=True), headers=ListHeaders)
    @api.doc(
        summary="How much of its memory each host used, on average of each five minutes",
        description=_USUAL_RANGE,
    )
    def memory(query_data: RangeListed) -> Response:
        now = _minute()

        def read(connection: StoreConnection, window: Window) -> Page:
            span = hosts.span_of(connection, query_data["start"], query_data["end"], now)
            return memory_by_bucket(connection, span, window)

        return answer_list(
            store, _TOPICS, query_data, MemoryAnswer, "usermon-memory.csv", _dated(read), also=now // 300
        )

    @api.get("/api/hosts/gaps")
    @api.input(GapsQuery, location="query")
    @api.output(GapAnswer(many=True), headers=ListHeaders)
    @api.doc(
        summary="Five minutes in which a host gave fewer samples than due, or none",
        description=_USUAL_RANGE,
    )
    def gaps(query_data: GapsListed) -> Response:
        now = _minute()

        def read(connection: StoreConnection, window: Window) -> Page:
            span = hosts.span_of(connection, query_data["start"], query_data["end"], now)
            return host_gaps.gaps(connection, span, query_data["fewer_than"], window)

        return answer_list(
            store, _TOPICS, query_data, GapAnswer, "usermon-gaps.csv", _dated(read), also=now // 300
        )

    @api.get("/api/hosts/silences")
    @api.input(SilencesQuery, location="query")
    @api.output(SilenceAnswer(many=True), headers=ListHeaders)
    @api.doc(
        summary="Stretches of time in which a host gave no sample",
        description=_USUAL_RANGE,
    )
    def silences(query_data: SilencesListed) -> Response:
        now = _minute()

        def read(connection: StoreConnection, window: Window) -> Page:
            span = hosts.span_of(connection, query_data["start"], query_data["end"], now)
            return host_gaps.silences(connection, span, round(query_data["longer_than"] * 60), window)

        return answer_list(
            store, _TOPICS, query_data, SilenceAnswer, "usermon-silences.csv", _dated(read), also=now // 300
        )

    return api


def _minute() -> int:
    return int(time.time()) // 60 * 60


def _dated(read: ReadPage) -> ReadPage:
    """The same rows with their times as ISO 8601."""

    def read_dated(connection: StoreConnection, window: Window) -> Page:
        page = read(connection, window)
        rows = [
            {**row, **{name: iso_time_or_none(row[name]) for name in _TIMES if name in row}}
            for row in page.rows
        ]
        return Page(rows, page.total)

    return read_dated
