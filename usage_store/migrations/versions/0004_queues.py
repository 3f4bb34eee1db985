"""batch queues"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

# In one order on both engines: a locale would leave out the brackets of 7[1].
_JOB_ID = sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "clusters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=True),
        sa.Column("totals", sa.Text(), nullable=True),
        sa.Column("per_user", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clusters")),
        sa.UniqueConstraint("name", name=op.f("uq_clusters_name")),
    )
    op.create_table(
        "cluster_jobs",
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("job_number", sa.BigInteger(), nullable=False),
        sa.Column("job_id", _JOB_ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("processors", sa.BigInteger(), nullable=False),
        sa.Column("priority", sa.Float(), nullable=True),
        sa.Column("queue", sa.String(length=255), nullable=False),
        sa.Column("status", sa.String(length=255), nullable=False),
        sa.Column("n_nodes", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("gpus", sa.BigInteger(), nullable=False),
        sa.Column("nodes", sa.Text(), nullable=False),
        sa.Column("submitted", sa.BigInteger(), nullable=True),
        sa.Column("started", sa.BigInteger(), nullable=True),
        sa.Column("memory_bytes", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["cluster_id"], ["clusters.id"], name=op.f("fk_cluster_jobs_cluster_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_cluster_jobs_user_id")),
        sa.PrimaryKeyConstraint("cluster_id", "job_number", "job_id", name=op.f("pk_cluster_jobs")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_cluster_jobs_user_id", "cluster_jobs", ["cluster_id", "user_id"], unique=False)
    op.create_table(
        "cluster_nodes",
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=255), nullable=False),
        sa.Column("load", sa.Float(), nullable=True),
        sa.Column("n_procs", sa.BigInteger(), nullable=False),
        sa.Column("n_running", sa.BigInteger(), nullable=False),
        sa.Column("job_ids", sa.Text(), nullable=False),
        sa.Column("queues", sa.Text(), nullable=False),
        sa.Column("gpus", sa.BigInteger(), nullable=False),
        sa.Column("gpus_used", sa.BigInteger(), nullable=False),
        sa.Column("memory_bytes", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["cluster_id"], ["clusters.id"], name=op.f("fk_cluster_nodes_cluster_id")),
        sa.PrimaryKeyConstraint("cluster_id", "name", name=op.f("pk_cluster_nodes")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "cluster_history",
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("procs", sa.BigInteger(), nullable=False),
        sa.Column("procs_free", sa.BigInteger(), nullable=False),
        sa.Column("procs_free_not_counting_used_slots", sa.BigInteger(), nullable=False),
        sa.Column("nodes_by_state", sa.Text(), nullable=False),
        sa.Column("jobs_by_state", sa.Text(), nullable=False),
        sa.Column("procs_per_user_running", sa.Text(), nullable=False),
        sa.Column("gpus_per_user_running", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["cluster_id"], ["clusters.id"], name=op.f("fk_cluster_history_cluster_id")),
        sa.PrimaryKeyConstraint("cluster_id", "time", name=op.f("pk_cluster_history")),
    )
    op.create_table(
        "finished_jobs",
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("job_id", _JOB_ID, nullable=False),
        sa.Column("submitted", sa.BigInteger(), nullable=False),
        sa.Column("counted_at", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("queue", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=255), nullable=False),
        sa.Column("started", sa.BigInteger(), nullable=True),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.Column("elapsed_seconds", sa.BigInteger(), nullable=False),
        sa.Column("processors", sa.BigInteger(), nullable=False),
        sa.Column("gpus", sa.BigInteger(), nullable=False),
        sa.Column("nodes", sa.BigInteger(), nullable=False),
        sa.Column("memory_bytes", sa.BigInteger(), nullable=True),
        sa.Column("exit_code", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(["cluster_id"], ["clusters.id"], name=op.f("fk_finished_jobs_cluster_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_finished_jobs_user_id")),
        sa.PrimaryKeyConstraint("cluster_id", "job_id", "submitted", name=op.f("pk_finished_jobs")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_finished_jobs_counted_at", "finished_jobs", ["cluster_id", "counted_at"], unique=False
    )
    op.create_index(
        "ix_finished_jobs_user_id", "finished_jobs", ["cluster_id", "user_id", "counted_at"], unique=False
    )
    op.create_table(
        "finished_sums",
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("jobs", sa.BigInteger(), nullable=False),
        sa.Column("cpu_seconds", sa.BigInteger(), nullable=False),
        sa.Column("gpu_seconds", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["cluster_id"], ["clusters.id"], name=op.f("fk_finished_sums_cluster_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_finished_sums_user_id")),
        sa.PrimaryKeyConstraint("cluster_id", "day", "user_id", name=op.f("pk_finished_sums")),
        sqlite_with_rowid=False,
    )
