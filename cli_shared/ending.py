"""How a command ends: its exit code, and expected errors in two lines, `error:` and `fix:`."""

from collections.abc import Sequence
from typing import Any

import click

from usermon.errors import UsermonError, WrongUse
from usermon.printable import printable

DONE, FAILED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130


def run(
    command: click.Command,
    program: str,
    arguments: Sequence[str] | None = None,
    *,
    after_interrupt: str = "Run the same command again.",
) -> int:
    """Run `command` under the name `program` and return the exit code: 0 done, 1 something failed, 2 wrong
    use or settings, 130 interrupted, or what the command itself returns or exits with. Unexpected errors
    keep their traceback.

    `arguments` are the process's own unless given; `after_interrupt` says what to do after Ctrl-C.
    """
    try:
        code: Any = command.main(arguments, prog_name=program, standalone_mode=False)
        return code if isinstance(code, int) else DONE
    except UsermonError as error:
        show_error(error)
        return WRONG_USE if isinstance(error, WrongUse) else FAILED
    except click.exceptions.NoArgsIsHelpError as asked_for_nothing:
        asked_for_nothing.show()
        return WRONG_USE
    except click.UsageError as error:
        called = error.ctx.command_path if error.ctx else program
        # Lists of choices stand in lines of their own.
        message = " ".join(error.format_message().split())
        show_error(UsermonError(message, f"`{called} --help` shows how it is called."))
        return WRONG_USE
    except click.ClickException as error:
        show_error(UsermonError(error.format_message()))
        return FAILED
    except (click.Abort, KeyboardInterrupt):
        show_error(UsermonError("interrupted", after_interrupt))
        return INTERRUPTED


def show_error(error: UsermonError) -> None:
    """On stderr, in two lines; a text of several keeps them. Nothing in it steers the terminal."""
    _say("error", error.message)
    if error.remedy:
        _say("fix", error.remedy)


def _say(what: str, text: str) -> None:
    # Lines of somebody else's text are moved in, so that none can pass for one of ours.
    click.echo(f"{what}: " + "\n  ".join(printable(line) for line in text.splitlines()), err=True)
