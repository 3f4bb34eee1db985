"""/api/storage, /api/storage/{user}, /api/bubbles/{volume}: who holds how much."""

import json
from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import Response

from overview.api.listing import ListHeaders, answer_list, answer_object, answer_table
from overview.api.queries import Listed, ListQuery
from overview.api.schemas import VOLUME_FIELDS, BubbleAnswer, FormatQuery, StorageAnswer, StorageUserAnswer
from overview.bubbles import bubbles
from overview.csv_table import csv_table
from overview.error_pages import NotKnown
from overview.snapshots import Snapshots, answer, download
from overview.storage_table import OnVolume, StorageTable, UserRow
from overview.times import iso_time, iso_time_or_none
from usage_store.engine import Store, StoreConnection
from usage_store.paging import Page, Window, cut
from usage_store.storage import History, StandingLimits, storage_histories
from usermon.units import GIB, gb_from_bytes

_ABOUT_USER = ("user", "listed", "lists", "port", "state", "url")
_ABOUT_VOLUME = ("gb", "files", "time", "gb_change_week", "files_change_week")
_ABOUT_LIMITS = (
    *("soft_limit_gb", "hard_limit_gb", "soft_limit_files", "hard_limit_files"),
    *("gb_grace", "files_grace"),
)
_NO_LIMITS = (None,) * len(_ABOUT_LIMITS)

_HISTORY = ("volume", "time", "gb", "files")
# What all these answers are made from.
_TOPICS = ("storage", "dashboards")

Limits = Mapping[tuple[str, str], StandingLimits]


def storage_api(snapshots: Snapshots, store: Store) -> APIBlueprint:
    api = APIBlueprint("storage_api", __name__, tag="Storage")

    @api.get("/api/storage")
    @api.input(FormatQuery, location="query")
    @api.output(StorageAnswer)
    @api.doc(
        summary="Everybody's newest numbers on each volume",
        description="Users who are listed and have no data, and users with data whom no list names, are "
        "among them.",
        responses=[401],
    )
    def all_storage(query_data: dict[str, str]) -> Response:
        table = snapshots.storage()
        if query_data["format"] == "csv":
            body = snapshots.body(
                "storage.csv", "text/csv", table, lambda: _storage_csv(table, snapshots.limits())
            )
            return download(answer(body), "usermon-storage.csv")
        return answer(
            snapshots.body(
                "storage", "application/json", table, lambda: _storage_json(table, snapshots.limits())
            )
        )

    @api.get("/api/storage/<user>")
    @api.input(FormatQuery, location="query")
    @api.output(StorageUserAnswer)
    @api.doc(
        summary="One user's newest numbers and their history",
        description=VOLUME_FIELDS,
        responses=[401, 404],
    )
    def storage_of_user(user: str, query_data: dict[str, str]) -> Response:
        table = snapshots.storage()
        row = table.row(user)
        if row is None:
            raise NotKnown(f"no user {user!r} is known", "GET /api/storage lists all users.")
        if query_data["format"] == "csv":
            return answer_table(
                store,
                _TOPICS,
                f"usermon-{user}.csv",
                _HISTORY,
                lambda connection: _history_rows(storage_histories(connection, user)),
            )

        fields = _user_fields(row, table, snapshots.limits())

        def read(connection: StoreConnection) -> dict[str, Any]:
            histories = storage_histories(connection, user)
            history = {volume: _series(histories[volume]) for volume in table.volumes if volume in histories}
            return {**fields, "history": history}

        return answer_object(store, _TOPICS, read)

    @api.get("/api/bubbles/<volume>")
    @api.input(ListQuery, location="query")
    @api.output(BubbleAnswer(many=True), headers=ListHeaders)
    @api.doc(summary="One volume's users as points of a bubble plot", responses=[401, 404])
    def bubbles_of_volume(volume: str, query_data: Listed) -> Response:
        def read(_connection: StoreConnection, window: Window) -> Page:
            table = snapshots.storage()
            if volume not in table.volumes:
                known = ", ".join(table.volumes) or "none yet, nothing was measured"
                raise NotKnown(f"no volume {volume!r} is known", f"Known volumes: {known}.")
            return cut([bubble._asdict() for bubble in bubbles(table, volume)], window)

        return answer_list(store, _TOPICS, query_data, BubbleAnswer, f"usermon-bubbles-{volume}.csv", read)

    return api


def _storage_json(table: StorageTable, limits: Limits) -> bytes:
    totals: dict[str, float] = {}
    for volume, total in table.totals.items():
        totals[f"{volume}_gb"] = total.gb
        totals[f"{volume}_files"] = total.files
    return json.dumps(
        {
            "volumes": table.volumes,
            "newest_time": iso_time_or_none(table.newest_time),
            "totals": totals,
            "users": [_user_fields(row, table, limits) for row in table.rows],
        }
    ).encode()


def _user_fields(row: UserRow, table: StorageTable, limits: Limits) -> dict[str, Any]:
    fields: dict[str, Any] = {name: getattr(row, name) for name in _ABOUT_USER}
    for volume in table.volumes:
        for name, value in zip(_ABOUT_VOLUME, _volume_values(row.volumes.get(volume)), strict=True):
            fields[f"{volume}_{name}"] = value
        for name, value in zip(_ABOUT_LIMITS, _limit_values(limits.get((row.user, volume))), strict=True):
            fields[f"{volume}_{name}"] = value
    return fields


def _limit_values(limits: StandingLimits | None) -> tuple[object, ...]:
    if limits is None:
        return _NO_LIMITS
    soft, hard, *others = limits
    return _gb_or_none(soft), _gb_or_none(hard), *others


def _volume_values(here: OnVolume | None) -> tuple[object, ...]:
    if here is None:
        return (None,) * len(_ABOUT_VOLUME)
    return here.gb, here.files, iso_time(here.time), here.gb_change_week, here.files_change_week


def _storage_csv(table: StorageTable, limits: Limits) -> bytes:
    about = (*_ABOUT_VOLUME, *_ABOUT_LIMITS)
    header = [*_ABOUT_USER, *(f"{volume}_{name}" for volume in table.volumes for name in about)]
    return csv_table(header, (list(_user_fields(row, table, limits).values()) for row in table.rows))


def _series(history: History) -> dict[str, Any]:
    return {
        "time": [iso_time(time) for time in history.time],
        "gb": [gb_from_bytes(used) for used in history.used_bytes],
        "files": history.files,
        "soft_limit_gb": _gb_or_none(history.soft_limit_bytes),
        "hard_limit_gb": _gb_or_none(history.hard_limit_bytes),
        "soft_limit_files": history.soft_limit_files,
        "hard_limit_files": history.hard_limit_files,
        "gb_grace": history.bytes_grace,
        "files_grace": history.files_grace,
    }


def _gb_or_none(amount: int | None) -> float | None:
    """Of a limit. Tools that count KiB say more than eight decimals hold."""
    if amount is None:
        return None
    return gb_from_bytes(amount) if amount % GIB == 0 or amount % 1024 else amount / GIB


def _history_rows(histories: dict[str, History]) -> list[tuple[object, ...]]:
    return [
        (volume, iso_time(time), gb_from_bytes(used), files)
        for volume, history in histories.items()
        for time, used, files in zip(history.time, history.used_bytes, history.files, strict=True)
    ]
