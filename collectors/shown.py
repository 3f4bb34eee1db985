"""Results of the commands, for programs (JSON) and for people (tables)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.table import Table
from rich.text import Text

from collectors.by_hand import Imported, RejectedInFile
from collectors.catalogue import COLLECTORS
from collectors.check import Checked
from collectors.collector import Collector
from collectors.printable import printable, printable_file
from usermon.collection import CollectionRun
from usermon.records import Parsed
from usermon.site_file import SiteFile, Source

Shown = Table | Text
ParsedFile = tuple[str, list[Parsed[Any]]]
_MOST_LINES = 20


def runs_as_json(runs: Sequence[CollectionRun], publishing: CollectionRun | None) -> dict[str, Any]:
    return {
        "runs": [_run_as_json(run) for run in runs],
        "published": publishing.taken if publishing else 0,
        "publishing_error": publishing.error if publishing else None,
    }


def runs_for_people(runs: Sequence[CollectionRun], publishing: CollectionRun | None) -> list[Shown]:
    table = _table("source", "taken", "known", "rejected", "seconds", "")
    for run in runs:
        seconds = f"{run.finished_at - run.started_at:.1f}"
        table.add_row(run.source, str(run.taken), str(run.known), str(run.rejected), seconds, _fault(run))
    if publishing is None:
        return [table]
    return [table, Text(f"published for {publishing.taken} users"), _fault(publishing)]


def sources_as_json(site: SiteFile, runs: Mapping[str, CollectionRun]) -> dict[str, Any]:
    return {
        "sources": [
            {
                "name": source.name,
                "collector": source.collector,
                "path": None if source.path is None else str(source.path),
                "ssh": source.ssh,
                "every_seconds": source.every_seconds,
                "timezone": source.timezone,
                "last_run": _run_as_json(runs[source.name]) if source.name in runs else None,
            }
            for source in site.sources
        ],
        "collectors": {name: entry.reads for name, entry in COLLECTORS.items()},
    }


def sources_for_people(site: SiteFile, runs: Mapping[str, CollectionRun]) -> list[Shown]:
    table = _table("source", "collector", "where", "every", "last pass", "taken", "known", "rejected", "")
    for source in site.sources:
        run = runs.get(source.name)
        ended = _clock(run.finished_at, site.timezone) if run else "never"
        counts = [str(run.taken), str(run.known), str(run.rejected), _fault(run)] if run else ["", "", "", ""]
        every = _period(source.every_seconds)
        table.add_row(source.name, source.collector, _where(source), every, ended, *counts)
    return [table]


def checked_as_json(checked: Sequence[Checked]) -> dict[str, Any]:
    return {
        "sources": [
            {
                "name": one.source.name,
                "collector": one.source.collector,
                "where": _where(one.source),
                "seconds": round(one.seconds, 3),
                "files": one.files,
                "records": one.records,
                "records_of": dict(sorted(one.records_of.items())),
                "rejected": one.rejected,
                "first_rejected": [_rejected_as_json(r) for r in one.first_rejected],
                "error": one.error.message if one.error else None,
                "remedy": one.error.remedy if one.error else None,
            }
            for one in checked
        ]
    }


def checked_for_people(checked: Sequence[Checked]) -> list[Shown]:
    table = _table("source", "collector", "where", "files", "records", "rejected", "seconds", "")
    for one in checked:
        fault = Text(f"{one.error.message}. {one.error.remedy}", style="red") if one.error else Text("fine")
        files = "" if one.files is None else str(one.files)
        records = ", ".join(f"{count} {name}" for name, count in sorted(one.records_of.items())) or "0"
        counts = (files, records, str(one.rejected), f"{one.seconds:.1f}")
        table.add_row(one.source.name, one.source.collector, _where(one.source), *counts, fault)
    first = [rejected for one in checked for rejected in one.first_rejected]
    return [table, *_rejected_for_people(first, sum(one.rejected for one in checked))]


def delivered_for_people(runs: Sequence[CollectionRun], waiting: int) -> list[Shown]:
    table = _table("source", "records", "rejected", "seconds", "")
    for run in runs:
        seconds = f"{run.finished_at - run.started_at:.1f}"
        table.add_row(run.source, str(run.taken), str(run.rejected), seconds, _fault(run))
    return [table, Text("delivered" if waiting == 0 else f"{waiting} batches wait for the hub")]


def imported_as_json(imported: Imported) -> dict[str, Any]:
    return {
        "source": imported.source,
        "records": imported.records,
        "taken": imported.taken,
        "already_known": imported.known,
        "rejected": len(imported.rejected),
        "rejected_lines": [_rejected_as_json(rejected) for rejected in imported.rejected],
    }


def imported_for_people(imported: Imported) -> list[Shown]:
    counts = (
        f"{imported.source}: {imported.records} records, {imported.known} of them already known, "
        f"{len(imported.rejected)} lines rejected"
    )
    return [Text(counts), *_rejected_for_people(imported.rejected, len(imported.rejected))]


def parsed_as_json(read: Sequence[ParsedFile], collector: Collector, timezone: str) -> dict[str, Any]:
    """With several files, each record and each rejected line names its own, unless all are one report."""
    zone = ZoneInfo(timezone)
    records: list[dict[str, object]] = []
    rejected: list[dict[str, object]] = []
    for file, parts in read:
        name = {"file": printable_file(file)} if len(read) > 1 else {}
        for parsed in parts:
            if not collector.joins_texts:
                shown = (collector.as_fields(record, zone) for record in parsed.records)
                records += ({**name, **fields} for fields in shown if fields is not None)
            rejected += (
                {**name, "line": r.line, "text": r.text, "reason": r.reason} for r in parsed.rejected
            )
    if collector.joins_texts:
        found = [record for _, parts in read for parsed in parts for record in parsed.records]
        shown = (
            collector.as_fields(item, zone) for item in (collector.joined(found) if len(read) > 1 else found)
        )
        records = [fields for fields in shown if fields is not None]
    return {"records": records, "rejected": rejected}


def parsed_for_people(result: Mapping[str, Any]) -> list[Shown]:
    """The last records, and the first rejected lines."""
    records, rejected = result["records"], result["rejected"]
    shown: list[Shown] = []
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for record in records:
        alike.setdefault(tuple(record), []).append(record)
    for fields, same in alike.items():
        table = _table(*fields)
        for record in same[-_MOST_LINES:]:
            # Not as markup, and no escape sequence: people write anything into the names of their jobs.
            table.add_row(*(Text(printable(str(value))) for value in record.values()))
        shown.append(table)
    shown.append(Text(f"{len(records)} records, {len(rejected)} lines rejected"))
    for line in rejected[:_MOST_LINES]:
        shown.append(Text(f"  {line.get('file', 'line')} {line['line']}: {line['reason']}: {line['text']}"))
    return shown


def _run_as_json(run: CollectionRun) -> dict[str, Any]:
    return {name: getattr(run, name) for name in CollectionRun.__slots__}


def _rejected_as_json(rejected: RejectedInFile) -> dict[str, Any]:
    found = rejected.rejected
    return {"file": rejected.file, "line": found.line, "text": found.text, "reason": found.reason}


def _rejected_for_people(rejected: Sequence[RejectedInFile], count: int) -> list[Shown]:
    shown: list[Shown] = []
    for one in rejected[:_MOST_LINES]:
        place = f"{one.file}:{one.rejected.line}" if one.rejected.line else one.file
        shown.append(Text(f"  {place}: {one.rejected.reason}: {one.rejected.text}"))
    if count > _MOST_LINES:
        shown.append(Text(f"  ... and {count - _MOST_LINES} more (--json names them)"))
    return shown


def _clock(seconds: float, timezone: str) -> str:
    return f"{datetime.fromtimestamp(seconds, ZoneInfo(timezone)):%Y-%m-%d %H:%M:%S %Z}"


def _where(source: Source) -> str:
    """A path, a machine, or both as scp writes them."""
    path = "" if source.path is None else printable_file(str(source.path))
    return path if source.ssh is None else f"{source.ssh}:{path}"


def _period(seconds: int) -> str:
    """As one writes it in usermon.toml."""
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds % length == 0:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"


def _fault(run: CollectionRun) -> Text:
    return Text(f"{run.error}. {run.remedy or ''}".strip(), style="red") if run.error else Text("")


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column)
    return table
