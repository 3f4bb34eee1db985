"""I/O logs"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "io_entries",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("local_time", sa.BigInteger(), nullable=False),
        sa.Column("sessions", sa.BigInteger(), nullable=False),
        sa.Column("operations", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("users", sa.BigInteger(), nullable=False),
        sa.Column("machines", sa.BigInteger(), nullable=False),
        sa.Column("newest_session", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_io_entries")),
        sa.UniqueConstraint("time", "source", name=op.f("uq_io_entries_time")),
    )
    op.create_table(
        "io_imported_files",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("file", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("records", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", "file", name=op.f("pk_io_imported_files")),
    )
    op.create_table(
        "io_machine_sizes",
        sa.Column("machine_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("range_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("machine_id", "range_id", name=op.f("pk_io_machine_sizes")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "io_machine_times",
        sa.Column("machine_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("time", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("local_time", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("machine_id", "time", name=op.f("pk_io_machine_times")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "io_machines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("type", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_io_machines")),
        sa.UniqueConstraint("name", "type", name=op.f("uq_io_machines_name")),
    )
    op.create_table(
        "io_operations",
        sa.Column("session", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("range_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("session", "range_id", name=op.f("pk_io_operations")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "io_pairs",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("machine_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sessions", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "machine_id", name=op.f("pk_io_pairs")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "io_sessions",
        sa.Column("entry_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("machine_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "user_id", "machine_id", name=op.f("pk_io_sessions")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "io_size_ranges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=64), nullable=False),
        sa.Column("low", sa.BigInteger(), nullable=True),
        sa.Column("high", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_io_size_ranges")),
        sa.UniqueConstraint("text", name=op.f("uq_io_size_ranges_text")),
    )
    op.create_table(
        "io_user_sizes",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("range_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "range_id", name=op.f("pk_io_user_sizes")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "io_user_times",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("time", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("local_time", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "time", name=op.f("pk_io_user_times")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "io_users",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=255), nullable=True),
        sa.Column("affiliation", sa.String(length=255), nullable=True),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_io_users_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_io_users")),
    )
