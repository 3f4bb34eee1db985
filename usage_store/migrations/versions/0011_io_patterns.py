"""sums of days and of sessions of I/O"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    for name, key in (
        ("io_user_days", "user_id"),
        ("io_machine_days", "machine_id"),
        ("io_day_sizes", "range_id"),
    ):
        op.create_table(
            name,
            sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column(key, sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("total", sa.BigInteger(), nullable=False),
            sa.PrimaryKeyConstraint("day", key, name=op.f(f"pk_{name}")),
            sqlite_with_rowid=False,
        )
    for name in ("io_pairs", "io_sessions"):
        op.add_column(name, sa.Column("total", sa.BigInteger(), nullable=False, server_default="0"))
    for days, times, key in (
        ("io_user_days", "io_user_times", "user_id"),
        ("io_machine_days", "io_machine_times", "machine_id"),
    ):
        op.execute(
            f"INSERT INTO {days} (day, {key}, total)"  # noqa: S608 - names of ours
            f" SELECT local_time / 86400, {key}, SUM(total) FROM {times} GROUP BY local_time / 86400, {key}"
        )
    # Twice through all operations, half a minute for ten million. Of what went with age before, the sums of
    # users and machines know; its sizes are in no day.
    op.execute(
        "UPDATE io_sessions SET total = (SELECT COALESCE(SUM(count), 0) FROM io_operations"
        " WHERE io_operations.session = io_sessions.number)"
    )
    op.execute(
        "INSERT INTO io_day_sizes (day, range_id, total)"
        " SELECT local_time / 86400, range_id, SUM(count) FROM io_entries"
        " JOIN io_sessions ON io_sessions.entry_id = io_entries.id"
        " JOIN io_operations ON io_operations.session = io_sessions.number"
        " GROUP BY local_time / 86400, range_id"
    )
    op.execute(
        "INSERT INTO io_pairs (user_id, machine_id, sessions, total)"
        " SELECT user_id, machine_id, 0, SUM(total) FROM io_sessions WHERE true GROUP BY user_id, machine_id"
        " ON CONFLICT (user_id, machine_id) DO UPDATE SET total = excluded.total"
    )
