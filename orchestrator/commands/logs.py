"""`orchestrator logs`."""

import click

from orchestrator.commands.options import load_settings
from orchestrator.deployment import open_existing
from orchestrator.targets import container_name


@click.command()
@click.argument("user")
@click.option("-f", "--follow", is_flag=True, help="Go on as new lines come.")
@click.option("--tail", type=click.IntRange(min=0), help="Only the newest lines, this many.")
def logs(user: str, follow: bool, tail: int | None) -> None:
    """What the dashboard of USER wrote, oldest first.

    "overview" and "collectors" name the services; where users are called so, "service:overview" does.
    """
    deployment = open_existing(load_settings())
    name = container_name(deployment, user)
    for line in deployment.runtime.read_logs(name, follow=follow, tail=tail):
        click.echo(line)
