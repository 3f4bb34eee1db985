"""What a list of 10 000 users costs before anything starts: `up --dry-run`, the whole command."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.facility import Facility, some_users
from benchmarks.figures import Figure

USERS = 10_000
RUNS = 3
BASE_PORT = 12_000
FOUND_CHANGES = 3


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="usermon-plan-") as folder:
        place = Facility(Path(folder), some_users(USERS), BASE_PORT)
        place.list_users(place.users)
        (place.root / "usermon.toml").write_text('timezone = "UTC"\n', encoding="utf-8")
        runs = []
        for _ in range(RUNS):
            started = time.monotonic()
            result = place.orchestrator("up", str(place.users_list), "--dry-run", "--json", check=False)
            runs.append(time.monotonic() - started)
            if result.returncode != FOUND_CHANGES:
                raise RuntimeError(f"--dry-run: exit code {result.returncode}\n{result.stderr}")
    yield Figure(
        f"plan for {USERS} users",
        sorted(runs)[RUNS // 2],
        "s",
        2.0,
        f"`up --dry-run --json`, whole command, median of {RUNS} ({min(runs):.2f} to {max(runs):.2f} s)",
    )
