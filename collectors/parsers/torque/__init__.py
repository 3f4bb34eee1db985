"""Torque: `qstat -f -1` (or folded, without -1), plain `qstat`, `pbsnodes`, Maui's `diagnose -p` and `-q`,
and lines of /etc/group. Which of them a text is, its content tells; several may follow one another.

    Job Id: 114618.head.example          comp-01.example
        Job_Name = bulk                       state = job-exclusive
        Job_Owner = somebody@head             np = 36
        job_state = R                         jobs = 0-35/63779.head.example
        exec_host = comp-25/0+comp-25/1       status = rectime=1545445128,loadave=36.41,...

Seen from Torque 2.3 to 6 and Maui 3.3. Values may hold `=` and `,`; a folded line goes on after a newline and
a TAB. Sizes are in kb (1024 bytes), durations HH:MM:SS, times local. Every job, node, or line of a table
becomes an item or is rejected with the line on which it begins: a job is read whole or not at all.
"""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from collectors.parsers.lines import shown
from collectors.parsers.pbs_items import Damaged, Item
from collectors.parsers.pbs_job import job_of
from collectors.parsers.torque.blocks import Block, blocks
from collectors.parsers.torque.nodes import node_of
from collectors.parsers.torque.tables import blocked_of, groups_of, priority_of, queued_of
from usermon.records import Parsed, Rejected


def parse(text: str, *, timezone: ZoneInfo) -> Parsed[Item]:
    """`timezone` is that of the times in the text."""
    items: list[Item] = []
    rejected: list[Rejected] = []
    lines_of: dict[object, int] = {}
    for block in blocks(text):
        try:
            found = _READERS[block.kind](block, timezone)
            _refuse_twice(block, lines_of)
            items += found
        except Damaged as reason:
            rejected.append(Rejected(block.line, shown(block.head), str(reason)))
    return Parsed(tuple(items), tuple(rejected))


def _refuse_twice(block: Block, lines_of: dict[object, int]) -> None:
    if block.kind not in ("job", "queued", "node"):
        return
    key = ("node" if block.kind == "node" else "job", block.head.split()[-1 if block.kind == "job" else 0])
    line = lines_of.setdefault(key, block.line)
    if line != block.line:
        raise Damaged(f"the same stands on line {line} already")


def _unknown(block: Block, _timezone: ZoneInfo) -> list[Item]:
    raise Damaged(block.fault or "no line of qstat, pbsnodes, diagnose or /etc/group")


def _job(block: Block, timezone: ZoneInfo) -> list[Item]:
    if block.fault:
        raise Damaged(block.fault)
    printed_id = block.head.removeprefix("Job Id:").strip()
    return [job_of(printed_id, block.attributes, timezone, asks_for_processors=False)]


_READERS: dict[str, Callable[[Block, ZoneInfo], list[Item]]] = {
    "job": _job,
    "node": lambda block, _timezone: [node_of(block)],
    "queued": lambda block, _timezone: [queued_of(block.head)],
    "priority": lambda block, _timezone: [priority_of(block.head)],
    "blocked": lambda block, _timezone: [blocked_of(block.head)],
    "group": lambda block, _timezone: list(groups_of(block.head)),
    "unknown": _unknown,
}
