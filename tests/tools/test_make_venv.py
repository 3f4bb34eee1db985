"""The virtual environment's tool: what is missing is named, and what is there is kept."""

import sys
from pathlib import Path

import pytest

from tests.tools.conftest import RunTool


def python_that(answers: str, folder: Path) -> str:
    """A Python of another machine: a script that fails as that one would."""
    script = folder / "python3"
    script.write_text(f"#!/bin/sh\n{answers}\n")
    script.chmod(0o755)
    return str(script)


def test_an_environment_whose_python_is_gone_is_made_anew_and_then_kept(
    run_tool: RunTool, tmp_path: Path
) -> None:
    folder = tmp_path / "venv"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to("/nowhere/python3")

    assert run_tool("make-venv", sys.executable, str(folder)).returncode == 0

    assert (folder / "bin" / "python").exists()
    marker = folder / "marker"
    marker.touch()

    again = run_tool("make-venv", sys.executable, str(folder))

    assert (again.returncode, again.stderr) == (0, "")
    assert marker.exists()


@pytest.mark.parametrize(
    ("answers", "error", "fix"),
    [
        ('case "$*" in *version_info*) exit 1;; *) echo Python 3.9.2;; esac', "3.9.2 is too old", "PYTHON="),
        ('case "$*" in *ensurepip*) exit 1;; esac', "has no venv module", "apt-get install python3-venv"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(
    run_tool: RunTool, tmp_path: Path, answers: str, error: str, fix: str
) -> None:
    done = run_tool("make-venv", python_that(answers, tmp_path), str(tmp_path / "venv"))

    assert done.returncode == 1
    first, second = done.stderr.splitlines()
    assert first.startswith("error: ")
    assert error in first
    assert second.startswith("fix: ")
    assert fix in second
    assert not (tmp_path / "venv").exists()


def test_no_python_at_all_is_said(run_tool: RunTool, tmp_path: Path) -> None:
    done = run_tool("make-venv", "python-of-nowhere", str(tmp_path / "venv"))

    assert done.returncode == 1
    assert "error: there is no python-of-nowhere on this machine" in done.stderr
