"""I/O logs: how long an import takes beside the row-by-row way, what memory, and how soon answers come.

USERMON_BENCH_IO_LINES and USERMON_BENCH_IO_OPERATIONS make it smaller. Imports run in processes of their
own, so that each begins with nothing in memory.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.io_log_text import hours, write_log
from benchmarks.io_row_by_row import import_row_by_row
from benchmarks.overview_page import PASSWORD, make_admin
from collectors.by_hand import import_files
from collectors.catalogue import find_collector
from collectors.store_sink import StoreSink
from overview.app import create_app
from overview.io_figures import io_figures, io_figures_of
from usage_store.engine import Store, open_store
from usage_store.io import io_stats
from usage_store.io_owners import MACHINES, USERS, machines_about, totals_of, users_about
from usage_store.io_ranges import RANGE_NAMES, io_range
from usage_store.io_saving import save_io
from usage_store.io_series import GROUPINGS
from usermon.io_records import IoSession
from usermon.site_file import Source
from usermon.state_folder import StateFolder

LINES = int(os.environ.get("USERMON_BENCH_IO_LINES", "2000000"))
OPERATIONS = int(os.environ.get("USERMON_BENCH_IO_OPERATIONS", "10000000"))
RUNS = 7
# A year of hours, so many sessions in each that there are ten million rows.
SESSIONS_AN_HOUR, PAIRS, SAVED_AT_ONCE = 130, 1_300, 60_000
PATHS = (
    "/api/stats",
    "/api/users",
    "/api/machines",
    "/api/usage/user/user07",
    "/api/usage/machine/node03",
    "/api/usage/time",
    "/api/usage/size",
)


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="usermon-io-") as folder:
        yield from _import_figures(Path(folder))
    with tempfile.TemporaryDirectory(prefix="usermon-io-") as folder:
        yield from _answer_figures(Path(folder))


def _import_figures(folder: Path) -> Iterator[Figure]:
    log, small = folder / "io.log", folder / "small.log"
    lines = write_log(log, LINES)
    write_log(small, LINES // 4)
    baseline = _in_process("row_by_row", log, folder / "baseline.db")
    ours = _in_process("import", log, folder / "ours.db")
    again = _in_process("import", log, folder / "ours.db")
    quarter = _in_process("import", small, folder / "small.db")
    said = f"{lines} lines: {ours['seconds']:.1f} s, row by row {baseline['seconds']:.1f} s"
    yield Figure("I/O import / row by row", ours["seconds"] / baseline["seconds"], "x", 1 / 5, said)
    said = f"the same file again: {again['seconds'] * 1000:.1f} ms"
    yield Figure("I/O import again / first", again["seconds"] / ours["seconds"], "x", 1 / 50, said)
    said = f"the whole process; with a quarter of the lines {quarter['megabytes']:.0f} MB"
    yield Figure("I/O import, memory", ours["megabytes"], "MB", 150, said)


def _in_process(what: str, log: Path, database: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.io_import", what, str(log), str(database)]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(result.stdout)
    return found


def _answer_figures(folder: Path) -> Iterator[Figure]:
    state = StateFolder(folder)
    make_admin(state)
    # Filled by another process: ten million operations leave a heap behind that no server has.
    database = Path(state.default_store_url.removeprefix("sqlite:///"))
    operations = int(_in_process("fill", database, database)["operations"])
    store = open_store(state.default_store_url)
    with store.reading() as connection:
        entries = io_stats(connection)["log_count"]
    client = create_app(state, store).test_client()
    auth = ("admin", PASSWORD)
    client.get("/api/stats", auth=auth)  # the password's hash is computed once, not at each request
    spent: dict[str, float] = {}
    for path in PATHS:
        runs = []
        for _ in range(RUNS):
            started = time.perf_counter()
            answer = client.get(path, auth=auth, headers={"Accept-Encoding": "gzip"})
            runs.append(time.perf_counter() - started)
            if answer.status_code != 200:
                raise RuntimeError(f"{path} answers {answer.status_code}")
        spent[path] = statistics.median(runs) * 1000
    made = _making(store)
    store.close()
    each = ", ".join(f"{path.removeprefix('/api/')} {value:.0f}" for path, value in spent.items())
    said = f"{operations} operations in {entries} entries; ms: {each}"
    yield Figure("answers about I/O, the slowest", max(spent.values()), "ms", 50, said)
    said = "made anew, as after each save; ms: " + ", ".join(f"{name} {ms:.0f}" for name, ms in made.items())
    yield Figure("the I/O pages' feeds, the slowest", max(made.values()), "ms", 50, said)


def _making(store: Store) -> dict[str, float]:
    """Milliseconds for what the pages' scripts ask for, the slowest grouping in each range: of all, of the
    heaviest user, of the heaviest machine."""
    made: dict[str, float] = {}
    with store.reading() as connection:
        everything = io_range(connection, "all")
        if everything is None:
            raise RuntimeError("the store holds no I/O")
        heaviest = [
            (owners, totals_of(connection, owners, everything).most_common(1)[0][0], about(connection))
            for owners, about in ((USERS, users_about), (MACHINES, machines_about))
        ]
        for name in RANGE_NAMES:
            groupings = [partial(io_figures, connection, name, by) for by in GROUPINGS]
            made[name] = max(_median_ms(make) for make in groupings)
            for owners, number, about in heaviest:
                of_one = partial(io_figures_of, connection, owners, number, about[number], name)
                made[f"{name} of one {owners.key.removesuffix('_id')}"] = _median_ms(of_one)
    return made


def _median_ms(make: Callable[[], object]) -> float:
    runs = [_seconds(lambda: json.dumps(make())) for _ in range(RUNS)]
    return statistics.median(runs) * 1000


def _fill(store: Store) -> int:
    waiting: list[IoSession] = []
    operations = 0
    for sessions in hours(seed=2, sessions=SESSIONS_AN_HOUR, pairs=PAIRS):
        waiting += sessions
        operations += sum(len(session.counts) for session in sessions)
        if len(waiting) >= SAVED_AT_ONCE or operations >= OPERATIONS:
            with store.writing() as connection:
                save_io(connection, "io", waiting)
            waiting = []
        if operations >= OPERATIONS:
            break
    return operations


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _peak_megabytes() -> float:
    # Not getrusage: its peak begins with that of the process which started this one.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def _run(what: str, log: Path, database: Path) -> None:
    """What a process of its own does."""
    if what == "fill":
        store = open_store(f"sqlite:///{database}")
        print(json.dumps({"operations": _fill(store)}))
        store.close()
        return
    if what == "row_by_row":
        seconds = _seconds(lambda: import_row_by_row(log, database))
    else:
        store = open_store(f"sqlite:///{database}")
        source = Source("io", "io_log", None, 60, "UTC")
        collector = find_collector("io_log")
        files = {str(log): None}
        seconds = _seconds(lambda: _no_result(import_files(StoreSink(store), collector, source, files)))
        store.close()
    print(json.dumps({"seconds": seconds, "megabytes": _peak_megabytes()}))


def _no_result(_result: object) -> None:
    pass


if __name__ == "__main__":
    _run(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
