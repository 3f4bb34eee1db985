"""Torque and Maui: jobs, nodes and groups of one cluster."""

from typing import Any
from zoneinfo import ZoneInfo

from collectors.cluster_commands import COMMANDS, cluster_reader
from collectors.collector import Collector
from collectors.parsers import pbs_items, torque
from collectors.parsers.pbs_items import Item
from collectors.pbs_cluster import joined, records_of
from collectors.reading import Context
from collectors.report import whole_texts
from usermon.records import Parsed

DEFAULT_COMMANDS = ("qstat -f -1", "pbsnodes", "getent group")


def _parse(text: str, context: Context) -> Parsed[Item]:
    return torque.parse(text, timezone=ZoneInfo(context.source.timezone))


def _is_unknown(text: str, parsed: Parsed[Item]) -> bool:
    """No line of it is one of Torque's. Groups without members are, though they give no record."""
    return 0 < sum(1 for line in text.split("\n") if line.strip()) <= len(parsed.rejected)


def _as_fields(item: Any, _timezone: ZoneInfo) -> dict[str, object]:
    return pbs_items.as_fields(item)


COLLECTOR = Collector(
    kind="queues",
    read_new=cluster_reader(_parse, DEFAULT_COMMANDS, records_of, _is_unknown),
    parse_blocks=whole_texts(_parse),
    as_fields=_as_fields,
    to_records=records_of,
    joined=joined,
    options=frozenset({COMMANDS}),
    takes_path=False,
    reads_whole_texts=True,
    joins_texts=True,
)
