"""Running commands here: bounded in time and output, and every failure with its reason."""

import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from collectors import command
from collectors.command import CommandFailed
from collectors.reach import output_of, text_of
from tests.factories import source

HERE = replace(source("quota", collector="mmrepquota"), path=None, timeout_seconds=20)


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def test_what_a_command_prints_is_given_whole_in_its_plain_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    code = "import os, sys; print(os.environ['LC_ALL'] * 100_000); print('oh', file=sys.stderr)"
    output = output_of(HERE, python(code))
    assert (output.text, output.complaints, output.exit_code) == ("C" * 100_000 + "\n", "oh\n", 0)


def test_what_is_not_utf8_stays_visible() -> None:
    assert text_of(HERE, python("import sys; sys.stdout.buffer.write(b'a\\xffb')")) == r"a\xffb"


def test_no_shell_reads_the_words_of_a_command() -> None:
    assert text_of(HERE, ("echo", "$HOME; `id` *")) == "$HOME; `id` *\n"


def test_a_command_that_fails_says_why_in_one_line() -> None:
    with pytest.raises(CommandFailed, match=r"quota: `.*` ended with 3: no such \\x1b\[1mcluster"):
        text_of(
            HERE, python("import sys; print('\\n no such \\x1b[1mcluster', file=sys.stderr); sys.exit(3)")
        )


def test_a_command_that_is_not_installed_says_so() -> None:
    with pytest.raises(CommandFailed, match="`mmrepquotaa` cannot be run: No such file") as caught:
        text_of(HERE, ("mmrepquotaa",))
    assert "Install it" in (caught.value.remedy or "")


def test_a_command_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    alive = tmp_path / "alive"
    code = (
        f"import subprocess, time; subprocess.Popen(['sh', '-c', 'sleep 2; touch {alive}']); time.sleep(60)"
    )
    with pytest.raises(CommandFailed, match="did not end within 1 s"):
        text_of(replace(HERE, timeout_seconds=1), python(code))
    time.sleep(2.2)
    assert not alive.exists()


def test_a_command_that_never_stops_printing_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "LARGEST_REPORT_BYTES", 1 << 20)
    with pytest.raises(CommandFailed, match="printed more than 1 MiB"):
        text_of(HERE, ("yes",))


def test_the_command_to_be_run_by_hand_is_quoted_and_no_whole_script() -> None:
    error = CommandFailed(HERE, ["sh", "-c", "echo $HOME;  exit"], "ended")
    assert "Run `sh -c 'echo $HOME;  exit'` by hand" in error.remedy
    long = CommandFailed(HERE, ["sh", "-c", "x" * 3000], "ended")
    assert len(long.remedy) < 300
