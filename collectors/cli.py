"""usermon-collect: reads what a facility measures, saves it, and publishes each user's slice."""

import json
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from cli_shared import ending
from collectors import shown
from collectors.agent import Agent
from collectors.by_hand import import_files, parse_file, source_for, users_of
from collectors.catalogue import COLLECTORS, find_collector
from collectors.check import check_source
from collectors.errors import UnknownSource
from collectors.one_pass import run_pass
from collectors.pass_lock import PassUnderWay, only_pass
from collectors.publish import Publisher
from collectors.settings import CollectorSettings
from collectors.store_sink import StoreSink
from usage_store.collection_runs import latest_runs
from usage_store.engine import Store, open_store
from usermon.collection import CollectionRun
from usermon.errors import UsermonError
from usermon.logs import set_up_logging
from usermon.site_file import SiteFile, Source

Command = Callable[..., Any]


def config_option(command: Command) -> Command:
    return click.option(
        "--config", type=click.Path(path_type=Path), help="usermon.toml to read; default: USERMON_CONFIG."
    )(command)


def json_option(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")(command)


def collector_option(command: Command) -> Command:
    return click.option(
        "--collector", required=True, type=click.Choice(sorted(COLLECTORS)), help="Who can read the files."
    )(command)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="usermon")
def commands() -> None:
    """Collects what users use: reads the sources named in usermon.toml into the store."""


@commands.command()
@config_option
@click.option("--source", "name", help="Only this source.")
@json_option
def once(config: Path | None, name: str | None, as_json: bool) -> None:
    """Read every source once, save what is new, publish it to the users' dashboards."""
    settings = CollectorSettings.load_with(config)
    site = settings.read_site()
    sources = _chosen(site, name)
    store = _open(settings)
    runs, failed = [], False
    for source in sources:
        try:
            with only_pass(source.name, settings.state.store_folder):
                runs.append(run_pass(StoreSink(store), source))
        except PassUnderWay as error:
            ending.show_error(error)
            failed = True
    publishing = Publisher(store, settings.state, site).publish_due()
    _print(as_json, shown.runs_as_json(runs, publishing), shown.runs_for_people(runs, publishing))
    everything = [*runs, publishing] if publishing else runs
    _exit_if(failed or any(run.error for run in everything))


@commands.command()
@config_option
def forever(config: Path | None) -> None:
    """Read every source at its own period until told to end, and keep published files up to date."""
    settings = CollectorSettings.load_with(config)
    site = settings.read_site()
    store = _open(settings)
    agent = Agent(store, settings.state, site.sources, Publisher(store, settings.state, site))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: agent.stop())
    agent.run()
    store.close()


@commands.command("list")
@config_option
@json_option
def list_sources(config: Path | None, as_json: bool) -> None:
    """Show the sources of usermon.toml, and how the last pass over each went."""
    settings = CollectorSettings.load_with(config)
    site = settings.read_site()
    with _open(settings).reading() as connection:
        runs: dict[str, CollectionRun] = {run.source: run for run in latest_runs(connection)}
    _print(as_json, shown.sources_as_json(site, runs), shown.sources_for_people(site, runs))


@commands.command()
@config_option
@click.option("--source", "name", help="Only this source.")
@json_option
def check(config: Path | None, name: str | None, as_json: bool) -> None:
    """Try every source once without saving anything, and say what is wrong."""
    settings = CollectorSettings.load_with(config)
    site = settings.read_site()
    checked = [check_source(source) for source in _chosen(site, name)]
    _print(as_json, shown.checked_as_json(checked), shown.checked_for_people(checked))
    with _open(settings).reading():
        pass  # answers, and its tables are up to date
    _exit_if(any(one.error for one in checked))


@commands.command("import")
@config_option
@collector_option
@click.option(
    "--source", "name", help="The source (volume) that the files belong to; default: their folder's."
)
@click.option("--new-source", is_flag=True, help="Take a --source that usermon.toml does not name.")
@click.option("--user", help="Whose report it is; default: the file's name.")
@click.option(
    "--at",
    type=click.DateTime(["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S%z"]),
    help="The moment that reports without a time speak of; default: when the file was written.",
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@json_option
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
    """Read FILEs given by hand into the store; '-' is standard input."""
    settings = CollectorSettings.load_with(config)
    site = _site_or_default(settings)
    reader = find_collector(collector)
    users = users_of(reader, files, user)
    # Without a usermon.toml no name is known, and none can be mistaken for another.
    may_be_new = new_source or not settings.config.exists()
    source = source_for(site, name, collector, files, may_be_new=may_be_new)
    store = _open(settings)
    moment = None if at is None else (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    imported = import_files(StoreSink(store), reader, source, users, moment)
    Publisher(store, settings.state, site).publish_due()
    _print(as_json, shown.imported_as_json(imported), shown.imported_for_people(imported))


@commands.command()
@config_option
@collector_option
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@json_option
def parse(config: Path | None, collector: str, files: tuple[str, ...], as_json: bool) -> None:
    """Show what a parser makes of FILEs; nothing is saved. '-' is standard input."""
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
    _print(as_json, result, shown.parsed_for_people(result))
    _exit_if(failed)


def _site_or_default(settings: CollectorSettings) -> SiteFile:
    # Files given by hand need no usermon.toml, unless one is named.
    if not settings.names_config and not settings.config.exists():
        return SiteFile((), settings.effective_timezone, 25_000, 1_500_000)
    return settings.read_site()


def _chosen(site: SiteFile, name: str | None) -> list[Source]:
    chosen = [source for source in site.sources if name in (None, source.name)]
    if name is not None and not chosen:
        raise UnknownSource(name, site)
    return chosen


def _open(settings: CollectorSettings) -> Store:
    return open_store(settings.effective_store_url)


def _print(as_json: bool, result: object, for_people: Sequence[shown.Shown]) -> None:
    if as_json:
        click.echo(json.dumps(result, indent=2))
        return
    # Where nobody looks, columns are as wide as they like.
    console = Console() if sys.stdout.isatty() else Console(width=400)
    for part in for_people:
        console.print(part, soft_wrap=isinstance(part, Text))


def _exit_if(failed: bool) -> None:
    if failed:
        sys.exit(ending.FAILED)


def main() -> None:
    set_up_logging()
    again = "Run the same command again: it goes on where this one was."
    sys.exit(ending.run(commands, "usermon-collect", after_interrupt=again))
