"""What every command line of ours says and returns when a command ends."""

from collections.abc import Callable

import click
import pytest

from cli_shared import ending
from usermon.errors import SettingsError, UsermonError, WrongUse


def ending_with(act: Callable[[], object]) -> int:
    @click.command()
    def command() -> object:
        return act()

    return ending.run(command, "program", [], after_interrupt="Again.")


def raising(error: BaseException) -> Callable[[], object]:
    def act() -> object:
        raise error

    return act


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (UsermonError("disk full", "Make room."), 1, "error: disk full\nfix: Make room.\n"),
        (UsermonError("disk full"), 1, "error: disk full\n"),
        (WrongUse("no list", "Name one."), 2, "error: no list\nfix: Name one.\n"),
        (SettingsError("PORT", "PORT is no port", "Set it."), 2, "error: PORT is no port\nfix: Set it.\n"),
        (
            click.UsageError("not one of\n  a,\n  b"),
            2,
            "error: not one of a, b\nfix: `program --help` shows how it is called.\n",
        ),
        (click.FileError("list.txt", "gone"), 1, "error: Could not open file 'list.txt': gone\n"),
        (click.Abort(), 130, "error: interrupted\nfix: Again.\n"),
        (KeyboardInterrupt(), 130, "\nerror: interrupted\nfix: Again.\n"),
    ],
)
def test_expected_errors_are_told_with_what_to_do_and_an_exit_code(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ending_with(raising(error)) == code
    assert capsys.readouterr() == ("", said)


def test_what_a_command_returns_is_its_exit_code() -> None:
    assert ending_with(lambda: None) == 0
    assert ending_with(lambda: 3) == 3


def test_an_unexpected_error_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError):
        ending_with(lambda: 1 / 0)


def test_a_text_from_outside_can_neither_steer_the_terminal_nor_pass_for_a_line_of_ours(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ending_with(raising(UsermonError("no such file: a\x1b[2Jb\nfix: rm -r /")))
    assert capsys.readouterr().err == "error: no such file: a\\x1b[2Jb\n  fix: rm -r /\n"
