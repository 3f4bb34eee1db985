"""One log format for all programs."""

import logging
import re
import subprocess
import sys

import pytest

from usermon.logs import set_up_logging

PROGRAM = """
import logging
from usermon.logs import set_up_logging
set_up_logging()
logging.getLogger("collectors.agent").info("%d taken", 3)
logging.getLogger("collectors.agent").debug("not shown")
"""


def test_lines_go_to_stderr_with_time_level_and_name() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} INFO    collectors\.agent: 3 taken\n", done.stderr
    )


def test_an_unknown_level_is_refused() -> None:
    handlers = logging.getLogger().handlers[:]
    with pytest.raises(ValueError, match="Unknown level"):
        set_up_logging("LOUD")
    logging.getLogger().handlers[:] = handlers
