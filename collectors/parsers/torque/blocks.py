"""Cuts a text into what Torque printed: a job or node with its attributes, or one line of a table."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from collectors.parsers.lines import numbered_lines
from collectors.parsers.pbs_items import LONGEST_LINE

_ATTRIBUTE = re.compile(r" {1,8}([A-Za-z_][A-Za-z0-9_.\-]*) = ?(.*)", re.ASCII | re.DOTALL)
_STATE = re.compile(r" {1,8}state = ", re.ASCII)
# Names from a directory service hold blanks.
_GROUP = re.compile(r"[^:\s#][^:]*:[^:\s]*:[0-9]+:[^:\s]*", re.ASCII)
_QSTAT_HEADER = re.compile(r"Job [iI][dD]\s+Name\s+User\s+Time Use\s+S\s+Queue\s*", re.ASCII)
# Values that hold whole shell functions, newlines and all; nothing of them is kept.
_MANY_LINES = frozenset({"Variable_List", "submit_args"})
_CUT = "the text ends in the middle of it"


@dataclass(slots=True)
class Block:
    kind: str  # job, node, queued, priority, blocked, group, unknown
    line: int
    head: str
    attributes: dict[str, str] = field(default_factory=dict)
    fault: str | None = None


def blocks(text: str) -> Iterator[Block]:
    """The blocks of `text` in their order; lines that belong to none are blocks of kind unknown."""
    table = "unknown"
    block: Block | None = None  # the job or node that the next indented lines belong to
    name = ""  # of its newest attribute
    lines = _with_next(text)
    for number, line, next_line in lines:
        if not line or line.isspace():
            if block is not None:
                yield block
            block = None
            continue
        if len(line) > LONGEST_LINE:
            yield Block("unknown", number, line, fault=f"longer than {LONGEST_LINE} characters")
            if block is not None:
                block.fault = f"line {number} in it is too long"
            continue
        if block is not None and _belongs(line, block, name):
            match = _ATTRIBUTE.fullmatch(line)
            if match:
                name = match[1]
                block.attributes[name] = match[2].strip()
            elif name in block.attributes:
                block.attributes[name] += line[1:] if line[0] == "\t" else line
            if next_line is None:
                block.fault = _CUT
            continue
        if block is not None and line[0] in " \t":
            if next_line is None:
                block.fault = _CUT
            yield Block("unknown", number, line, fault="not like `name = value`")
            continue
        if block is not None:
            yield block
            block = None
        if line.startswith("Job Id:"):
            block, name = Block("job", number, line), ""
        elif line[0] not in " \t" and next_line is not None and _STATE.match(next_line):
            block, name = Block("node", number, line), ""
        elif _is_heading(line):
            table = _table_under(line) or table
        else:
            yield Block(_kind(line, table), number, line)
    if block is not None:
        yield block


def _with_next(text: str) -> Iterator[tuple[int, str, str | None]]:
    """Each line with its number and the line after it; the last line has none after it unless it is ended
    by a newline, after which an empty one follows."""
    before: tuple[int, str] | None = None
    for number, line in numbered_lines(text):
        line = line.removesuffix("\r")
        if before is not None:
            yield *before, line
        before = number, line
    if before is not None:
        yield *before, None


def _belongs(line: str, block: Block, name: str) -> bool:
    if line[0] == "\t" and name:
        return True  # a folded value goes on
    if _ATTRIBUTE.fullmatch(line):
        return True
    return block.kind == "job" and name in _MANY_LINES and not line.startswith("Job Id:")


_HEADINGS = {
    "diagnosing job priority information": "priority",
    "diagnosing blocked jobs": "blocked",
    "evaluating blocked jobs": "blocked",
}


def _is_heading(line: str) -> bool:
    """Of a table, or one of the lines between its rows that say nothing of a job."""
    return (
        _table_under(line) is not None
        or not line.strip("- ")
        or line.startswith(("Job                    PRIORITY", "Percent Contribution", "* indicates "))
        or (line.startswith(" ") and line.split(maxsplit=1)[0] == "Weights")
    )


def _table_under(line: str) -> str | None:
    if _QSTAT_HEADER.fullmatch(line):
        return "queued"
    start = line.lower()
    return next((table for heading, table in _HEADINGS.items() if start.startswith(heading)), None)


def _kind(line: str, table: str) -> str:
    if _GROUP.fullmatch(line):
        return "group"
    return "unknown" if line[0] in " \t" else table
