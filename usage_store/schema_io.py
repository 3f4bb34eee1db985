"""Tables of I/O logs: who read how much, where, in which sizes.

What a log says stands once, in normal form: entries, users, machines, ranges of sizes, sessions, operations.
The tables of sums say nothing new. They are kept with each save, in the same transaction, so that answers
need not walk millions of operations.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from usage_store.metadata import BigId, metadata

# An hour of one source's log. `local_time` is what the clock on the wall showed, as if it were UTC: hours of
# the day and days of the week are those of the people there. What follows is summed up from its sessions.
io_entries = Table(
    "io_entries",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("source", String(64), nullable=False),
    Column("time", BigInteger, nullable=False),
    Column("local_time", BigInteger, nullable=False),
    Column("sessions", BigInteger, nullable=False),
    Column("operations", BigInteger, nullable=False),  # rows of histograms
    Column("total", BigInteger, nullable=False),  # reads
    Column("users", BigInteger, nullable=False),
    Column("machines", BigInteger, nullable=False),
    # The highest number of its sessions: the next one is found without a walk through all sessions.
    Column("newest_session", BigInteger, nullable=False),
    UniqueConstraint("time", "source"),
)

# What the newest entry with this user says of them; `time` is that entry's.
io_users = Table(
    "io_users",
    metadata,
    Column("user_id", ForeignKey("users.id"), primary_key=True),
    Column("role", String(255)),
    Column("affiliation", String(255)),
    Column("time", BigInteger, nullable=False),
)

io_machines = Table(
    "io_machines",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(255), nullable=False),
    Column("type", String(255), nullable=False),
    UniqueConstraint("name", "type"),
)

# Bytes from `low` up to and without `high`; null: no end on that side.
io_size_ranges = Table(
    "io_size_ranges",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("text", String(64), nullable=False, unique=True),
    Column("low", BigInteger),
    Column("high", BigInteger),
)

# One user on one machine in an entry. `number` is what operations refer to; `total` sums them up.
io_sessions = Table(
    "io_sessions",
    metadata,
    Column("entry_id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", Integer, primary_key=True, autoincrement=False),
    Column("machine_id", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False, server_default="0"),
    sqlite_with_rowid=False,
)

# The one big table: ten rows a session. No foreign keys here and in sessions, which would double the time to
# fill them: all ids were read or made in the transaction that saves.
io_operations = Table(
    "io_operations",
    metadata,
    Column("session", BigInteger, primary_key=True, autoincrement=False),
    Column("range_id", Integer, primary_key=True, autoincrement=False),
    Column("count", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# Sums over all time: sessions and reads of each user on each machine; reads of each size by each user, and on
# each machine.
io_pairs = Table(
    "io_pairs",
    metadata,
    Column("user_id", Integer, primary_key=True, autoincrement=False),
    Column("machine_id", Integer, primary_key=True, autoincrement=False),
    Column("sessions", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False, server_default="0"),
    sqlite_with_rowid=False,
)
io_user_sizes = Table(
    "io_user_sizes",
    metadata,
    Column("user_id", Integer, primary_key=True, autoincrement=False),
    Column("range_id", Integer, primary_key=True, autoincrement=False),
    Column("total", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
io_machine_sizes = Table(
    "io_machine_sizes",
    metadata,
    Column("machine_id", Integer, primary_key=True, autoincrement=False),
    Column("range_id", Integer, primary_key=True, autoincrement=False),
    Column("total", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# Sums through time: one user, or one machine, in entries of one moment.
io_user_times = Table(
    "io_user_times",
    metadata,
    Column("user_id", Integer, primary_key=True, autoincrement=False),
    Column("time", BigInteger, primary_key=True, autoincrement=False),
    Column("local_time", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
io_machine_times = Table(
    "io_machine_times",
    metadata,
    Column("machine_id", Integer, primary_key=True, autoincrement=False),
    Column("time", BigInteger, primary_key=True, autoincrement=False),
    Column("local_time", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# Sums of days, for weeks and months of everybody: a day is one of `local_time`, counted from 1970-01-01.
io_user_days = Table(
    "io_user_days",
    metadata,
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("user_id", Integer, primary_key=True, autoincrement=False),
    Column("total", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
io_machine_days = Table(
    "io_machine_days",
    metadata,
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("machine_id", Integer, primary_key=True, autoincrement=False),
    Column("total", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
io_day_sizes = Table(
    "io_day_sizes",
    metadata,
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("range_id", Integer, primary_key=True, autoincrement=False),
    Column("total", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# Logs that were imported by hand: the same file again is known at a glance.
io_imported_files = Table(
    "io_imported_files",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("file", String(255), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("records", BigInteger, nullable=False),
    Column("rejected", Text, nullable=False),  # JSON: [line, text, reason] of each
)
