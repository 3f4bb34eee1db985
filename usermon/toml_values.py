"""Values of usermon.toml, checked: what is wrong is refused by its name, with what was expected."""

import re
from collections.abc import Collection
from typing import Any

from usermon.errors import SettingsError
from usermon.units import LARGEST_GB, bytes_from_gb

_PERIOD = re.compile(r"([0-9]{1,9})\s*([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,3})?)\s*%")
_AMOUNT = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)\s*([MGTP])i?B")
# The quota tools' GB is a GiB, and so are the others: "120 TB" and "120 TiB" are the same here.
_GB = {"M": 1 / 1024, "G": 1.0, "T": 1024.0, "P": 1024.0**2}


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


def amount_of_bytes(value: object, where: str, remedy: str) -> int:
    """Bytes of '500 GB' or '120 TiB', above 0. Raises SettingsError naming `where`."""
    match = _AMOUNT.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or float(match[1]) <= 0:
        raise wrong(where, value, remedy)
    gb = float(match[1]) * _GB[match[2]]
    if gb > LARGEST_GB:
        raise wrong(where, value, f'Write at most "{LARGEST_GB // 1024} TB".')
    return bytes_from_gb(gb)


def percentage(value: object, where: str, remedy: str) -> float:
    """Of '95%' the 95; above 0, at most 100. Raises SettingsError naming `where`."""
    match = _PERCENT.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or not 0 < float(match[1]) <= 100:
        raise wrong(where, value, remedy)
    return float(match[1])


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
