"""What a year of 1 000 hosts' minutes costs, from a day of 200: docs/sizing.md reckons with these figures.

On SQLite and on a real PostgreSQL alike: bytes a sample, rows a second, seconds for the questions that pages
ask, seconds for making hours of a day.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection, text

from benchmarks.figures import Figure
from tests.postgres.server import running_postgres
from usage_store.engine import Store, open_store
from usage_store.host_gaps import gaps, silences
from usage_store.host_memory import memory_by_bucket
from usage_store.host_saving import save_hosts
from usage_store.hosts import Span, all_hosts, hosts_by_hardware, usage_of_host
from usage_store.paging import Window
from usage_store.upkeep import keep_up
from usermon.host_records import HostInfo, HostUsage
from usermon.retention import DAY_SECONDS, Retention

HOSTS, MINUTES = 200, 1440
# As agents deliver: some hosts' newest minutes in one batch.
BATCH = 1000
START = 1_772_409_600  # a day's beginning, UTC
END = START + 60 * MINUTES
RUNS = 5
GIB = 1024**3
ALL = Window(10_000)
_MOST_BYTES = {"SQLite": 60, "PostgreSQL": 140}

Question = Callable[[Connection], Any]
QUESTIONS: dict[str, Question] = {
    "newest of all hosts": lambda connection: all_hosts(connection, ALL),
    "hosts by hardware": lambda connection: hosts_by_hardware(connection, ALL),
    "a day of one host": lambda connection: usage_of_host(connection, "calc-007", START, END, ALL),
    "memory of all, an hour": lambda connection: memory_by_bucket(connection, Span(END - 3600, END), ALL),
    "memory of all, a day": lambda connection: memory_by_bucket(connection, Span(START, END), ALL),
    "gaps of all, a day": lambda connection: gaps(connection, Span(START, END), 5, ALL),
    "silences of all, a day": lambda connection: silences(connection, Span(START, END), 120, ALL),
}


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="usermon-sizing-") as folder:
        file = Path(folder) / "usermon.db"
        yield from _of_engine("SQLite", open_store(f"sqlite:///{file}"), lambda _: file.stat().st_size)
    with running_postgres() as server:
        store = open_store(server.url(server.create_migrated_database()))
        yield from _of_engine("PostgreSQL", store, _bytes_on_postgres)


def _of_engine(engine: str, store: Store, size: Callable[[Connection], int]) -> Iterator[Figure]:
    samples = HOSTS * MINUTES
    empty = _size(store, size)
    rows_a_second = samples / _fill(store)
    yield Figure(
        f"{engine}: bytes of a host's minute",
        (_size(store, size) - empty) / samples,
        "bytes",
        _MOST_BYTES[engine],
        f"{HOSTS} hosts, {MINUTES} minutes, with indexes; a year of 1 000 hosts is 526 million",
    )
    yield Figure(
        f"{engine}: saving a minute of 1 000 hosts",
        1000 / rows_a_second,
        "s",
        1,
        f"{rows_a_second:.0f} rows/s in batches of {BATCH}",
    )
    spent = {name: _median_ms(store, question) for name, question in QUESTIONS.items()}
    slowest = max(spent, key=lambda name: spent[name])
    yield Figure(
        f"{engine}: slowest question about hosts",
        spent[slowest],
        "ms",
        3000,
        ", ".join(f"{name} {ms:.0f}" for name, ms in spent.items()),
    )
    started = time.perf_counter()
    # One sample of each host in the day after next: the whole first day is old.
    with store.writing() as connection:
        save_hosts(
            connection, "hosts", [_sample(Random(1), host, END + DAY_SECONDS) for host in range(HOSTS)]
        )
    keep_up(store, Retention(hosts_in_full=DAY_SECONDS), END + DAY_SECONDS)
    # Half of the time it leaves to others who write.
    seconds = (time.perf_counter() - started) / 2
    yield Figure(
        f"{engine}: making hours of a day of 1 000 hosts",
        seconds * 1000 / HOSTS,
        "s",
        120,
        f"{samples / seconds:.0f} minutes/s, a transaction a host; as long again is left to others",
    )
    store.close()


def _fill(store: Store) -> float:
    """Seconds spent in saving."""
    chance = Random(7)
    with store.writing() as connection:
        save_hosts(connection, "hosts", [_hardware(host) for host in range(HOSTS)])
    spent = 0.0
    minutes_at_once = BATCH // HOSTS
    for first in range(0, MINUTES, minutes_at_once):
        batch = [
            _sample(chance, host, START + 60 * minute)
            for minute in range(first, first + minutes_at_once)
            for host in range(HOSTS)
        ]
        started = time.perf_counter()
        with store.writing() as connection:
            save_hosts(connection, "hosts", batch)
        spent += time.perf_counter() - started
    return spent


def _hardware(host: int) -> HostInfo:
    cpus = 32 * (1 + host % 4)
    return HostInfo(f"calc-{host:03}", START, cpus, "x86_64", f"Model {host % 3}", 2400.0, 1 << 20, 256 * GIB)


def _sample(chance: Random, host: int, moment: int) -> HostUsage:
    return HostUsage(
        hostname=f"calc-{host:03}",
        time=moment,
        memory_free_bytes=chance.randrange(256 * GIB),
        cpu_idle=chance.random() * 100,
        cpu_kernel=chance.random() * 5,
        disk_io=chance.randrange(5000),
        disk_available_bytes=chance.randrange(4096 * GIB),
        load=chance.random() * 64,
        network_received=chance.randrange(1 << 30),
        network_sent=chance.randrange(1 << 30),
    )


def _median_ms(store: Store, question: Question) -> float:
    spent = []
    for _ in range(RUNS):
        started = time.perf_counter()
        with store.reading() as connection:
            question(connection)
        spent.append(time.perf_counter() - started)
    return 1000 * statistics.median(spent)


def _size(store: Store, size: Callable[[Connection], int]) -> int:
    with store.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            # What lies in the log beside it belongs to the file.
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
        return size(connection)


def _bytes_on_postgres(connection: Connection) -> int:
    return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
