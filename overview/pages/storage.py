"""The storage page: growth, quotas, bubble plots and everybody's numbers in one table."""

import json
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import BadRequest, NotFound

from overview.charts import SCALES, bubble_figure
from overview.growers import growers
from overview.parts import Part, as_feed, part
from overview.quota_use import QuotaUses, quota_uses
from overview.site import current_capacities, current_site
from overview.snapshots import Snapshots, answer
from overview.storage_growth import VolumeGrowth, growth_of_volumes
from overview.storage_table import OnVolume, StorageTable
from overview.volume_fill import VolumeFill, volume_fills
from usage_store.collection_runs import count_rejected
from usage_store.engine import Store
from usage_store.storage_days import volume_days

# So many are listed by name; all others are in the table.
_FULLEST, _FULLEST_FINE, _GROWERS = 12, 6, 8
_TOPIC = ("storage",)
# Of volumes whose source is not in this machine's usermon.toml.
_LATE_SECONDS = 86_400


def storage_pages(snapshots: Snapshots, store: Store) -> Blueprint:
    pages = Blueprint("storage", __name__)

    @pages.get("/storage")
    def page() -> str:
        table = snapshots.storage()
        with store.reading() as connection:
            rejected = count_rejected(connection)
        states = Counter(view.state or "never seen" for view in snapshots.dashboards())
        return render_template(
            "overview/storage.html",
            table=table,
            rejected=rejected,
            dashboard_states=states,
            growth=_growth(snapshots),
            fills=volume_fills(table, current_capacities()),
            parts=_parts(snapshots),
            over=len(_quotas(snapshots).over),
        )

    @pages.get("/storage/growth.json")
    def growth_feed() -> Response:
        return snapshots.feed(
            ("storage growth",),
            _TOPIC,
            lambda _connection: [one.as_feed() for one in _growth(snapshots).values()],
            also=(_hour(), _told()),
        )

    @pages.get("/storage/parts.json")
    def parts_feed() -> Response:
        minute = int(time.time()) // 60
        return snapshots.feed(
            ("storage parts",), _TOPIC, lambda _connection: as_feed(_parts(snapshots)), also=minute
        )

    @pages.get("/storage/table.json")
    def table_feed() -> Response:
        table = snapshots.storage()
        with store.reading() as connection:
            rejected = count_rejected(connection)
        made_from = (table, rejected, _told())

        def render() -> bytes:
            fills = volume_fills(table, current_capacities())
            return _columns(table, rejected, _quotas(snapshots), fills)

        return answer(snapshots.body("feed", "application/json", made_from, render))

    @pages.get("/storage/bubbles/<volume>.json")
    def bubble_feed(volume: str) -> Response:
        table = snapshots.storage()
        if volume not in table.volumes:
            raise NotFound
        scale = next((known for known in SCALES if known == request.args.get("scale", "linear")), None)
        if scale is None:
            raise BadRequest(f"scale is one of {', '.join(SCALES)}")

        def render() -> bytes:
            return _compact(bubble_figure(table, volume, scale))

        return answer(snapshots.body(("figure", volume, scale), "application/json", table, render))

    return pages


def _hour() -> int:
    """Whether samples still come is asked of the clock."""
    return int(time.time()) // 3600


def _told() -> tuple[tuple[str, int], ...]:
    """The capacities that usermon.toml tells: an edit of it changes feeds too."""
    return tuple(current_capacities().items())


def _growth(snapshots: Snapshots) -> dict[str, VolumeGrowth]:
    """In the order of the page's volumes."""
    known = snapshots.content(
        "growth",
        _TOPIC,
        lambda connection: growth_of_volumes(volume_days(connection), time.time(), current_capacities()),
        also=(_hour(), _told()),
    )
    return {volume: known[volume] for volume in snapshots.storage().volumes if volume in known}


def _quotas(snapshots: Snapshots) -> QuotaUses:
    return snapshots.content(
        "quotas",
        _TOPIC,
        lambda _connection: quota_uses(
            snapshots.latest(), snapshots.limits(), most=_FULLEST, most_fine=_FULLEST_FINE
        ),
    )


def _parts(snapshots: Snapshots) -> list[Part]:
    """Where there is nothing to say, no part."""
    table, now = snapshots.storage(), time.time()
    late = {
        volume: total.newest_time
        for volume, total in table.totals.items()
        if now - total.newest_time > _late_after(volume)
    }
    quotas = _quotas(snapshots)
    found = snapshots.content("growers", _TOPIC, lambda _connection: growers(snapshots.latest(), _GROWERS))
    parts = []
    if late:
        parts.append(part("late", "overview/storage_late.html", late=late))
    if quotas.limited:
        parts.append(part("quotas", "overview/storage_quotas.html", quotas=quotas))
    if any(period.known for period in found):
        parts.append(part("growers", "overview/storage_growers.html", periods=found))
    return parts


def _late_after(volume: str) -> int:
    """Seconds after which samples should have come: three times the rhythm of the volume's source."""
    site = current_site()
    sources = () if site is None else site.sources
    return max((3 * one.every_seconds for one in sources if one.name == volume), default=_LATE_SECONDS)


def _columns(table: StorageTable, rejected: int, quotas: QuotaUses, fills: Mapping[str, VolumeFill]) -> bytes:
    """The table by columns: a third of the size of rows, for ten thousand users."""
    rows = table.rows
    return _compact(
        {
            "newest_time": table.newest_time,
            "rejected": rejected,
            "totals": {name: total._asdict() for name, total in table.totals.items()},
            "fills": {name: fill.as_feed() for name, fill in fills.items()},
            "columns": {
                "user": [row.user for row in rows],
                "listed": [int(row.listed) for row in rows],
                "port": [row.port for row in rows],
                "state": [row.state for row in rows],
                "over": [int(row.user in quotas.over) for row in rows],
            },
            "volumes": [
                {"name": volume, **_columns_of(table, volume), **_quota_columns(table, volume, quotas)}
                for volume in table.volumes
            ],
        }
    )


def _columns_of(table: StorageTable, volume: str) -> dict[str, tuple[object, ...]]:
    nothing = (None,) * len(OnVolume._fields)
    columns = zip(*(row.volumes.get(volume, nothing) for row in table.rows), strict=True)
    return dict(zip(OnVolume._fields, columns, strict=True))


def _quota_columns(table: StorageTable, volume: str, quotas: QuotaUses) -> dict[str, object]:
    """Percent of the fullest quota and whether one is passed; none on volumes without limits."""
    full = [quotas.percent.get((row.user, volume)) for row in table.rows]
    if all(percent is None for percent in full):
        return {"full": None, "passed": []}
    passed = [place for place, row in enumerate(table.rows) if (row.user, volume) in quotas.passed]
    return {"full": full, "passed": passed}


def _compact(content: Any) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode()
