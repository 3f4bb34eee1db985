"""`orchestrator doctor`."""

from dataclasses import asdict
from pathlib import Path

import click

from orchestrator.commands.options import as_json, list_files, load_settings, print_json, user_lists
from orchestrator.doctor import Level, examine
from orchestrator.wanted_users import read_wanted_users

_SIGNS = {Level.OK: "ok     ", Level.WARNING: "warning", Level.FAILED: "FAILED "}


@click.command()
@user_lists
@as_json
def doctor(
    lists: tuple[Path, ...], local: Path | None, cryo: Path | None, select: str | None, as_json: bool
) -> int:
    """Look at engine, ports, memory, images and mounts, and say how to mend what is wrong.

    With lists, for as many users as they name.
    """
    settings = load_settings()
    given = bool(lists or local or cryo)
    users = list(read_wanted_users(list_files(lists, local, cryo, select)).lists_of) if given else []
    checks = []
    for check in examine(settings, users):
        checks.append(check)
        if not as_json:
            click.echo(f"{_SIGNS[check.level]} {check.name}: {check.found}")
            if check.remedy:
                click.echo(f"        fix: {check.remedy}")
    if as_json:
        print_json({"checks": [asdict(check) for check in checks]})
    return 1 if any(check.level is Level.FAILED for check in checks) else 0
