"""The pipe log of Slurm jobs: those that wait or run as one snapshot at its time of collection, and those
that ended."""

import time
from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from collectors.collector import Collector
from collectors.parsers import slurm_log
from collectors.parsers.slurm_log import LoggedJob
from collectors.reading import Context, Pass, Reading
from collectors.report import report_reader, whole_texts
from usermon.queue_records import ClusterSnapshot, FinishedJob
from usermon.records import Parsed
from usermon.site_file import Source


def _parse(text: str, context: Context) -> Parsed[LoggedJob]:
    return slurm_log.parse(text, timezone=ZoneInfo(context.source.timezone), now=time.time())


def _records_of(items: Sequence[LoggedJob], context: Context) -> list[ClusterSnapshot | FinishedJob]:
    times = [item.collected_at for item in items if item.collected_at is not None]
    # A log that does not say it speaks of the moment at which it was written.
    return _records_at(items, context, max(times, default=int(context.time) if items else None))


def _records_at(
    items: Sequence[LoggedJob], context: Context, moment: int | None
) -> list[ClusterSnapshot | FinishedJob]:
    """Of lines about one job the last counts. A log with no time and no job says nothing."""
    name = context.source.name
    finished = {item.job.job_id: slurm_log.finished(item, name) for item in items if item.is_finished}
    if moment is None:
        return list(finished.values())
    last = {item.job.job_id: item for item in items if item.collected_at in (None, moment)}
    jobs = tuple(item.job for item in last.values() if not item.is_finished)
    return [ClusterSnapshot(name, moment, jobs, ()), *finished.values()]


def _read_new(source: Source, pass_: Pass) -> Iterator[Reading]:
    texts: list[str] = []

    def parse(text: str, context: Context) -> Parsed[LoggedJob]:
        texts.append(text)
        return _parse(text, context)

    def records_of(items: Sequence[LoggedJob], context: Context) -> list[ClusterSnapshot | FinishedJob]:
        # Where nothing waits or runs, only the comment at the top tells of the moment.
        zone = ZoneInfo(source.timezone)
        moment = slurm_log.collected_at(texts[-1], timezone=zone, now=time.time())
        return _records_of(items, context) if moment is None else _records_at(items, context, moment)

    yield from report_reader(parse, ("false",), records_of)(source, pass_)


def _as_fields(record: Any, timezone: ZoneInfo) -> dict[str, object]:
    return slurm_log.as_fields(record, timezone)


COLLECTOR = Collector(
    kind="queues",
    read_new=_read_new,
    parse_blocks=whole_texts(_parse),
    as_fields=_as_fields,
    to_records=_records_of,
    needs_path=True,
    reads_whole_texts=True,
)
