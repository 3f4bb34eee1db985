"""`import` and `parse`: files that a person names."""

from datetime import UTC, datetime
from pathlib import Path

from cli_shared import ending
from collectors import shown
from collectors.by_hand import import_files, parse_file, source_for, users_of
from collectors.catalogue import find_collector
from collectors.commands.output import exit_if, print_result
from collectors.progress_bar import progress_bar
from collectors.publish import Publisher
from collectors.settings import CollectorSettings
from collectors.store_sink import StoreSink
from usage_store.engine import open_store
from usermon.errors import UsermonError
from usermon.site_file import SiteFile, Source


def import_(
    config: Path | None,
    collector: str,
    name: str | None,
    new_source: bool,
    user: str | None,
    at: datetime | None,
    files: tuple[str, ...],
    as_json: bool,
) -> None:
    settings = CollectorSettings.load_with(config)
    site = _site_or_default(settings)
    reader = find_collector(collector)
    users = users_of(reader, files, user)
    # Without a usermon.toml no name is known, and none can be mistaken for another.
    may_be_new = new_source or not settings.config.exists()
    source = source_for(site, name, collector, files, may_be_new=may_be_new)
    store = open_store(settings.effective_store_url)
    moment = None if at is None else (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    with progress_bar() as watch:
        imported = import_files(StoreSink(store), reader, source, users, moment, watch)
    Publisher(store, settings.state, site).publish_due()
    print_result(as_json, shown.imported_as_json(imported), shown.imported_for_people(imported))


def parse(config: Path | None, collector: str, files: tuple[str, ...], as_json: bool) -> None:
    settings = CollectorSettings.load_with(config)
    timezone = _site_or_default(settings).timezone
    source = Source("parsed", collector, None, 1, timezone)
    reader = find_collector(collector)
    read: list[shown.ParsedFile] = []
    failed = False
    for file in files:
        try:
            read.append((file, list(parse_file(reader, file, source, "somebody"))))
        except UsermonError as error:
            ending.show_error(error)
            failed = True
    result = shown.parsed_as_json(read, reader, timezone)
    print_result(as_json, result, shown.parsed_for_people(result))
    exit_if(failed)


def _site_or_default(settings: CollectorSettings) -> SiteFile:
    # Files given by hand need no usermon.toml, unless one is named.
    if not settings.names_config and not settings.config.exists():
        return SiteFile((), settings.effective_timezone, 25_000, 1_500_000)
    return settings.read_site()
