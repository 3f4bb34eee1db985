"""The plots of a report: how the first volumes fill, and I/O or a cluster."""

from collections.abc import Sequence
from dataclasses import replace

from overview.pictures.growth_sheet import growth_sheet
from overview.pictures.io_sheet import io_sheet
from overview.pictures.queue_sheet import queue_sheet
from overview.pictures.sheet import Sheet
from overview.pictures.source import Source
from overview.report.period import Period
from usage_store.queues import all_clusters

_MOST = 3
_VOLUMES = 2
_DAY = 86_400


def report_sheets(source: Source, period: Period) -> Sequence[Sheet]:
    """At most three, only those that show something; of a period long past, storage alone: the others show
    what is now."""
    past = replace(source, now=min(source.now, period.end))
    volumes = source.snapshots.storage().volumes[:_VOLUMES]
    sheets = [growth_sheet(past, volume) for volume in volumes]
    if source.now - period.end < 2 * _DAY:
        sheets.append(io_sheet(source))
        clusters = [cluster.name for cluster in source.read(all_clusters) if cluster.time is not None]
        sheets += [queue_sheet(source, cluster) for cluster in clusters[:1]]
    return [sheet for sheet in sheets if sheet.paint is not None][:_MOST]
