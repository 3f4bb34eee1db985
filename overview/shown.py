"""How pages write numbers, sizes and times."""

import math

from flask import Flask
from markupsafe import Markup, escape

from overview.times import iso_time
from usermon.units import size_that_fits


def install_filters(app: Flask) -> None:
    app.jinja_env.filters.update(
        number=number, amount=amount, signed=signed, size=size, moment=moment, seconds=seconds, span=span
    )


def number(amount: float) -> str:
    """Two digits after the point at most; of what is small, two that tell something."""
    return f"{_short(amount):,}"


def _short(amount: float) -> float:
    if amount == int(amount):
        return int(amount)
    digits = max(2, 1 - math.floor(math.log10(abs(amount))))
    rounded = round(amount, digits)
    return int(rounded) if rounded == int(rounded) else rounded


def amount(value: float) -> str:
    """Short, of sums: a tenth matters below a hundred, nothing behind the point above it."""
    rounded = round(value, 1 if abs(value) < 100 else 0)
    return f"{int(rounded) if rounded == int(rounded) else rounded:,}"


def signed(amount: float) -> str:
    """+1,200 or −1,200."""
    return f"+{number(amount)}" if amount > 0 else f"−{number(-amount)}" if amount < 0 else "0"


def size(amount: float | None) -> str:
    return "–" if amount is None else size_that_fits(amount)


def seconds(amount: float) -> str:
    return f"{amount:.1f} s" if amount < 100 else f"{amount / 60:.0f} min"


def span(amount: float) -> str:
    """A rhythm or a period, in the unit that people would say."""
    for unit, name in ((86400, "d"), (3600, "h"), (60, "min")):
        if amount >= 2 * unit or amount == unit:
            return f"{amount / unit:.0f} {name}"
    return f"{amount:.0f} s"


def moment(time: float | None, how: str = "time") -> Markup:
    """A time that times.js rewrites for the viewer's zone, as `time`, as `age` (5 min), `ago` (5 min ago; in
    5 h where a clock is ahead) or `due` (in 5 min, 2 min overdue). Without scripts: UTC."""
    if time is None:
        return Markup("–")
    iso = iso_time(time)
    plain = iso.replace("T", " ").replace("Z", " UTC")
    # Ages are short: a whole time in their place would make a table jump when it becomes one.
    shown = plain[:10] if how in ("age", "ago", "due") else plain
    return Markup('<time datetime="{}" data-show="{}" title="{}">{}</time>').format(
        iso, escape(how), plain, shown
    )
