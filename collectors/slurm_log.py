"""The pipe log of Slurm jobs: those that wait or run as one snapshot at its time of collection, and those
that ended."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from collectors.collector import Collector
from collectors.parsers import slurm_log
from collectors.parsers.slurm_log import LoggedJob
from collectors.reading import Context
from collectors.report import report_reader, whole_texts
from usermon.queue_records import ClusterSnapshot, FinishedJob
from usermon.records import Parsed


@dataclass(frozen=True, slots=True)
class Collected:
    """When the newest part of a log was collected: it says so with or without jobs, and is none."""

    at: int


Item = LoggedJob | Collected


def _parse(text: str, context: Context) -> Parsed[Item]:
    zone, now = ZoneInfo(context.source.timezone), time.time()
    parsed = slurm_log.parse(text, timezone=zone, now=now)
    moment = slurm_log.collected_at(text, timezone=zone, now=now)
    collected = () if moment is None else (Collected(moment),)
    return Parsed((*parsed.records, *collected), parsed.rejected)


def _records_of(items: Sequence[Item], context: Context) -> list[ClusterSnapshot | FinishedJob]:
    """Of lines about one job the last counts. A log with no time and no job says nothing."""
    name = context.source.name
    jobs = [item for item in items if isinstance(item, LoggedJob)]
    times = [item.at for item in items if isinstance(item, Collected)]
    finished = {item.job.job_id: slurm_log.finished(item, name) for item in jobs if item.is_finished}
    if not items:
        return []
    # A log that does not say it speaks of the moment at which it was written.
    moment = times[-1] if times else int(context.time)
    last = {item.job.job_id: item for item in jobs if item.collected_at in (None, moment)}
    waiting = tuple(item.job for item in last.values() if not item.is_finished)
    return [ClusterSnapshot(name, moment, waiting, ()), *finished.values()]


def _as_fields(item: Item, timezone: ZoneInfo) -> dict[str, object] | None:
    return slurm_log.as_fields(item, timezone) if isinstance(item, LoggedJob) else None


COLLECTOR = Collector(
    kind="queues",
    read_new=report_reader(_parse, None, _records_of),
    parse_blocks=whole_texts(_parse),
    as_fields=_as_fields,
    to_records=_records_of,
    reads_whole_texts=True,
)
