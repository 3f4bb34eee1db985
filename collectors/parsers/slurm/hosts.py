"""Slurm's short form for many hosts: `gpu[02-03,07],login1` is gpu02, gpu03, gpu07 and login1."""

import re
from collections.abc import Iterator
from itertools import chain, product
from math import prod

# More nodes than any cluster has: a list that says more is damaged, or meant to fill our memory.
MOST_HOSTS = 65_536
_NOBODY = frozenset({"", "(null)", "n/a", "none", "none assigned", "unknown"})
_NUMBERS = re.compile(r"(\d{1,18})(?:-(\d{1,18}))?", re.ASCII)
_PART = re.compile(r"\[([^\[\]]*)\]|([^\[\],]+)")
_HOST = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,254}", re.ASCII)
_ITEM = re.compile(r"(?:\[[^\[\]]*\]|[^\[\],])+")


def expand_hosts(text: str) -> tuple[str, ...]:
    """Every host of `text`; none for what Slurm writes where there is none, as a reason in parentheses.

    Raises ValueError for what is no list of hosts, or names more than MOST_HOSTS.
    """
    text = text.strip()
    if text.lower() in _NOBODY or text.startswith("("):
        return ()
    items = _ITEM.findall(text)
    if ",".join(items) != text:
        raise ValueError("the list of hosts is damaged")
    parts = [[_part(match) for match in _PART.finditer(item)] for item in items]
    hosts = sum(prod(1 if isinstance(p, str) else _count(p) for p in item) for item in parts)
    if hosts > MOST_HOSTS:
        raise ValueError(f"the list names more than {MOST_HOSTS} hosts")
    return tuple(chain.from_iterable(_names(item) for item in parts))


def check_host(name: str) -> str:
    """Return `name` when a machine can be called so. Raises ValueError."""
    if not _HOST.fullmatch(name):
        raise ValueError("a host's name is empty" if not name else "no name of a host")
    return name


def _part(match: re.Match[str]) -> "str | list[tuple[int, int, int]]":
    return match[2] if match[1] is None else _spans(match[1])


def _spans(inside: str) -> list[tuple[int, int, int]]:
    """First, last and width of each range in `02-03,07`."""
    spans = []
    for item in inside.split(","):
        match = _NUMBERS.fullmatch(item)
        if not match:
            raise ValueError("the list of hosts is damaged")
        first, last = match[1], match[2] or match[1]
        if int(last) < int(first):
            raise ValueError("the list of hosts has a range that runs backwards")
        spans.append((int(first), int(last), len(first)))
    return spans


def _count(spans: list[tuple[int, int, int]]) -> int:
    return sum(last - first + 1 for first, last, _ in spans)


def _names(item: list[str | list[tuple[int, int, int]]]) -> Iterator[str]:
    choices = [[part] if isinstance(part, str) else _numbers(part) for part in item]
    for pieces in product(*choices):
        yield check_host("".join(pieces))


def _numbers(spans: list[tuple[int, int, int]]) -> list[str]:
    return [f"{number:0{width}}" for first, last, width in spans for number in range(first, last + 1)]
