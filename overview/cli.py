"""usermon-overview: serves the overview, and makes tokens for programs."""

import logging
import re
import signal
import sys
import time
from pathlib import Path
from types import FrameType

import click

from cli_shared import ending
from overview.access import SCOPES
from overview.alert_service import start_alerts
from overview.app import create_app
from overview.commands.alerts import alert_commands
from overview.report_command import report
from overview.server import OverviewServer, allow_connections, listen
from overview.settings import OverviewSettings
from overview.site import site_of_settings
from usage_store.api_tokens import ApiToken, save_token
from usage_store.copying import copy_store
from usage_store.delivered_names import Name, hand_over
from usage_store.engine import Store, open_store
from usermon.errors import WrongUse
from usermon.logs import set_up_logging
from usermon.secret import Secret

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}", re.ASCII)
_log = logging.getLogger(__name__)


class InvalidTokenName(WrongUse):
    """A name that no token can have."""


class WrongSources(WrongUse):
    """Sources that fit no token of this scope."""


@click.group()
def commands() -> None:
    """The admins' overview of everybody."""


@commands.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 is all.")
@click.option("--port", type=click.IntRange(1, 65535), help="Default: USERMON_OVERVIEW_PORT, 8080.")
def serve(host: str, port: int | None) -> None:
    """Serve the overview until interrupted."""
    settings = OverviewSettings.load()
    store, site = _open(settings), site_of_settings(settings)
    app = create_app(settings.state, store, site)
    port = port or settings.overview_port
    server, listeners = OverviewServer(app), listen(host, port)
    allow_connections()
    signal.signal(signal.SIGTERM, _stop)
    _log.info("serving the overview at http://%s:%d/", host, port)
    alerts = start_alerts(store, site, settings)
    try:
        server.run(listeners)
    finally:
        alerts.stop()


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


@commands.command()
@click.argument("name")
@click.option("--scope", type=click.Choice(SCOPES), default="read", show_default=True)
@click.option(
    "--source",
    "sources",
    multiple=True,
    metavar="SOURCE",
    help="A source that the program may deliver, with --scope ingest; may be given several times.",
)
def token(name: str, scope: str, sources: tuple[str, ...]) -> None:
    """Print a new API token for the program NAME, once. An older token of that name stops working."""
    if not _NAME.fullmatch(name):
        raise InvalidTokenName(
            f"not a name for a token: {name!r}", "Use letters, digits, '.', '_' and '-', at most 64."
        )
    _check_sources(scope, sources)
    store = _open(OverviewSettings.load())
    secret = Secret.random()
    with store.writing() as connection:
        save_token(connection, ApiToken(name, scope, frozenset(sources)), secret, time.time())
    click.echo(secret.reveal())


def _check_sources(scope: str, sources: tuple[str, ...]) -> None:
    if scope == "ingest" and not sources:
        raise WrongSources(
            "a token of scope ingest is bound to its sources, and none is named",
            "Name what it may deliver: --source NAME, as the agent's usermon.toml does.",
        )
    if scope != "ingest" and sources:
        raise WrongSources(f"a token of scope {scope} delivers nothing", "Leave --source out.")
    for source in sources:
        _check_source_name(source)


def _check_source_name(source: str) -> None:
    if not _NAME.fullmatch(source):
        raise WrongSources(
            f"not a name of a source: {source!r}", "Use letters, digits, '.', '_' and '-', at most 64."
        )


@commands.command("hand-over")
@click.argument("source")
@click.option("--host", "host_names", multiple=True, metavar="HOST", help="May be given several times.")
@click.option(
    "--backups",
    "nodes",
    type=(str, str),
    multiple=True,
    metavar="HUB NODE",
    help="A hub's backups on a node.",
)
def hand_over_names(source: str, host_names: tuple[str, ...], nodes: tuple[tuple[str, str], ...]) -> None:
    """Let SOURCE deliver hosts or backups that another source delivered, or that were collected here."""
    if not host_names and not nodes:
        raise click.UsageError("name what it is to deliver, by --host or by --backups")
    _check_source_name(source)
    with _open(OverviewSettings.load()).writing() as connection:
        hand_over(connection, "hosts", [Name(host) for host in host_names], source)
        hand_over(connection, "backups", [Name(*node) for node in nodes], source)


@commands.command("copy-store")
@click.option("--from", "source_url", metavar="URL", help="The store to copy; default: the one in use.")
@click.option("--to", "target_url", metavar="URL", help="The empty database to copy it into.")
@click.option(
    "--to-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file that holds that URL, for one with a password.",
)
def copy(source_url: str | None, target_url: str | None, to_file: Path | None) -> None:
    """Copy the whole store into another database: from SQLite to PostgreSQL, or back.

    End all programs of Usermon first: what they save meanwhile is not copied. Then set USERMON_STORE_URL.
    """
    if (target_url is None) == (to_file is None):
        raise click.UsageError("name the target, by --to or by --to-file")
    settings = OverviewSettings.load()
    # A source that is misspelt must not be made, and copied with success.
    source = open_store(source_url or settings.effective_store_url, make=False)
    target = open_store(target_url or OverviewSettings.load(store_url_file=to_file).effective_store_url)
    copied = copy_store(source, target, lambda table, rows: click.echo(f"{table}: {rows}", err=True))
    click.echo(f"{sum(copied.values())} rows in {len(copied)} tables are copied")


commands.add_command(alert_commands)
commands.add_command(report)


def _open(settings: OverviewSettings) -> Store:
    return open_store(settings.effective_store_url)


def main() -> None:
    set_up_logging()
    sys.exit(ending.run(commands, "usermon-overview"))
