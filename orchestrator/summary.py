"""Results as people read them, and as JSON (the shapes stand in docs and tests)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from orchestrator.bring_up import UpResult
from orchestrator.plan import Action, Plan
from orchestrator.rollout import Outcome
from orchestrator.runtimes import Role
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


def up_as_json(result: UpResult, settings: OrchestratorSettings) -> dict[str, Any]:
    dashboards = [o for o in result.outcomes if o.step.role is Role.DASHBOARD]
    services = [o for o in result.outcomes if o.step.role is not Role.DASHBOARD]
    return {
        "dashboards": [{"user": o.step.user, **_outcome(o, settings)} for o in dashboards],
        "services": [{"service": o.step.role.value, **_outcome(o, settings)} for o in services],
        "orphans": [orphan.user for orphan in result.orphans],
        "rejected": [asdict(rejected) for rejected in result.rejected],
        "credentials_file": str(result.credentials_file),
        "notes": list(result.notes),
    }


def up_as_text(result: UpResult, settings: OrchestratorSettings) -> str:
    shown = up_as_json(result, settings)
    parts: list[str] = []
    changed = [row for row in (*shown["services"], *shown["dashboards"]) if row["action"] != Action.KEEP]
    if changed:
        rows = [{"who": row.get("user") or row["service"], **row} for row in changed]
        parts.append(table(rows, ("who", "action", "state", "ready_seconds", "url", "cause")))
    kept = len(result.outcomes) - len(changed)
    if kept:
        parts.append(f"{kept} containers run as wanted" if kept > 1 else "1 container runs as wanted")
    parts += _about_lists(shown["orphans"], result.rejected)
    parts += [f"note: {note}" for note in result.notes]
    parts.append(_where(shown, result, settings))
    return "\n".join(parts)


def plan_as_json(planned: PlannedUp, rejected: Sequence[RejectedName], settings: OrchestratorSettings) -> Row:
    plan = planned.plan
    rows = _plan_rows(plan, settings)
    return {
        "dashboards": [row for row in rows if "user" in row],
        "services": [row for row in rows if "service" in row],
        "orphans": [orphan.user for orphan in plan.orphans],
        "rejected": [asdict(r) for r in rejected],
        "credentials_file": str(settings.state.credentials_file),
        "notes": [],
    }


def plan_as_text(planned: PlannedUp, rejected: Sequence[RejectedName], settings: OrchestratorSettings) -> str:
    rows = [
        {"who": row.get("user") or row.get("service"), **row}
        for row in _plan_rows(planned.plan, settings)
        if row["action"] != Action.KEEP
    ]
    parts = [table(rows, ("who", "action", "url", "cause"))] if rows else ["nothing to do"]
    parts += _about_lists([str(orphan.user) for orphan in planned.plan.orphans], rejected)
    return "\n".join(parts)


def human_bytes(amount: int | None) -> str:
    return "" if amount is None else f"{amount / 1024**2:.1f} MiB"


def human_duration(seconds: float | None) -> str:
    """Two units at most: 3 d 4 h."""
    if seconds is None:
        return ""
    left = max(0, int(seconds))
    parts = []
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


def _plan_rows(plan: Plan, settings: OrchestratorSettings) -> list[dict[str, Any]]:
    rows = []
    for step in plan.steps:
        state = step.running.state if step.running else None
        who = {"user": step.user} if step.role is Role.DASHBOARD else {"service": step.role.value}
        rows.append({**who, **_outcome(Outcome(step, state), settings)})
    return rows


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
    lines.append(f"passwords    {result.credentials_file}")
    return "\n".join(lines)


def _cell(value: object) -> str:
    return "" if value is None else str(value)
