"""usermon-collect: reads what a facility measures, saves it, and publishes each user's slice.

What a command needs is loaded when it runs: an agent that delivers to a hub loads no store.
"""

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from cli_shared import ending
from collectors.agent_settings import hub_url, load_agent_settings
from collectors.catalogue import COLLECTORS
from usermon.logs import set_up_logging

Command = Callable[..., Any]


def config_option(command: Command) -> Command:
    return click.option(
        "--config", type=click.Path(path_type=Path), help="usermon.toml to read; default: USERMON_CONFIG."
    )(command)


def json_option(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")(command)


def source_option(command: Command) -> Command:
    return click.option("--source", "name", help="Only this source.")(command)


def collector_option(command: Command) -> Command:
    return click.option(
        "--collector", required=True, type=click.Choice(sorted(COLLECTORS)), help="Who can read the files."
    )(command)


def hub_options(command: Command) -> Command:
    command = click.option(
        "--token-file",
        type=click.Path(path_type=Path),
        help="File with the token for the hub; default: USERMON_HUB_TOKEN_FILE.",
    )(command)
    return click.option(
        "--hub",
        metavar="URL",
        help="Deliver to the overview at this address instead of a store here; default: USERMON_HUB_URL.",
    )(command)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="usermon")
def commands() -> None:
    """Collects what users use: reads the sources named in usermon.toml into the store, or for a hub."""


@commands.command()
@config_option
@hub_options
@source_option
@json_option
def once(
    config: Path | None, hub: str | None, token_file: Path | None, name: str | None, as_json: bool
) -> None:
    """Read every source once, save what is new, publish it to the users' dashboards."""
    if hub_url(hub):
        from collectors.commands import to_hub_once

        to_hub_once.run(load_agent_settings(hub, token_file, config), name, as_json)
    else:
        from collectors.commands import here

        here.once(config, name, as_json)


@commands.command()
@config_option
@hub_options
def forever(config: Path | None, hub: str | None, token_file: Path | None) -> None:
    """Read every source at its own period until told to end, and keep published files up to date."""
    if hub_url(hub):
        from collectors.commands.agent import become_agent

        become_agent(load_agent_settings(hub, token_file, config))
    else:
        from collectors.commands import here

        here.forever(config)


@commands.command("list")
@config_option
@json_option
def list_sources(config: Path | None, as_json: bool) -> None:
    """Show the sources of usermon.toml, and how the last pass over each went."""
    if hub_url(None):
        from collectors.commands import to_hub_once

        to_hub_once.list_sources(load_agent_settings(None, None, config), as_json)
    else:
        from collectors.commands import here

        here.list_sources(config, as_json)


@commands.command()
@config_option
@hub_options
@source_option
@json_option
def check(
    config: Path | None, hub: str | None, token_file: Path | None, name: str | None, as_json: bool
) -> None:
    """Try every source once without saving anything, and say what is wrong."""
    from collectors.commands import checking

    if hub_url(hub):
        checking.check_agent(load_agent_settings(hub, token_file, config), name, as_json)
    else:
        checking.check_here(config, name, as_json)


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
    """Read FILEs given by hand into the store; '-' is standard input. Listings for tarballs are named
    HUB--NODE.txt, unless their source says hub and node."""
    from collectors.commands import by_name

    by_name.import_(config, collector, name, new_source, user, at, files, as_json)


@commands.command()
@config_option
@collector_option
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@json_option
def parse(config: Path | None, collector: str, files: tuple[str, ...], as_json: bool) -> None:
    """Show what a parser makes of FILEs; nothing is saved. '-' is standard input."""
    from collectors.commands import by_name

    by_name.parse(config, collector, files, as_json)


def main() -> None:
    set_up_logging()
    again = "Run the same command again: it goes on where this one was."
    sys.exit(ending.run(commands, "usermon-collect", after_interrupt=again))
