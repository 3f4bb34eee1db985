"""`orchestrator restart`."""

import click

from orchestrator.commands.options import as_json, exit_code_of, load_settings, print_json
from orchestrator.deployment import open_existing
from orchestrator.progress import progress_for
from orchestrator.summary import outcomes_as_json
from orchestrator.take_down import restart as restart_containers


@click.command()
@click.argument("users", metavar="USER...", nargs=-1, required=True)
@as_json
def restart(users: tuple[str, ...], as_json: bool) -> int:
    """New containers for USERs, with the same ports, passwords and data.

    "overview" and "collectors" name the services; where users are called so, "service:overview" does.
    """
    settings = load_settings()
    outcomes = restart_containers(open_existing(settings), users, progress_for())
    if as_json:
        print_json(outcomes_as_json(outcomes, settings))
    else:
        click.echo(f"{sum(outcome.error is None for outcome in outcomes)} restarted")
    return exit_code_of(outcomes)
