"""What tests of the tools share."""

import os
import subprocess
from collections.abc import Callable

import pytest

from tests.shared_data import REPOSITORY

RunTool = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run_tool() -> RunTool:
    """Run a script of tools/ as a person would, with settings as keywords."""

    def run(
        name: str, *arguments: str, prefix: tuple[str, ...] = (), **environment: str
    ) -> subprocess.CompletedProcess[str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("USERMON_")}
        return subprocess.run(
            [*prefix, str(REPOSITORY / "tools" / name), *arguments],
            env=kept | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    return run
