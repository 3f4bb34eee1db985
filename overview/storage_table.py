"""The storage page's facts: each user's newest numbers on each volume, beside what the lists say of them.

Pure: made from records of the store, the same records give the same table.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from usage_store.dashboards import DashboardView
from usage_store.storage import LatestUsage
from usermon.units import gb_from_bytes

# The order that the facility's people know; other volumes follow by name.
_FIRST_VOLUMES = ("local", "cryo")


class OnVolume(NamedTuple):
    """One user on one volume, in the unit of the report. Changes are None where a week ago is not known."""

    gb: float
    files: int
    time: int
    gb_change_week: float | None
    files_change_week: int | None


class UserRow(NamedTuple):
    """`listed` says whether the newest user lists name this user; `state` and `url` are of the dashboard."""

    user: str
    listed: bool
    lists: str
    port: int | None
    state: str | None
    url: str | None
    volumes: dict[str, OnVolume]


class VolumeTotal(NamedTuple):
    gb: float
    files: int
    users: int
    newest_time: int


@dataclass(frozen=True, slots=True, eq=False)
class StorageTable:
    """`volumes` in the order in which pages show them; `rows` by user. Equal only to itself."""

    volumes: tuple[str, ...]
    rows: list[UserRow]
    totals: dict[str, VolumeTotal]
    by_user: dict[str, UserRow]

    def row(self, user: str) -> UserRow | None:
        return self.by_user.get(user)

    @property
    def newest_time(self) -> int | None:
        return max((total.newest_time for total in self.totals.values()), default=None)

    @property
    def listed_without_data(self) -> int:
        return sum(row.listed and not row.volumes for row in self.rows)

    @property
    def data_without_listed_user(self) -> int:
        """0 while no lists were given at all: then it would only repeat the number of users."""
        unlisted = sum(not row.listed for row in self.rows)
        return unlisted if unlisted < len(self.rows) else 0


def storage_table(latest: Sequence[LatestUsage], dashboards: Sequence[DashboardView]) -> StorageTable:
    """Everybody with data, and everybody listed. Who is neither (gone from the lists, never measured) is
    on the dashboards' page alone."""
    by_user: defaultdict[str, dict[str, OnVolume]] = defaultdict(dict)
    for usage in latest:
        by_user[usage.user][usage.volume] = _on_volume(usage)
    known = {view.user: view for view in dashboards}
    names = by_user.keys() | {view.user for view in dashboards if view.listed}
    volumes = in_order({usage.volume for usage in latest})
    rows = [_row(user, by_user.get(user, {}), known.get(user)) for user in sorted(names)]
    return StorageTable(
        volumes=volumes,
        rows=rows,
        by_user={row.user: row for row in rows},
        totals={volume: _total([u for u in latest if u.volume == volume]) for volume in volumes},
    )


def _on_volume(usage: LatestUsage) -> OnVolume:
    _, _, time, used_bytes, files, then_bytes, then_files, *_ = usage
    if then_bytes is None or then_files is None:
        return OnVolume(gb_from_bytes(used_bytes), files, time, None, None)
    change = gb_from_bytes(used_bytes - then_bytes)
    return OnVolume(gb_from_bytes(used_bytes), files, time, change, files - then_files)


def _row(user: str, volumes: dict[str, OnVolume], view: DashboardView | None) -> UserRow:
    if view is None:
        return UserRow(user, False, "", None, None, None, volumes)
    return UserRow(user, view.listed, view.lists, view.port, view.state, view.url, volumes)


def _total(usages: Sequence[LatestUsage]) -> VolumeTotal:
    return VolumeTotal(
        gb=gb_from_bytes(sum(usage.used_bytes for usage in usages)),
        files=sum(usage.files for usage in usages),
        users=len(usages),
        newest_time=max(usage.time for usage in usages),
    )


def in_order(volumes: Iterable[str]) -> tuple[str, ...]:
    present = set(volumes)
    first = tuple(volume for volume in _FIRST_VOLUMES if volume in present)
    return first + tuple(sorted(present.difference(first)))
