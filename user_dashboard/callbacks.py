"""What happens when the view changes or time passes: the tab that is shown is drawn, if it must be."""

import time
from typing import Any

from user_dashboard.figures import RANGES, View
from user_dashboard.light_dash import ClientsideFunction, Input, Output, State, no_update
from user_dashboard.tabs import Answer, Tab, chosen_tab

# Of each tab, what was drawn last; under TABS, which tabs there were.
Shown = dict[str, str]
TABS = "tabs"


def add_callbacks(dash: Any, tabs: tuple[Tab, ...]) -> None:
    # Once the page stands, its script says how to draw: theme of the system, chosen tab, range and scale.
    _in_the_browser(dash, "view", Output("view", "data"), Input("view", "id"))
    _in_the_browser(dash, "tabs", Output("tabs-shown", "data"), Input("tabs", "data"))
    _in_the_browser(dash, "machines", Output("machines-shown", "data"), Input("io-machines", "data"))
    _in_the_browser(dash, "jobs", Output("jobs-shown", "data"), Input("jobs-tables", "data"))

    @dash.callback(  # type: ignore[untyped-decorator, unused-ignore]
        *(Output(*name) for tab in tabs for name in tab.outputs),
        Output("tabs", "data"),
        Output("shown", "data"),
        Input("view", "data"),
        Input("tick", "n_intervals"),
        State("shown", "data"),
        prevent_initial_call=True,
        hidden=True,
    )
    def redraw(view: dict[str, Any] | None, _ticks: int | None, shown: Any) -> Answer:
        return answer(tabs, view, shown if isinstance(shown, dict) else {}, time.time())


def answer(tabs: tuple[Tab, ...], chosen: dict[str, Any] | None, shown: Shown, now: float) -> Answer:
    """Of all tabs' outputs, those that change."""
    nothing = [(no_update,) * len(tab.outputs) for tab in tabs]
    if chosen is None:
        return (*_flat(nothing), no_update, no_update)
    view, tab = view_from(chosen), chosen_tab(tabs, chosen.get("tab"))
    there = [one.name for one in tabs if one.is_there()]
    # Whatever asked: when time passes while a chosen view is drawn, Dash drops that answer for this one.
    state = tab.state(view, now)
    after = shown | {tab.name: state, TABS: " ".join(there)}
    if after == shown:
        return (*_flat(nothing), no_update, no_update)
    if shown.get(tab.name) != state:
        nothing[tabs.index(tab)] = tab.draw(view, now)
    return (*_flat(nothing), there if after[TABS] != shown.get(TABS) else no_update, after)


def _flat(of_tabs: list[Answer]) -> Answer:
    return tuple(output for of_tab in of_tabs for output in of_tab)


def _in_the_browser(dash: Any, function: str, output: Any, given: Any) -> None:
    dash.clientside_callback(ClientsideFunction("usermon", function), output, given, hidden=True)


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
        span="months" if chosen.get("span") == "months" else "weeks",
    )
