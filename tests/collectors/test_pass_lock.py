"""Two passes over one source never run at once, in whatever process."""

import subprocess
import sys
from pathlib import Path

import pytest

from collectors.pass_lock import PassUnderWay, only_pass
from usermon.errors import UsermonError


def test_a_second_pass_over_a_source_is_refused_and_over_another_not(tmp_path: Path) -> None:
    with only_pass("local", tmp_path):
        with only_pass("cryo", tmp_path):
            pass
        with pytest.raises(PassUnderWay, match="local: another pass over it is under way"):
            only_pass("local", tmp_path).__enter__()
    with only_pass("local", tmp_path):
        pass


def test_another_process_is_held_off_and_one_that_died_is_not(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from collectors.pass_lock import only_pass\n"
        f"with only_pass('local', pathlib.Path({str(tmp_path)!r})):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    with pytest.raises(PassUnderWay):
        only_pass("local", tmp_path).__enter__()
    other.kill()
    other.communicate()
    with only_pass("local", tmp_path):
        pass


def test_a_lock_that_cannot_be_made_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file where a folder should be")
    with pytest.raises(UsermonError, match="cannot be made") as caught:
        only_pass("local", tmp_path / "store").__enter__()
    assert "USERMON_STATE_DIR" in caught.value.remedy
