"""Tables under a header line, as squeue, sinfo and sacct print them with a separator of one's choice.

A job's name may hold any separator, and even a newline. A separator of several characters that nobody can
guess (see collectors.slurm) parts every field from the next, and then a name is a name whatever it holds.
With a single character, fields beyond those of the header are read as part of the one free text with which
all the other columns hold what they should; a row that fits in no way, or in two, is refused.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

# A node list or a long dependency, and then some.
LONGEST_ROW = 50_000
# What no name holds by chance.
_UNGUESSABLE = 4
_HEADER = re.compile(r"[A-Za-z_]+(?P<separator>\||,|\x1f|[^A-Za-z\s][^A-Z\s]{2,30}[^A-Za-z\s])(?=[A-Z])")
_FREE_TEXTS = ("NAME", "COMMENT", "COMMAND", "WORK_DIR", "JobName")

_COUNT = re.compile(r"\d+(-\d+)?[KMG]?", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:]+|\d+|N/A|NONE|None|Unknown", re.ASCII)
_SPAN = re.compile(r"[\d:.-]+|INVALID|UNLIMITED|N/A|Partition_Limit", re.ASCII)
_PER_SOCKET = re.compile(r"\*|\d+|N/A", re.ASCII)
_PLAUSIBLE: Mapping[str, re.Pattern[str]] = {
    **dict.fromkeys(("CPUS", "MIN_CPUS", "NODES", "UID", "NNodes", "NCPUS", "UID", "GID"), _COUNT),
    **dict.fromkeys(("START_TIME", "END_TIME", "SUBMIT_TIME", "Submit", "Start", "End"), _TIME),
    **dict.fromkeys(("TIME", "TIME_LIMIT", "TIME_LEFT", "Elapsed", "Timelimit"), _SPAN),
    **dict.fromkeys(("THREADS_PER_CORE", "CORES_PER_SOCKET", "SOCKETS_PER_NODE"), _PER_SOCKET),
    "JOBID": re.compile(r"\d+\S*", re.ASCII),
    "JobID": re.compile(r"\d+\S*", re.ASCII),
    "STATE": re.compile(r"[A-Z_]+"),
    "ST": re.compile(r"[A-Z]{1,3}"),
    "State": re.compile(r"[A-Z_]+( by \S+)?"),
}


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a table, in which names may come twice, and what stands between them."""

    line: int
    columns: tuple[str, ...]
    separator: str
    is_closed: bool  # the separator ends the row too


@dataclass(frozen=True, slots=True)
class Row:
    """One row, or why it is none (`problem`, and no `values`)."""

    line: int
    text: str
    values: tuple[str, ...] = ()
    problem: str | None = None


def find_header(line_number: int, line: str) -> Header | None:
    """What `line` says as a header; None where it is none."""
    line = line.rstrip("\r")
    match = _HEADER.match(line)
    if match is None:
        return None
    separator = match["separator"]
    is_closed = line.endswith(separator)
    columns = line.removesuffix(separator).split(separator)
    return Header(line_number, tuple(column.strip() for column in columns), separator, is_closed)


def rows_of(text: str, header: Header) -> Iterator[Row]:
    """The rows below `header`, which stands in `text`."""
    if len(header.separator) >= _UNGUESSABLE and header.is_closed:
        return _marked_rows(text, header)
    return _plain_rows(text, header)


def plain_row(line_number: int, line: str, columns: Sequence[str], separator: str) -> Row:
    """One line as a row of `columns`."""
    if len(line) > LONGEST_ROW:
        return Row(line_number, line, problem=f"longer than {LONGEST_ROW} characters")
    try:
        return Row(line_number, line, tuple(_fitted(line.split(separator), columns, separator)))
    except ValueError as error:
        return Row(line_number, line, problem=str(error))


def _marked_rows(text: str, header: Header) -> Iterator[Row]:
    pieces = text.split(header.separator)
    width = len(header.columns)
    line = header.line
    for start in range(width, len(pieces), width):
        values = pieces[start : start + width]
        shown = "|".join(values).strip()
        if not shown and len(values) < width:
            return  # what follows the last separator
        newlines = sum(value.count("\n") for value in values)
        begin = values[0][: len(values[0]) - len(values[0].lstrip())].count("\n")
        if len(values) < width or not values[0].startswith(("\n", "\r\n")):
            yield Row(line + begin, shown, problem="the output is cut off, or damaged, from here on")
            return
        values[0] = values[0].strip()
        yield Row(line + begin, shown, tuple(values))
        line += newlines


def _plain_rows(text: str, header: Header) -> Iterator[Row]:
    columns, separator = header.columns, header.separator
    for number, line in islice(enumerate(text.split("\n"), start=1), header.line, None):
        line = line.rstrip("\r")
        if line and not line.isspace():
            if header.is_closed and len(line) <= LONGEST_ROW:
                line = line.removesuffix(separator)
            yield plain_row(number, line, columns, separator)


def _fitted(fields: list[str], columns: Sequence[str], separator: str) -> list[str]:
    excess = len(fields) - len(columns)
    if excess < 0:
        raise ValueError(f"{len(fields)} fields instead of {len(columns)}")
    if excess == 0:
        return fields
    fits = []
    for name in _FREE_TEXTS:
        if name in columns:
            at = list(columns).index(name)
            joined = separator.join(fields[at : at + excess + 1])
            candidate = [*fields[:at], joined, *fields[at + excess + 1 :]]
            if _is_plausible(candidate, columns):
                fits.append(candidate)
    if len(fits) != 1:
        raise ValueError(f"{len(fields)} fields instead of {len(columns)}, and no telling which one is split")
    return fits[0]


def _is_plausible(values: Sequence[str], columns: Sequence[str]) -> bool:
    return all(
        pattern.fullmatch(value.strip())
        for column, value in zip(columns, values, strict=True)
        if (pattern := _PLAUSIBLE.get(column)) is not None
    )
