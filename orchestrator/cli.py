"""The `orchestrator` command: each subcommand stands in a file of its own and is loaded when it runs."""

import importlib
import signal
import sys
from typing import Any

import click

from orchestrator.errors import WrongUse
from usermon.errors import SettingsError, UsermonError

FAILED, WRONG_USE, INTERRUPTED = 1, 2, 130

# Name -> module in orchestrator/commands, which holds a command of that name ("open-as" as open_as).
COMMANDS = {
    "up": "up",
    "down": "down",
    "status": "status",
    "logs": "logs",
    "restart": "restart",
    "passwd": "passwd",
    "open-as": "open_as",
    "forget": "forget",
    "users": "users",
    "build": "build",
    "doctor": "doctor",
    "watch": "watch",
}


class LazyGroup(click.Group):
    """Loads a subcommand's module when it is asked for: `status` never loads what `up` needs."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"orchestrator.commands.{COMMANDS[name]}")
        command: click.Command = getattr(module, COMMANDS[name])
        return command


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="usermon")
def cli() -> None:
    """Private dashboards for the users in a list, and an overview of them all."""


def main(arguments: list[str] | None = None) -> None:
    """Run, and leave with an exit code: 0 done, 1 something failed, 2 wrong use or settings, 3 --dry-run
    found changes. Expected errors are told in two lines; unexpected ones keep their traceback."""
    # SIGTERM ends us as Ctrl-C does: nothing new is begun, what was begun is told.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(_run(arguments))


def _run(arguments: list[str] | None) -> int:
    try:
        code: Any = cli.main(arguments, prog_name="orchestrator", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except UsermonError as error:
        show_error(error)
        return WRONG_USE if isinstance(error, WrongUse | SettingsError) else FAILED
    except click.exceptions.NoArgsIsHelpError as asked_for_nothing:
        asked_for_nothing.show()
        return WRONG_USE
    except click.UsageError as error:
        where = f"`{error.ctx.command_path} --help`" if error.ctx else "`orchestrator --help`"
        show_error(UsermonError(error.format_message(), f"{where} shows what is possible."))
        return WRONG_USE
    except click.ClickException as error:
        show_error(UsermonError(error.format_message()))
        return FAILED
    except (click.Abort, KeyboardInterrupt):
        show_error(UsermonError("interrupted", "Run the same command again: it finishes the work."))
        return INTERRUPTED


def show_error(error: UsermonError) -> None:
    click.echo(f"error: {error.message}", err=True)
    if error.remedy:
        click.echo(f"fix: {error.remedy}", err=True)
