"""Options that several subcommands share."""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from orchestrator.rollout import Outcome
from orchestrator.settings import OrchestratorSettings
from orchestrator.wanted_users import ListFiles, Select
from usermon.errors import WrongUse

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

as_json = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


def user_lists(command: Decorated) -> Decorated:
    """LIST..., or --local and --cryo with --select."""
    for decorate in (
        click.option(
            "--select",
            type=click.Choice([s.value for s in Select]),
            help="Who gets a dashboard, of those in the local and the cryo list (default: both).",
        ),
        click.option(
            "--cryo", type=click.Path(path_type=Path), help="List of the users on the cryo storage."
        ),
        click.option(
            "--local", type=click.Path(path_type=Path), help="List of the users on the local storage."
        ),
        click.argument("lists", metavar="[LIST]...", nargs=-1, type=click.Path(path_type=Path)),
    ):
        command = decorate(command)
    return command


def list_files(
    lists: tuple[Path, ...], local: Path | None, cryo: Path | None, select: str | None
) -> ListFiles:
    """Raises WrongUse for combinations that make no sense."""
    if (local is None) != (cryo is None):
        raise WrongUse("--local and --cryo go together", "Give both, or one LIST.")
    if lists and local is not None:
        raise WrongUse("both LIST and --local/--cryo were given", "Give one or the other.")
    if not lists and local is None:
        raise WrongUse("no list of users was given", "Name a LIST, or --local FILE and --cryo FILE.")
    if select is not None and local is None:
        raise WrongUse("--select needs --local and --cryo", "A LIST is taken whole: leave --select out.")
    return ListFiles(lists, local, cryo, Select(select or Select.BOTH))


def load_settings(**overrides: Any) -> OrchestratorSettings:
    """The environment's settings; options of the command line (those that are not None) win."""
    return OrchestratorSettings.load(
        **{name: value for name, value in overrides.items() if value is not None}
    )


def exit_code_of(outcomes: Iterable[Outcome]) -> int:
    """Tell each failure on stderr; 1 when there was one."""
    failures = [(outcome, outcome.error) for outcome in outcomes if outcome.error is not None]
    for outcome, error in failures:
        click.echo(f"error: {outcome.step.user or outcome.step.role}: {error.message}", err=True)
        if error.remedy:
            click.echo(f"fix: {error.remedy}", err=True)
    return 1 if failures else 0


def print_json(result: Mapping[str, Any]) -> None:
    click.echo(json.dumps(result, indent=1, ensure_ascii=False))
