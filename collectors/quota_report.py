"""How sources that are quota reports are read: one report, one sample a user, at the moment of the report."""

from collections.abc import Callable, Sequence

from collectors.collector import Collector
from collectors.quota_sums import nobodys, of_places, usages_of
from collectors.reading import Context
from collectors.report import report_reader, whole_texts
from usermon.errors import SettingsError
from usermon.quota_records import QuotaEntry
from usermon.records import Parsed, Rejected, StorageUsage
from usermon.site_file import Source

Parse = Callable[[str], Parsed[QuotaEntry]]


def quota_collector(
    parse: Parse,
    as_fields: Callable[[QuotaEntry], dict[str, object]],
    command: Sequence[str] | None,
    places: frozenset[str] = frozenset(),
) -> Collector:
    """The collector of a tool whose reports `parse` reads.

    `command` asks it for all users; None where no single one does, so that usermon.toml must say it.
    `places`, of "filesystem" and "fileset", are what its reports name, so that a source can be one of them.
    """

    def parse_report(report: str, _context: Context) -> Parsed[QuotaEntry]:
        return parse(report)

    return Collector(
        kind="storage",
        read_new=report_reader(parse_report, command, _to_records, _unsavable),
        parse_blocks=whole_texts(parse_report),
        as_fields=lambda entry, _zone: as_fields(entry),
        to_records=_to_records,
        unsavable=_unsavable,
        options=places,
        reads_whole_texts=True,
    )


def _to_records(entries: Sequence[QuotaEntry], context: Context) -> list[StorageUsage]:
    return usages_of(_chosen(entries, context.source), context.source.name, context.time)


def _unsavable(entries: Sequence[QuotaEntry], context: Context) -> list[Rejected]:
    return nobodys(_chosen(entries, context.source))


def _chosen(entries: Sequence[QuotaEntry], source: Source) -> tuple[QuotaEntry, ...]:
    return of_places(entries, _names(source, "filesystem"), _names(source, "fileset"))


def _names(source: Source, key: str) -> frozenset[str]:
    """One name or a list of them. Raises SettingsError."""
    value = source.options.get(key, [])
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise SettingsError(
            f"{source.name}.{key}", f"source {source.name!r}: {key} is {value!r}", f'Write {key} = "NAME".'
        )
    return frozenset(names)
