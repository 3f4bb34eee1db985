"""`orchestrator users`."""

from dataclasses import asdict
from pathlib import Path

import click

from orchestrator.commands.options import as_json, print_json
from orchestrator.reconciled_files import write_reconciled
from orchestrator.wanted_users import read_reconciled


@click.group()
def users() -> None:
    """Lists of users."""


@users.command()
@click.option("--local", required=True, type=click.Path(path_type=Path), help="Users on the local storage.")
@click.option("--cryo", required=True, type=click.Path(path_type=Path), help="Users on the cryo storage.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write both.txt, cryo_only.txt, local_only.txt here."
)
@as_json
def reconcile(local: Path, cryo: Path, out: Path | None, as_json: bool) -> None:
    """Tell who is in both lists, and who in one only."""
    reconciled, rejected = read_reconciled(local, cryo)
    if out is not None:
        write_reconciled(reconciled, out)
    if as_json:
        print_json({**asdict(reconciled), "rejected": [asdict(r) for r in rejected]})
        return
    for name, users in asdict(reconciled).items():
        where = f" -> {out / f'{name}.txt'}" if out is not None else ""
        click.echo(f"{name}: {len(users)} users{where}")
    for r in rejected:
        click.echo(f"rejected: {r.file}, line {r.line}: {r.text!r}: {r.reason}", err=True)
