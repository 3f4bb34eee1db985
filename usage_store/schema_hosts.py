"""Tables of hosts: what they are and how they do, minute by minute.

A thousand hosts give half a thousand million rows a year: amounts that no answer needs to the byte are whole
MiB or KiB here, percentages tenths, the load hundredths, so that a row is small on both engines.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
)

from usage_store.metadata import by_time, metadata

# The first and the newest sample are kept here too, so that no answer looks for them among all samples.
hosts = Table(
    "hosts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(255), nullable=False, unique=True),
    Column("first_time", BigInteger),
    Column("newest_time", BigInteger),
)

# A change of hardware is a row more: what stood before was true in its time.
host_hardware = Table(
    "host_hardware",
    metadata,
    Column("host_id", ForeignKey("hosts.id"), primary_key=True),
    Column("since", BigInteger, primary_key=True),
    Column("cpu_number", Integer, nullable=False),
    Column("cpu_architecture", String(255), nullable=False),
    Column("cpu_model", String(255), nullable=False),
    Column("cpu_mhz", Float),
    Column("l2_cache_bytes", BigInteger),
    Column("total_memory_bytes", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# Rows lie in the order in which they are asked for: one host through time. The columns stand in the order
# in which PostgreSQL needs no padding between them.
host_usage = Table(
    "host_usage",
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
    PrimaryKeyConstraint("host_id", "time"),
    by_time("ix_host_usage_time"),
    sqlite_with_rowid=False,
)

host_mounts = Table(
    "host_mounts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(255), nullable=False, unique=True),
)

# Of hosts that watch several mounts; null: the mount did not answer.
host_mount_usage = Table(
    "host_mount_usage",
    metadata,
    Column("host_id", ForeignKey("hosts.id"), primary_key=True),
    Column("mount_id", ForeignKey("host_mounts.id"), primary_key=True),
    Column("time", BigInteger, primary_key=True),
    Column("available_mib", BigInteger),
    by_time("ix_host_mount_usage_time"),
    sqlite_with_rowid=False,
)

# What stands, not what was: it hardly ever changes. The first mount has no name, several have theirs besides.
host_disk_sizes = Table(
    "host_disk_sizes",
    metadata,
    Column("host_id", ForeignKey("hosts.id"), primary_key=True),
    Column("mount", String(255), primary_key=True),
    Column("size_mib", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

host_gpus = Table(
    "host_gpus",
    metadata,
    Column("host_id", ForeignKey("hosts.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("name", String(255), nullable=False),
    Column("memory_total_bytes", BigInteger),
    sqlite_with_rowid=False,
)

host_gpu_usage = Table(
    "host_gpu_usage",
    metadata,
    Column("host_id", ForeignKey("hosts.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("time", BigInteger, primary_key=True),
    Column("memory_used_mib", Integer),
    Column("busy_tenths", SmallInteger),
    by_time("ix_host_gpu_usage_time"),
    sqlite_with_rowid=False,
)
