"""/metrics for Prometheus and /healthz for whoever starts and restarts us.

The text format is four lines of code; a library for it would have to be in every image. No user's name
ever becomes a label: a metric tells how the facility does, not who does what.
"""

import time
from collections import Counter
from collections.abc import Iterable

from flask import Blueprint, Response, jsonify

from overview.alert_views import KINDS
from overview.snapshots import Snapshots
from usage_store.alert_messages import count_waiting
from usage_store.alerts import count_alerts
from usage_store.collection_runs import count_rejected_by_source, latest_runs
from usage_store.engine import Store
from usage_store.newest import newest_data
from usage_store.revisions import current_revisions

DASHBOARD_STATES = ("ready", "starting", "asleep", "stopped", "failed")

_Sample = tuple[dict[str, str], float]


def metrics(snapshots: Snapshots, store: Store) -> Blueprint:
    blueprint = Blueprint("metrics", __name__)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        with store.reading() as connection:  # unreachable: 503 with the reason, by the error pages
            current_revisions(connection)
        return jsonify(status="ok")

    @blueprint.get("/metrics")
    def show_metrics() -> Response:
        parts = (
            _of_storage(snapshots),
            _of_dashboards(snapshots),
            _of_data(store),
            _of_collection(store),
            _of_alerts(store),
        )
        text = "".join(line for part in parts for line in part)
        return Response(text, content_type="text/plain; version=0.0.4; charset=utf-8")

    return blueprint


def _of_storage(snapshots: Snapshots) -> Iterable[str]:
    table, now = snapshots.storage(), time.time()
    totals = [({"volume": volume}, total) for volume, total in table.totals.items()]
    yield _metric(
        "usermon_storage_age_seconds",
        "Age of the newest sample of a volume.",
        [(labels, round(now - total.newest_time)) for labels, total in totals],
    )
    yield _metric(
        "usermon_storage_gb", "GB (GiB) on a volume, all users.", [(labels, t.gb) for labels, t in totals]
    )
    yield _metric(
        "usermon_storage_files", "Files on a volume, all users.", [(labels, t.files) for labels, t in totals]
    )
    yield _metric(
        "usermon_storage_users",
        "Users with data on a volume.",
        [(labels, t.users) for labels, t in totals],
    )
    yield _metric("usermon_users", "Users listed or with data.", [({}, len(table.rows))])
    yield _metric(
        "usermon_users_listed_without_data", "Listed, never measured.", [({}, table.listed_without_data)]
    )


def _of_dashboards(snapshots: Snapshots) -> Iterable[str]:
    views = snapshots.dashboards()
    states = Counter(view.state for view in views if view.state is not None)
    yield _metric(
        "usermon_dashboards",
        "Dashboards in each state, as last seen.",
        [({"state": state}, states.get(state, 0)) for state in DASHBOARD_STATES],
    )
    seen = max((view.seen_at for view in views if view.seen_at is not None), default=None)
    if seen is not None:
        yield _metric(
            "usermon_dashboards_seen_age_seconds",
            "Since the orchestrator last looked.",
            [({}, round(time.time() - seen))],
        )


def _of_data(store: Store) -> Iterable[str]:
    with store.reading() as connection:
        newest = newest_data(connection)
    yield _metric(
        "usermon_data_age_seconds",
        "Since the newest data of a kind: of a volume, log, cluster, hub, or all hosts.",
        [({"kind": one.kind, "name": one.name}, round(time.time() - one.time)) for one in newest],
    )


def _of_collection(store: Store) -> Iterable[str]:
    with store.reading() as connection:
        runs, counts = latest_runs(connection), count_rejected_by_source(connection)
    standing = {source: count.all for source, count in counts.items()}
    for name, what, value_of in (
        ("age_seconds", "Since a source's newest run ended.", lambda r: round(time.time() - r.finished_at)),
        ("duration_seconds", "How long it took.", lambda r: round(r.finished_at - r.started_at, 3)),
        ("rows_taken", "New or changed samples in it.", lambda r: r.taken),
        ("rows_known", "Samples in it that were known.", lambda r: r.known),
        ("rows_rejected", "Lines rejected in it.", lambda r: r.rejected),
        ("failed", "1 when the run failed as a whole.", lambda r: int(r.error is not None)),
        ("rejected_lines", "Lines that stand rejected now.", lambda r: standing.get(r.source, 0)),
    ):
        yield _metric(f"usermon_source_{name}", what, [({"source": r.source}, value_of(r)) for r in runs])


def _of_alerts(store: Store) -> Iterable[str]:
    with store.reading() as connection:
        counts, messages = count_alerts(connection), count_waiting(connection)
    by_kind = Counter[str]()
    for (kind, _), count in counts.items():
        by_kind[kind] += count
    yield _metric(
        "usermon_alerts",
        "Alerts that are open, by kind.",
        [({"kind": kind}, by_kind[kind]) for kind in KINDS],
    )
    yield _metric(
        "usermon_alert_messages",
        "Mails and calls about alerts that are held for quiet hours, wait to be sent, or were given up.",
        [({"state": state}, messages.get(state, 0)) for state in ("held", "waiting", "failed")],
    )


def _metric(name: str, what: str, samples: Iterable[_Sample]) -> str:
    lines = [f"# HELP {name} {what}\n# TYPE {name} gauge\n"]
    for labels, value in samples:
        inside = ",".join(f'{key}="{_label_value(text)}"' for key, text in labels.items())
        lines.append(f"{name}{{{inside}}} {value}\n" if inside else f"{name} {value}\n")
    return "".join(lines) if len(lines) > 1 else ""


def _label_value(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
