"""`orchestrator open-as`."""

import time

import click

from orchestrator.admin_link import admin_link
from orchestrator.commands.options import as_json, load_settings, print_json
from orchestrator.deployment import open_existing
from usermon.signed_links import LINK_LIFETIME_SECONDS


@click.command("open-as")
@click.argument("user")
@as_json
def open_as(user: str, as_json: bool) -> None:
    """Print a link that opens the dashboard of USER for an admin: valid for one minute, one use."""
    now = time.time()
    url = admin_link(open_existing(load_settings()), user, now)
    if as_json:
        print_json({"user": user, "url": url, "expires_at": int(now) + LINK_LIFETIME_SECONDS})
    else:
        click.echo(url)
