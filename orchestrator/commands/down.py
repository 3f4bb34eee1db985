"""`orchestrator down`."""

import click

from orchestrator.commands.options import as_json, exit_code_of, load_settings, print_json
from orchestrator.deployment import NothingThere, open_existing
from orchestrator.progress import progress_for
from orchestrator.rollout import Outcome
from orchestrator.summary import outcomes_as_json
from orchestrator.take_down import take_down


@click.command()
@click.argument("users", metavar="[USER]...", nargs=-1)
@as_json
def down(users: tuple[str, ...], as_json: bool) -> int:
    """Stop and remove the dashboards of USERs; without USER everything, services included.

    Ports, passwords and data stay: the next `up` brings all back.
    """
    settings = load_settings()
    outcomes: list[Outcome] = []
    try:
        outcomes = take_down(open_existing(settings), users, progress_for())
    except NothingThere:
        if users:
            raise
    if as_json:
        print_json(outcomes_as_json(outcomes, settings))
    else:
        removed = sum(1 for outcome in outcomes if outcome.error is None)
        click.echo(f"{removed} containers removed" if outcomes else "nothing runs")
    return exit_code_of(outcomes)
