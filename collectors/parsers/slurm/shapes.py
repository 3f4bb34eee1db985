"""Which command printed a text, and what each of its lines is."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from zoneinfo import ZoneInfo

from collectors.parsers.lines import numbered_lines
from collectors.parsers.slurm import sacct, sinfo, squeue
from collectors.parsers.slurm.json_dump import read_json
from collectors.parsers.slurm.records import SlurmRecord
from collectors.parsers.slurm.tables import LONGEST_ROW, Header, find_header, rows_of

# Among so many lines is one that says what this is.
_FIRST_LINES = 1_000

ReadRow = Callable[[Sequence[str], Sequence[str]], Sequence[SlurmRecord]]
ReadLine = Callable[[str], Sequence[SlurmRecord]]


# Lines that no header announces: what they look like, and who reads them.
_BARE_LINES: Sequence[tuple[re.Pattern[str], ReadLine]] = (
    (squeue.ID_AND_STATE, lambda line: (squeue.job_of_pair(line),)),
    (sinfo.NAME_AND_STATE, lambda line: (sinfo.node_of_pair(line),)),
    (sinfo.MEMORY_AND_STATE, lambda line: (sinfo.node_of_memory_line(line),)),
)


@dataclass(frozen=True, slots=True)
class Found:
    """What one line or row is: records (none for what is part of another's), or the problem with it."""

    line: int
    text: str
    records: Sequence[SlurmRecord] = ()
    problem: str | None = None


def found_in(text: str, cluster: str, timezone: ZoneInfo) -> Iterator[Found]:
    """Line by line, in the shape that the text's content has."""
    if text.lstrip().startswith(("{", "[")):
        return _json(text)
    lines = ((n, line.rstrip("\r")) for n, line in islice(numbered_lines(text), _FIRST_LINES))
    for number, line in lines:
        if not line or line.isspace() or len(line) > LONGEST_ROW:
            continue
        if (header := find_header(number, line)) and (read_row := _row_reader(header, cluster, timezone)):
            return _rows(text, header, read_row)
        if line.split() == list(sinfo.DEFAULT_HEADER):
            return _lines(text, sinfo.nodes_of_default_line, header=number)
        if columns := sacct.layout_of(line):
            header = Header(0, tuple(columns), sacct.SEPARATOR, is_closed=False)
            return _rows(text, header, _sacct_rows(cluster, timezone))
        for pattern, read_line in _BARE_LINES:
            if pattern.fullmatch(line.strip()):
                return _lines(text, read_line)
    return _lines(text, _unknown)


def _row_reader(header: Header, cluster: str, timezone: ZoneInfo) -> ReadRow | None:
    columns = set(header.columns)
    if columns >= squeue.NEEDED:
        return lambda names, row: (squeue.job_of_row(names, row, timezone),)
    if any(columns >= needed for needed in sinfo.NEEDED):
        return lambda names, row: (sinfo.node_of_row(names, row),)
    if columns >= sacct.NEEDED:
        return _sacct_rows(cluster, timezone)
    return None


def _sacct_rows(cluster: str, timezone: ZoneInfo) -> ReadRow:
    def read(names: Sequence[str], row: Sequence[str]) -> Sequence[SlurmRecord]:
        job = sacct.job_of_row(names, row, cluster, timezone)
        return () if job is None else (job,)

    return read


def _rows(text: str, header: Header, read: ReadRow) -> Iterator[Found]:
    for number, line in islice(numbered_lines(text), max(0, header.line - 1)):
        if line and not line.isspace():
            yield Found(number, line, problem="stands before the header")
    for row in rows_of(text, header):
        if row.problem is not None:
            yield Found(row.line, row.text, problem=row.problem)
            continue
        try:
            yield Found(row.line, row.text, read(header.columns, row.values))
        except ValueError as error:
            yield Found(row.line, row.text, problem=str(error))


def _lines(text: str, read: ReadLine, header: int = 0) -> Iterator[Found]:
    for number, line in numbered_lines(text):
        line = line.strip()
        if not line or number == header:
            continue
        try:
            if len(line) > LONGEST_ROW:
                raise ValueError(f"longer than {LONGEST_ROW} characters")
            yield Found(number, line, read(line))
        except ValueError as error:
            yield Found(number, line, problem=str(error))


def _json(text: str) -> Iterator[Found]:
    try:
        for name, read in read_json(text):
            if isinstance(read, ValueError):
                yield Found(1, name, problem=str(read))
            else:
                yield Found(1, name, read)
    except ValueError as error:
        yield Found(1, text[:200], problem=str(error))


def _unknown(_line: str) -> Sequence[SlurmRecord]:
    raise ValueError("no output of squeue, sinfo or sacct that is known")
