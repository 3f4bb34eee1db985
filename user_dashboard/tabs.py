"""The tabs of the page: which there are, and which of them must be drawn anew."""

from typing import Any, Protocol

from user_dashboard.cards import Notice
from user_dashboard.figures import View
from user_dashboard.layout import Component, draw_notices
from user_dashboard.own_file import Reading

Answer = tuple[Any, ...]
OutputName = tuple[str, str]  # a component's id, its property


class Tab(Protocol):
    """`outputs` are what `draw` gives, in order; `name` stands in the address."""

    name: str
    title: str
    outputs: tuple[OutputName, ...]

    def is_there(self) -> bool:
        """Whether the facility has anything of this kind."""

    def state(self, view: View, now: float) -> str:
        """Changes whenever the tab must look different."""

    def draw(self, view: View, now: float) -> Answer: ...


def draw_problem(reading: Reading[Any]) -> list[Component]:
    if reading.problem is None:
        return []
    kept = " What you see is what was read last." if reading.content is not None else ""
    message = reading.problem.message
    return draw_notices(
        (Notice(f"{message[:1].upper()}{message[1:]}.{kept} {reading.problem.remedy}", warning=True),)
    )


def chosen_tab(tabs: tuple[Tab, ...], name: object) -> Tab:
    """The one of that name while it is there, else the first."""
    return next((tab for tab in tabs if tab.name == name and tab.is_there()), tabs[0])
