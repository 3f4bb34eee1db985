"""What happens when the view changes or time passes. Thin: read the file, draw with pure functions."""

import time
from typing import Any

from user_dashboard.cards import Notice, is_stale, make_cards, make_notices
from user_dashboard.figures import RANGES, View, files_figure, storage_figure
from user_dashboard.layout import draw_cards, draw_empty, draw_notices
from user_dashboard.light_dash import ClientsideFunction, Input, Output, State, no_update
from user_dashboard.published import PublishedFile, Reading

Answer = tuple[Any, ...]
_OUTPUTS = 7


def add_callbacks(dash: Any, file: PublishedFile) -> None:
    # Once the page stands, its script says how to draw: theme of the system, chosen range and scale.
    dash.clientside_callback(
        ClientsideFunction("usermon", "view"), Output("view", "data"), Input("view", "id"), hidden=True
    )

    @dash.callback(  # type: ignore[untyped-decorator, unused-ignore]
        Output("notices", "children"),
        Output("cards", "children"),
        Output("storage-plot", "figure"),
        Output("files-plot", "figure"),
        Output("storage-section", "hidden"),
        Output("files-section", "hidden"),
        Output("shown", "data"),
        Input("view", "data"),
        Input("tick", "n_intervals"),
        State("shown", "data"),
        prevent_initial_call=True,
        hidden=True,
    )
    def redraw(view: dict[str, Any] | None, _ticks: int | None, shown: str | None) -> Answer:
        if view is None:
            return (no_update,) * _OUTPUTS
        now = time.time()
        reading, chosen = file.read(), view_from(view)
        state = state_of(reading, chosen, now)
        # Whatever asked: when time passes while a chosen view is drawn, Dash drops that answer for this one.
        if state == shown:
            return (no_update,) * _OUTPUTS
        return (*draw(reading, chosen, now), state)


def state_of(reading: Reading, view: View, now: float) -> str:
    """Changes whenever the page must look different."""
    stale = reading.storage is not None and bool(reading.storage.histories) and is_stale(reading.storage, now)
    lines = sorted(view.references | ({"quotas"} if view.quotas else set()))
    chosen = f"{view.theme} {view.scale} {view.range} {' '.join(lines)}"
    return f"{reading.revision} {'stale' if stale else 'fresh'} {chosen}"


def draw(reading: Reading, view: View, now: float) -> Answer:
    """Notices, cards, both figures, and whether each plot is hidden."""
    storage = reading.storage
    problems = draw_problem(reading)
    if storage is None or not storage.histories:
        empty = draw_empty(
            "Nothing to show" if problems else "No data yet",
            "Your numbers appear here by themselves, as soon as they are collected.",
        )
        return problems, empty, {}, {}, True, True
    notices = problems + draw_notices(make_notices(storage, now))
    cards = draw_cards(make_cards(storage, now))
    return notices, cards, storage_figure(storage, view), files_figure(storage, view), False, False


def draw_problem(reading: Reading) -> list[Any]:
    if reading.problem is None:
        return []
    kept = " What you see is what was read last." if reading.storage is not None else ""
    message = reading.problem.message
    return draw_notices(
        (Notice(f"{message[:1].upper()}{message[1:]}.{kept} {reading.problem.remedy}", warning=True),)
    )


def view_from(chosen: dict[str, Any]) -> View:
    """What a browser sent; anything unknown falls back to the default."""
    return View(
        theme="dark" if chosen.get("theme") == "dark" else "light",
        scale="log" if chosen.get("scale") == "log" else "linear",
        range=next((name for name in RANGES if name == chosen.get("range")), "all"),
        references=frozenset(
            name for name in ("storage", "files") if chosen.get(f"{name}_reference") is True
        ),
        quotas=chosen.get("quotas") is not False,
    )
