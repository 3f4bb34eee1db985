"""Values of usermon.toml, checked: what is wrong is refused by its name, with what was expected."""

import re
from collections.abc import Collection
from typing import Any

from usermon.errors import SettingsError

_PERIOD = re.compile(r"([0-9]{1,9})\s*([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def table(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SettingsError(where, f"{where} is not a table", "Write it as [table] with key = value lines.")
    return value


def refuse_unknown(values: dict[str, Any], known: Collection[str], where: str) -> None:
    for key in values:
        if key not in known:
            raise SettingsError(
                f"{where}.{key}", f"{where}: unknown key {key!r}", f"Known keys: {', '.join(sorted(known))}."
            )


def parse_period(text: object, where: str) -> int:
    """Seconds of '30s', '5m', '2h' or '1d'. Raises SettingsError naming `where`."""
    match = _PERIOD.fullmatch(text.strip()) if isinstance(text, str) else None
    seconds = int(match[1]) * _SECONDS[match[2]] if match else 0
    if not 1 <= seconds <= 366 * 86400:
        raise SettingsError(where, f"{where} is {text!r}", 'Write a number and s, m, h or d: "30m".')
    return seconds


def wrong(where: str, value: object, remedy: str) -> SettingsError:
    """The error to raise for `value`, which is no secret."""
    return SettingsError(where, f"{where} is {value!r}", remedy)


def text(value: object, where: str, example: str, longest: int = 1000) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > longest:
        raise wrong(where, value, f"Write it like {example}.")
    return value.strip()


def truth(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise wrong(where, value, "Write true or false, without quotes.")
    return value


def whole(value: object, where: str, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise wrong(where, value, f"Write a whole number from {least} to {most}.")
    return value


def texts(value: object, where: str, example: str) -> tuple[str, ...]:
    """A list of texts; a single one may stand without brackets."""
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list):
        raise wrong(where, value, f"Write it like [{example}].")
    return tuple(text(item, where, example) for item in items)
