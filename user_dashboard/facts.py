"""A number worth a card of its own. Pure data, no components."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    """A number with its unit, beneath a title, above a remark."""

    title: str
    amount: str
    unit: str
    remark: str
