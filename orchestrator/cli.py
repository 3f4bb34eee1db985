"""The `orchestrator` command: each subcommand stands in a file of its own and is loaded when it runs."""

import gc
import importlib
import signal
import sys

import click

from cli_shared import ending

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
        # Importing makes objects that stay: looking through them for garbage takes a tenth of it.
        gc.disable()
        module = importlib.import_module(f"orchestrator.commands.{COMMANDS[name]}")
        gc.freeze()
        gc.enable()
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
    again = "Run the same command again: it finishes the work."
    sys.exit(ending.run(cli, "orchestrator", arguments, after_interrupt=again))
