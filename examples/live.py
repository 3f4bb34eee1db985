"""Let the example facility's data go on, a step each minute: `python -m examples.live [--start | --stop]`.

Without an option it runs here until it is ended. `--start` does so in the background, once: where it runs
already nothing happens. `--stop` ends that one. Its number and what it could not do stand beside the data.
"""

import argparse
import fcntl
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from examples.generate import DEFAULT_FOLDER
from examples.going_on import go_on

STEP_SECONDS = 60
_AFTER_THE_MINUTE = 4  # the hosts' samples are three seconds younger than theirs
_PATIENCE_SECONDS = 15.0


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m examples.live", description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_FOLDER, help="what goes on (%(default)s)")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--start", action="store_true", help="in the background, unless it runs")
    what.add_argument("--stop", action="store_true", help="end the one in the background")
    options = parser.parse_args(arguments)
    data = options.data.resolve()
    try:
        if options.stop:
            return stop(data)
        return start(data) if options.start else run(data)
    except OSError as error:
        print(f"{error}; who made the data may let them go on", file=sys.stderr)
        return 1


def run(data: Path) -> int:
    """Until it is ended, or its data are taken away."""
    held = _hold(data)
    if held is None:
        print(f"the data in {data} go on already")
        return 0
    with held:
        while _is_there(held, data):
            try:
                go_on(data, datetime.now(UTC))
            except (OSError, ValueError) as error:
                print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} {error}", flush=True)
            time.sleep(STEP_SECONDS - time.time() % STEP_SECONDS + _AFTER_THE_MINUTE)
    return 0


def start(data: Path) -> int:
    """A process of its own, which no terminal ends."""
    if runs(data):
        return 0
    with (data / "live.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-m", "examples.live", "--data", str(data)],
            cwd=Path(__file__).parents[1],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    until = time.monotonic() + _PATIENCE_SECONDS
    while process.poll() is None and time.monotonic() < until:
        if runs(data):
            print(f"the data in {data} go on each minute")
            return 0
        time.sleep(0.05)
    if runs(data):  # another one was faster
        return 0
    print(f"the data in {data} do not go on; see {data / 'live.log'}", file=sys.stderr)
    return 1


def stop(data: Path) -> int:
    """Ends it and waits for its end. A number that a process left behind when it died is nobody's."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while runs(data):
        number = (data / "live.pid").read_text(encoding="ascii").strip()
        if _is_ours(number):
            with suppress(ProcessLookupError):
                os.kill(int(number), signal.SIGTERM)
        if time.monotonic() > until:
            print(f"process {number} does not end", file=sys.stderr)
            return 1
        time.sleep(0.05)
    return 0


def _is_ours(number: str) -> bool:
    """A number is given to others again; whoever began a moment ago has not written its own yet."""
    try:
        return b"examples.live" in Path(f"/proc/{int(number)}/cmdline").read_bytes()
    except (ValueError, OSError):
        return False


def runs(data: Path) -> bool:
    """Whoever runs holds the lock of live.pid; the kernel lets it go however a process ends."""
    try:
        with (data / "live.pid").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _hold(data: Path) -> IO[str] | None:
    """Our number in live.pid, locked; None if somebody holds it for longer than `runs` does."""
    file = (data / "live.pid").open("a", encoding="ascii")
    for _ in range(20):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.02)
            continue
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        return file
    file.close()
    return None


def _is_there(held: IO[str], data: Path) -> bool:
    """Not if the folder was removed, or made anew: then another one takes care of it."""
    try:
        return os.path.samestat(os.fstat(held.fileno()), (data / "live.pid").stat())
    except FileNotFoundError:
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
