"""/api/stats, /api/users, /api/machines, /api/usage/...: who read how much, where, in which sizes."""

from apiflask import APIBlueprint
from flask import Response

from overview.api.io_schemas import (
    IoMachineAnswer,
    IoMachineUsageAnswer,
    IoSizesAnswer,
    IoStatsAnswer,
    IoTimeAnswer,
    IoUserAnswer,
    IoUserUsageAnswer,
    MachineUsageAsked,
    MachineUsageQuery,
    UsageAsked,
    UsageQuery,
)
from overview.api.listing import ListHeaders, answer_list, answer_object
from overview.api.queries import Ranged, RangeListed, RangeListQuery, RangeQuery
from overview.error_pages import NotKnown
from usage_store import io
from usage_store.engine import Store
from usage_store.paging import Row
from web_shared.error_pages import error_answer

_TOPICS = ("io",)


def io_api(store: Store) -> APIBlueprint:
    api = APIBlueprint("io_api", __name__, tag="I/O")

    @api.get("/api/stats")
    @api.input(RangeQuery, location="query")
    @api.output(IoStatsAnswer)
    @api.doc(summary="How much the I/O logs hold")
    def stats(query_data: Ranged) -> Response:
        return answer_object(store, _TOPICS, lambda connection: io.io_stats(connection, _span(query_data)))

    @api.get("/api/users")
    @api.input(RangeListQuery, location="query")
    @api.output(IoUserAnswer(many=True), headers=ListHeaders)
    @api.doc(summary="Everybody in the I/O logs, those with most sessions first")
    def users(query_data: RangeListed) -> Response:
        return answer_list(
            *(store, _TOPICS, query_data, IoUserAnswer, "usermon-io-users.csv"),
            lambda connection, window: io.io_users_page(connection, window, _span(query_data)),
        )

    @api.get("/api/machines")
    @api.input(RangeListQuery, location="query")
    @api.output(IoMachineAnswer(many=True), headers=ListHeaders)
    @api.doc(summary="Every machine in the I/O logs, those with most sessions first")
    def machines(query_data: RangeListed) -> Response:
        return answer_list(
            *(store, _TOPICS, query_data, IoMachineAnswer, "usermon-io-machines.csv"),
            lambda connection, window: io.io_machines_page(connection, window, _span(query_data)),
        )

    @api.get("/api/usage/user/<path:username>")
    @api.input(UsageQuery, location="query")
    @api.output(IoUserUsageAnswer)
    @api.doc(summary="One user's machines, sizes and reads through time", responses=[404])
    def usage_of_user(username: str, query_data: UsageAsked) -> Response:
        return answer_object(
            store,
            _TOPICS,
            lambda connection: _known(
                io.usage_of_user(connection, username, _span(query_data), query_data["limit"]),
                f"no user {username!r} is in the I/O logs",
                "GET /api/users lists all.",
            ),
        )

    @api.get("/api/usage/machine/<path:machine_name>")
    @api.input(MachineUsageQuery, location="query")
    @api.output(IoMachineUsageAnswer)
    @api.doc(
        summary="One machine's users, sizes and reads through time",
        description="A machine is a name and a type: where there are several of one name, `type` says which.",
        responses=[404],
    )
    def usage_of_machine(machine_name: str, query_data: MachineUsageAsked) -> Response:
        with store.reading() as connection:
            types = io.types_of_machine(connection, machine_name)
        kind = query_data["type"] or (types[0] if types else "")
        if len(types) > 1 and not query_data["type"]:
            return error_answer(
                422,
                f"there are machines {machine_name!r} of the types {', '.join(types)}",
                f"Say which one: ?type={types[0]}",
            )
        return answer_object(
            store,
            _TOPICS,
            lambda connection: _known(
                io.usage_of_machine(connection, machine_name, kind, _span(query_data), query_data["limit"]),
                f"no machine {machine_name!r} {f'of type {kind!r} ' if kind else ''}is in the I/O logs",
                "GET /api/machines lists all.",
            ),
        )

    @api.get("/api/usage/time")
    @api.input(UsageQuery, location="query")
    @api.output(IoTimeAnswer)
    @api.doc(summary="All reads through time, by hour of the day and day of the week")
    def usage_through_time(query_data: UsageAsked) -> Response:
        return answer_object(
            store,
            _TOPICS,
            lambda connection: io.usage_through_time(connection, _span(query_data), query_data["limit"]),
        )

    @api.get("/api/usage/size")
    @api.input(RangeQuery, location="query")
    @api.output(IoSizesAnswer)
    @api.doc(summary="All reads by size, for each role of users, and for each type of machines")
    def usage_by_size(query_data: Ranged) -> Response:
        return answer_object(
            store, _TOPICS, lambda connection: io.size_distribution(connection, _span(query_data))
        )

    return api


def _span(query: Ranged) -> io.Span:
    return io.Span(query["start"], query["end"])


def _known(found: Row | None, message: str, remedy: str) -> Row:
    if found is None:
        raise NotKnown(message, remedy)
    return found
