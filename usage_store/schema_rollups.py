"""Tables that say in few rows what millions of samples say.

Hours of hosts: what minutes become when they are old. The columns are named as those of the minutes; each is
the mean of the `samples` that the hour had. Days of volumes: what all users together came to hold.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, PrimaryKeyConstraint, SmallInteger, Table

from usage_store.metadata import metadata

# Minutes of a host from this second on are kept, older ones are hours.
host_rollups = Table(
    "host_rollups",
    metadata,
    Column("host_id", ForeignKey("hosts.id"), primary_key=True, autoincrement=False),
    Column("minutes_from", BigInteger, nullable=False),
)

host_hours = Table(
    "host_hours",
    metadata,
    Column("time", BigInteger),
    Column("disk_available_mib", BigInteger),
    Column("host_id", ForeignKey("hosts.id")),
    Column("memory_free_mib", Integer, nullable=False),
    Column("disk_io", Integer, nullable=False),
    Column("load_hundredths", Integer),
    Column("network_received_kib", Integer),
    Column("network_sent_kib", Integer),
    Column("cpu_idle_tenths", SmallInteger, nullable=False),
    Column("cpu_kernel_tenths", SmallInteger, nullable=False),
    Column("samples", Integer, nullable=False),
    PrimaryKeyConstraint("host_id", "time"),
    sqlite_with_rowid=False,
)

host_mount_hours = Table(
    "host_mount_hours",
    metadata,
    Column("host_id", ForeignKey("hosts.id"), primary_key=True),
    Column("mount_id", ForeignKey("host_mounts.id"), primary_key=True),
    Column("time", BigInteger, primary_key=True),
    Column("available_mib", BigInteger),
    Column("samples", Integer, nullable=False),
    sqlite_with_rowid=False,
)

host_gpu_hours = Table(
    "host_gpu_hours",
    metadata,
    Column("host_id", ForeignKey("hosts.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("time", BigInteger, primary_key=True),
    Column("memory_used_mib", Integer),
    Column("busy_tenths", SmallInteger),
    Column("samples", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# By how much all users' storage on a volume changed within a day (UTC, epoch seconds of its beginning): the
# sum of the rows up to a day is what stood at its end, and the sum of all is that of `storage_latest`.
# `series` counts the users who were measured for the first time that day, `first_bytes` and `first_files` are
# what they held at its end: that has come to be known, and did not grow. Rows stay when old samples go.
storage_days = Table(
    "storage_days",
    metadata,
    Column("volume_id", ForeignKey("volumes.id"), primary_key=True),
    Column("day", BigInteger, primary_key=True),
    Column("used_bytes", BigInteger, nullable=False),
    Column("files", BigInteger, nullable=False),
    Column("first_bytes", BigInteger, nullable=False),
    Column("first_files", BigInteger, nullable=False),
    Column("series", Integer, nullable=False),
    sqlite_with_rowid=False,
)
