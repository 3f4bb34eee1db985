"""`orchestrator status`."""

import click

from orchestrator.commands.options import as_json, load_settings, print_json
from orchestrator.deployment import open_existing
from orchestrator.observe import observe
from orchestrator.summary import status_as_json, status_as_text


@click.command()
@click.argument("users", metavar="[USER]...", nargs=-1)
@as_json
def status(users: tuple[str, ...], as_json: bool) -> None:
    """What runs: everybody who has a port, and the services."""
    settings = load_settings()
    observed = observe(open_existing(settings), users)
    if as_json:
        print_json(status_as_json(observed, settings))
    else:
        click.echo(status_as_text(observed, settings))
