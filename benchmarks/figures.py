"""One measured figure, what it may be, and how both are shown."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` is to stay at or below `budget`, both in `unit`; `detail` says what was measured and how."""

    name: str
    value: float
    unit: str
    budget: float
    detail: str

    @property
    def within(self) -> bool:
        return self.value <= self.budget


def print_table(figures: Sequence[Figure]) -> None:
    table = Table(title="Budgets and what this run measured")
    for heading in ("figure", "measured", "budget", "", "how"):
        table.add_column(heading, justify="right" if heading in ("measured", "budget") else "left")
    for figure in figures:
        table.add_row(
            figure.name,
            f"{figure.value:.3g} {figure.unit}",
            f"{figure.budget:.3g} {figure.unit}",
            "met" if figure.within else "OVER",
            figure.detail,
        )
    Console(width=150).print(table)


def write_json(figures: Sequence[Figure], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"figures": [{**asdict(figure), "within": figure.within} for figure in figures]}
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
