"""Numbers of quota reports: amounts with and without a unit, limits, counts, what is left of a grace time."""

import re
from decimal import Decimal

KIB = 1024
_MOST = 2**63 - 1
# No part can match the same text in two ways, so that no field takes longer than its length.
_AMOUNT = re.compile(r"(\d{1,25}(?:\.\d{1,25})?) ?([KMGTPE]?)(?:i?B|Bytes?)?", re.ASCII | re.IGNORECASE)
_NUMBER = re.compile(r"-?\d+(?:\.\d*)?", re.ASCII)
_POWERS = {unit: power for power, unit in enumerate("KMGTPE", start=1)}
_NO_LIMIT = frozenset(("0", "-", "none", "unlimited"))


class BadLine(Exception):
    """Why a line is no record: a short phrase for tables of rejected lines."""


def bytes_of(text: str, name: str, unit: int = 1) -> int:
    """Whole bytes of "622G", "0k", "76.61 GiB", "0 Byte"; of a bare number, which counts in `unit` bytes.

    Units are powers of 1024, as in all these tools. Raises BadLine, which says `name`.
    """
    return _amount(text, name, unit, 1024)


def count_of(text: str, name: str) -> int:
    """Of "449", and of tools that round: "20.8M", "35k", in powers of 1000. Raises BadLine."""
    return _amount(text, name, 1, 1000)


def byte_limit_of(text: str, name: str, unit: int = 1) -> int | None:
    """None for no limit, which all these tools write as nothing at all. Raises BadLine."""
    return None if text.lower() in _NO_LIMIT else bytes_of(text, name, unit) or None


def count_limit_of(text: str, name: str) -> int | None:
    return None if text.lower() in _NO_LIMIT else count_of(text, name) or None


def _amount(text: str, name: str, unit: int, step: int) -> int:
    match = _AMOUNT.fullmatch(text)
    if not match:
        raise BadLine(_fault(text, name))
    power = _POWERS.get(match[2].upper())
    by = unit if power is None and text[-1:].isdigit() else step ** (power or 0)
    amount = int(Decimal(match[1]) * by)
    if amount > _MOST:
        raise BadLine(f"{name} is more than any file system holds")
    return amount


def _fault(text: str, name: str) -> str:
    if not text:
        return f"{name} is missing"
    if _NUMBER.fullmatch(text):
        return f"{name} is negative" if text[0] == "-" else f"{name} is more than any file system holds"
    return f"{name} is not a number"
