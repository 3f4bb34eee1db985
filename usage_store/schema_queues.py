"""Tables of batch queues: what clusters run now, in full; what they ran, as sums; and the jobs that ended."""

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from usage_store.metadata import metadata

# In one order on both engines: a locale would leave out the brackets of 7[1].
JobId = String(255).with_variant(String(255, collation="C"), "postgresql")

# `time` is that of the newest snapshot, none before the first. What pages ask of every cluster is counted
# when a snapshot is saved: `totals` and `per_user` are JSON, with the fields of the API's answers.
clusters = Table(
    "clusters",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(255), nullable=False, unique=True),
    Column("time", BigInteger),
    Column("totals", Text),
    Column("per_user", Text),
)

# The newest snapshot. Jobs lie in the order in which they are listed.
cluster_jobs = Table(
    "cluster_jobs",
    metadata,
    Column("cluster_id", ForeignKey("clusters.id"), primary_key=True),
    Column("job_number", BigInteger, primary_key=True),
    Column("job_id", JobId, primary_key=True),
    Column("name", Text, nullable=False),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("processors", BigInteger, nullable=False),
    Column("priority", Float),
    Column("queue", String(255), nullable=False),
    Column("status", String(255), nullable=False),
    Column("n_nodes", BigInteger, nullable=False),
    Column("error", Text),
    Column("gpus", BigInteger, nullable=False),
    Column("nodes", Text, nullable=False),  # a JSON list
    Column("submitted", BigInteger),
    Column("started", BigInteger),
    Column("memory_bytes", BigInteger),
    Index("ix_cluster_jobs_user_id", "cluster_id", "user_id"),
    sqlite_with_rowid=False,
)

cluster_nodes = Table(
    "cluster_nodes",
    metadata,
    Column("cluster_id", ForeignKey("clusters.id"), primary_key=True),
    Column("name", String(255), primary_key=True),
    Column("position", Integer, nullable=False),  # as the scheduler lists them
    Column("state", String(255), nullable=False),
    Column("load", Float),
    Column("n_procs", BigInteger, nullable=False),
    Column("n_running", BigInteger, nullable=False),
    Column("job_ids", Text, nullable=False),  # a JSON list
    Column("queues", Text, nullable=False),  # a JSON list
    Column("gpus", BigInteger, nullable=False),
    Column("gpus_used", BigInteger, nullable=False),
    Column("memory_bytes", BigInteger),
    sqlite_with_rowid=False,
)

# One row a snapshot. Sums by user and by state are JSON objects: a row for each user would be a hundred times
# as many, and only ever be read together. Rows are large, so SQLite keeps their keys apart, in an index.
cluster_history = Table(
    "cluster_history",
    metadata,
    Column("cluster_id", ForeignKey("clusters.id"), primary_key=True),
    Column("time", BigInteger, primary_key=True),
    Column("procs", BigInteger, nullable=False),
    Column("procs_free", BigInteger, nullable=False),
    Column("procs_free_not_counting_used_slots", BigInteger, nullable=False),
    Column("nodes_by_state", Text, nullable=False),
    Column("jobs_by_state", Text, nullable=False),
    Column("procs_per_user_running", Text, nullable=False),
    Column("gpus_per_user_running", Text, nullable=False),
)

# Schedulers count anew some day: the same number submitted at another time is another job. `submitted` is 0
# where it is not known; `counted_at` is when the job ended, or the nearest to it that is known.
finished_jobs = Table(
    "finished_jobs",
    metadata,
    Column("cluster_id", ForeignKey("clusters.id"), primary_key=True),
    Column("job_id", JobId, primary_key=True),
    Column("submitted", BigInteger, primary_key=True),
    Column("counted_at", BigInteger, nullable=False),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("queue", String(255), nullable=False),
    Column("state", String(255), nullable=False),
    Column("started", BigInteger),
    Column("ended", BigInteger),
    Column("elapsed_seconds", BigInteger, nullable=False),
    Column("processors", BigInteger, nullable=False),
    Column("gpus", BigInteger, nullable=False),
    Column("nodes", BigInteger, nullable=False),
    Column("memory_bytes", BigInteger),
    Column("exit_code", String(255)),
    Index("ix_finished_jobs_counted_at", "cluster_id", "counted_at"),
    Index("ix_finished_jobs_user_id", "cluster_id", "user_id", "counted_at"),
    sqlite_with_rowid=False,
)

# Sums of the jobs above by day (UTC, epoch seconds of its beginning), so that a year is summed in no time.
finished_sums = Table(
    "finished_sums",
    metadata,
    Column("cluster_id", ForeignKey("clusters.id"), primary_key=True),
    Column("day", BigInteger, primary_key=True),
    Column("user_id", ForeignKey("users.id"), primary_key=True),
    Column("jobs", BigInteger, nullable=False),
    Column("cpu_seconds", BigInteger, nullable=False),
    Column("gpu_seconds", BigInteger, nullable=False),
    Index("ix_finished_sums_user_id", "user_id", "day"),
    sqlite_with_rowid=False,
)
