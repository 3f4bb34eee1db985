"""`orchestrator passwd`."""

import sys

import click

from orchestrator.commands.options import as_json, load_settings, print_json
from orchestrator.deployment import open_existing
from orchestrator.new_password import give_new_password
from orchestrator.progress import progress_for
from usermon.errors import WrongUse
from usermon.secret import Secret


@click.command()
@click.argument("user", required=False)
@click.option("--admin", is_flag=True, help="The overview's password, instead of a user's.")
@click.option("--stdin", "from_stdin", is_flag=True, help="Take the first line of standard input.")
@as_json
def passwd(user: str | None, admin: bool, from_stdin: bool, as_json: bool) -> None:
    """Give USER a new password, in force at once: printed here, once. Old sessions end."""
    if (user is None) != admin:
        raise WrongUse("whose password is it?", "Name a USER, or give --admin.")
    chosen = Secret(sys.stdin.readline().rstrip("\r\n")) if from_stdin else None
    deployment = open_existing(load_settings())
    password = give_new_password(deployment, user, chosen, progress_for())
    who = user or "admin"
    if as_json:
        print_json({"user": who} if from_stdin else {"user": who, "password": password.reveal()})
    elif from_stdin:
        click.echo(f"the new password of {who} is in force")
    else:
        click.echo(password.reveal())
