"""How the commands print what they did, and choose among the sources."""

import json
import sys
from collections.abc import Sequence

import click
from rich.console import Console
from rich.text import Text

from cli_shared import ending
from collectors import shown
from collectors.errors import UnknownSource
from usermon.site_file import SiteFile, Source


def chosen(site: SiteFile, name: str | None) -> list[Source]:
    """All sources, or the one of that name. Raises UnknownSource."""
    found = [source for source in site.sources if name in (None, source.name)]
    if name is not None and not found:
        raise UnknownSource(name, site)
    return found


def print_result(as_json: bool, result: object, for_people: Sequence[shown.Shown]) -> None:
    if as_json:
        click.echo(json.dumps(result, indent=2))
        return
    # Where nobody looks, columns are as wide as they like.
    console = Console() if sys.stdout.isatty() else Console(width=400)
    for part in for_people:
        console.print(part, soft_wrap=isinstance(part, Text))


def exit_if(failed: bool) -> None:
    if failed:
        sys.exit(ending.FAILED)
