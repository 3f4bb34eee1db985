"""The baseline of the I/O import: line by line, as aplesner/cluster-usage does it.

Each line is matched with the pattern of one kind of line after the other and gives one INSERT into tables in
the same normal form and with the same keys as ours, in one transaction; what a row names is looked up as it
comes. Nothing is summed up, which ours does besides.
"""

import re
import sqlite3
from pathlib import Path

_ENTRY = re.compile(r"Log: (\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}) \((\d+)\)")
_SESSION = re.compile(r"@rd_client\(([^,]+),([^)]+)\)\[([^(]+)\(([^)]+)\)\]:")
_ROW = re.compile(r"\[([^,]+), ([^)]+)\)\s+(\d+) \|.*")

_TABLES = """
CREATE TABLE entries (id INTEGER PRIMARY KEY, time BIGINT NOT NULL UNIQUE, local_time TEXT NOT NULL);
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, role TEXT, affiliation TEXT);
CREATE TABLE machines (id INTEGER PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL, UNIQUE (name, type));
CREATE TABLE ranges (id INTEGER PRIMARY KEY, low BIGINT, high BIGINT, text TEXT NOT NULL, UNIQUE (low, high));
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY, entry_id INTEGER NOT NULL REFERENCES entries,
    user_id INTEGER NOT NULL REFERENCES users, machine_id INTEGER NOT NULL REFERENCES machines,
    UNIQUE (entry_id, user_id, machine_id)
);
CREATE TABLE operations (
    id INTEGER PRIMARY KEY, session_id INTEGER NOT NULL REFERENCES sessions,
    range_id INTEGER NOT NULL REFERENCES ranges, count BIGINT NOT NULL, UNIQUE (session_id, range_id)
);
"""


def import_row_by_row(log: Path, database: Path) -> None:
    connection = sqlite3.connect(database, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")
    connection.executescript(_TABLES)
    execute = connection.execute
    execute("BEGIN IMMEDIATE")
    entry_id: int | None = None
    session_id: int | None = None
    with log.open(encoding="utf-8") as lines:
        for raw in lines:
            line = raw.strip()
            if not line:
                continue
            if found := _ENTRY.match(line):
                values: tuple[object, ...] = (int(found[2]), found[1])
                entry_id = execute("INSERT INTO entries (time, local_time) VALUES (?, ?)", values).lastrowid
            elif found := _SESSION.match(line):
                user_id = _user_id(connection, found[3], *found[4].split("/")[:2])
                machine_id = _machine_id(connection, found[1], found[2])
                values = (entry_id, user_id, machine_id)
                session_id = execute(
                    "INSERT INTO sessions (entry_id, user_id, machine_id) VALUES (?, ?, ?)", values
                ).lastrowid
            elif found := _ROW.match(line):
                values = (session_id, _range_id(connection, found[1], found[2]), int(found[3]))
                execute("INSERT INTO operations (session_id, range_id, count) VALUES (?, ?, ?)", values)
    execute("COMMIT")
    connection.close()


def _user_id(connection: sqlite3.Connection, name: str, role: str, affiliation: str) -> int | None:
    found = connection.execute("SELECT id FROM users WHERE name = ?", (name,)).fetchone()
    if found:
        return int(found[0])
    values = (name, role, affiliation)
    return connection.execute(
        "INSERT INTO users (name, role, affiliation) VALUES (?, ?, ?)", values
    ).lastrowid


def _machine_id(connection: sqlite3.Connection, name: str, kind: str) -> int | None:
    values = (name, kind)
    found = connection.execute("SELECT id FROM machines WHERE name = ? AND type = ?", values).fetchone()
    if found:
        return int(found[0])
    return connection.execute("INSERT INTO machines (name, type) VALUES (?, ?)", values).lastrowid


def _range_id(connection: sqlite3.Connection, low: str, high: str) -> int | None:
    sizes = (_bytes(low), _bytes(high))
    found = connection.execute("SELECT id FROM ranges WHERE low = ? AND high = ?", sizes).fetchone()
    if found:
        return int(found[0])
    values = (*sizes, f"[{low}, {high})")
    return connection.execute("INSERT INTO ranges (low, high, text) VALUES (?, ?, ?)", values).lastrowid


def _bytes(text: str) -> int:
    powers = {"K": 10, "M": 20, "G": 30}
    found = re.match(r"(\d+)([KMG])?$", text)
    return int(found[1]) << powers.get(found[2], 0) if found else 0
