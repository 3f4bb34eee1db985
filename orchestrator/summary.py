"""Results as people read them, and as JSON (the shapes stand in docs and tests)."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from orchestrator.bring_up import UpResult
from orchestrator.observe import Observed
from orchestrator.plan import Action, Plan
from orchestrator.rollout import Outcome
from orchestrator.runtimes import Role, Running
from orchestrator.settings import OrchestratorSettings
from orchestrator.up_plan import PlannedUp
from orchestrator.wanted_users import RejectedName

Row = Mapping[str, Any]


def table(rows: Sequence[Row], columns: Sequence[str]) -> str:
    """Columns side by side, as wide as what stands in them."""
    texts = [[column.upper().replace("_", " ") for column in columns]]
    texts += [[_cell(row.get(column)) for column in columns] for row in rows]
    widths = [max(len(line[i]) for line in texts) for i in range(len(columns))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in texts
    )


def outcomes_as_json(outcomes: Iterable[Outcome], settings: OrchestratorSettings) -> dict[str, Any]:
    rows: dict[str, list[Row]] = {"dashboards": [], "services": []}
    for outcome in outcomes:
        if outcome.step.role is Role.DASHBOARD:
            rows["dashboards"].append({"user": outcome.step.user, **_outcome(outcome, settings)})
        else:
            rows["services"].append({"service": outcome.step.role.value, **_outcome(outcome, settings)})
    return rows


def up_as_json(result: UpResult, settings: OrchestratorSettings) -> dict[str, Any]:
    return {
        **outcomes_as_json(result.outcomes, settings),
        "orphans": [orphan.user for orphan in result.orphans],
        "rejected": [asdict(rejected) for rejected in result.rejected],
        "credentials_file": str(result.credentials_file),
        "notes": list(result.notes),
    }


def up_as_text(result: UpResult, settings: OrchestratorSettings) -> str:
    shown = up_as_json(result, settings)
    parts: list[str] = []
    changed = _changed_rows(shown)
    if changed:
        parts.append(table(changed, ("who", "action", "state", "ready_seconds", "url", "cause")))
    kept = len(result.outcomes) - len(changed)
    if kept:
        parts.append(f"{kept} containers run as wanted" if kept > 1 else "1 container runs as wanted")
    parts += _about_lists(shown["orphans"], result.rejected)
    parts += [f"note: {note}" for note in result.notes]
    parts.append(_where(shown, result, settings))
    return "\n".join(parts)


def plan_as_json(planned: PlannedUp, rejected: Sequence[RejectedName], settings: OrchestratorSettings) -> Row:
    return {
        **outcomes_as_json(_as_outcomes(planned.plan), settings),
        "orphans": [orphan.user for orphan in planned.plan.orphans],
        "rejected": [asdict(r) for r in rejected],
        "credentials_file": str(settings.state.credentials_file),
        "notes": [],
    }


def plan_as_text(planned: PlannedUp, rejected: Sequence[RejectedName], settings: OrchestratorSettings) -> str:
    shown = outcomes_as_json(_as_outcomes(planned.plan), settings)
    rows = _changed_rows(shown)
    parts = [table(rows, ("who", "action", "url", "cause"))] if rows else ["nothing to do"]
    parts += _about_lists([str(orphan.user) for orphan in planned.plan.orphans], rejected)
    return "\n".join(parts)


def status_as_json(observed: Observed, settings: OrchestratorSettings) -> dict[str, Any]:
    return {
        "dashboards": [
            {
                "user": d.entry.user,
                "state": d.state.value,
                "port": d.entry.port,
                "url": settings.url_of(d.entry.port),
                **_container(d.running, d.memory_bytes),
                "listed": d.entry.listed,
            }
            for d in observed.dashboards
        ],
        "services": [
            {
                "service": running.role.value,
                "state": running.state.value,
                "port": running.port,
                "url": settings.url_of(running.port) if running.port else None,
                **_container(running, memory),
            }
            for running, memory in observed.services
        ],
    }


def status_as_text(observed: Observed, settings: OrchestratorSettings) -> str:
    shown = status_as_json(observed, settings)
    now = time.time()
    rows = [
        {
            "who": row.get("user") or row["service"],
            **row,
            "uptime": human_duration(now - row["started_at"]) if row["started_at"] else None,
            "memory": human_bytes(row["memory_bytes"]),
        }
        for row in (*shown["services"], *shown["dashboards"])
    ]
    return table(rows, ("who", "state", "port", "url", "image", "uptime", "memory"))


def _container(running: Running | None, memory_bytes: int | None) -> dict[str, Any]:
    return {
        "image": running.image if running else None,
        "node": running.node if running else None,
        "container": running.container if running else None,
        "started_at": running.started_at if running else None,
        "memory_bytes": memory_bytes,
        "reason": running.exit_reason if running else None,
    }


def human_bytes(amount: int | None) -> str:
    return "" if amount is None else f"{amount / 1024**2:.1f} MiB"


def human_duration(seconds: float | None) -> str:
    """Two units at most: 3 d 4 h."""
    if seconds is None:
        return ""
    left = max(0, int(seconds))
    parts: list[str] = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, left = divmod(left, size)
        if count or (unit == "s" and not parts):
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2])


def _outcome(outcome: Outcome, settings: OrchestratorSettings) -> dict[str, Any]:
    spec, running = outcome.step.spec, outcome.step.running
    port = spec.port if spec else running.port if running else None
    seconds = outcome.ready_seconds
    return {
        "port": port,
        "url": settings.url_of(port) if port else None,
        "action": outcome.step.action.value,
        "cause": outcome.step.cause,
        "state": outcome.state.value if outcome.state else None,
        "ready_seconds": None if seconds is None else round(seconds, 2),
        "error": outcome.error.message if outcome.error else None,
    }


def _as_outcomes(plan: Plan) -> list[Outcome]:
    return [Outcome(step, step.running.state if step.running else None) for step in plan.steps]


def _changed_rows(shown: Row) -> list[Row]:
    rows = (*shown["services"], *shown["dashboards"])
    return [{"who": row.get("user") or row["service"], **row} for row in rows if row["action"] != Action.KEEP]


def _about_lists(orphans: Sequence[str], rejected: Sequence[RejectedName]) -> list[str]:
    lines = []
    if orphans:
        lines.append(f"in no list any more: {', '.join(orphans)} (--remove-orphans removes their containers)")
    lines += [f"rejected: {r.file}, line {r.line}: {r.text!r}: {r.reason}" for r in rejected]
    return lines


def _where(shown: Row, result: UpResult, settings: OrchestratorSettings) -> str:
    lines = []
    if any(row["service"] == Role.OVERVIEW for row in shown["services"]):
        lines.append(f"overview     {settings.url_of(settings.overview_port)}")
    example = next((row for row in shown["dashboards"] if row["error"] is None and row["state"]), None)
    if example is not None:
        lines.append(f"dashboard    {example['url']} (of {example['user']})")
    made = len(result.new_passwords)
    lines.append(f"passwords    {result.credentials_file}" + (f" ({made} new)" if made else ""))
    return "\n".join(lines)


def _cell(value: object) -> str:
    return "" if value is None else str(value)
