"""`orchestrator forget`."""

import sys

import click

from orchestrator.commands.options import as_json, exit_code_of, load_settings, print_json
from orchestrator.deployment import open_existing
from orchestrator.progress import progress_for
from orchestrator.take_down import forget as forget_users
from usermon.errors import WrongUse


@click.command()
@click.argument("users", metavar="USER...", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
def forget(users: tuple[str, ...], yes: bool, as_json: bool) -> int:
    """Remove dashboard, port, password and published data of USERs.

    What was measured stays in the store; a user who returns gets a new port and password.
    """
    deployment = open_existing(load_settings())
    if not yes:
        _ask(users)
    outcomes = forget_users(deployment, users, progress_for())
    failed = {outcome.step.user for outcome in outcomes if outcome.error}
    forgotten = [user for user in users if user not in failed]
    if as_json:
        print_json({"forgotten": forgotten})
    else:
        click.echo(f"forgotten: {', '.join(forgotten)}")
    return exit_code_of(outcomes)


def _ask(users: tuple[str, ...]) -> None:
    if not sys.stdin.isatty():
        raise WrongUse("forget asks first, and there is no terminal to ask on", "Add --yes.")
    names = ", ".join(users)
    click.confirm(f"Remove dashboard, port, password and published data of {names}?", abort=True, err=True)
