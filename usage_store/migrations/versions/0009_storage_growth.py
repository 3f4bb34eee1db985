"""growth of storage"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_OF_THIS_SERIES = (
    "s.user_id = storage_latest.user_id AND s.volume_id = storage_latest.volume_id"
    " AND s.time <= storage_latest.time - 2592000 AND s.time >= storage_latest.time - 3110400"
)


def upgrade() -> None:
    for name in ("month_ago_bytes", "month_ago_files", "first_time"):
        op.add_column("storage_latest", sa.Column(name, sa.BigInteger(), nullable=True))
    op.create_table(
        "storage_days",
        sa.Column("volume_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.BigInteger(), nullable=False),
        sa.Column("used_bytes", sa.BigInteger(), nullable=False),
        sa.Column("files", sa.BigInteger(), nullable=False),
        sa.Column("first_bytes", sa.BigInteger(), nullable=False),
        sa.Column("first_files", sa.BigInteger(), nullable=False),
        sa.Column("series", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["volume_id"], ["volumes.id"], name=op.f("fk_storage_days_volume_id")),
        sa.PrimaryKeyConstraint("volume_id", "day", name=op.f("pk_storage_days")),
        sqlite_with_rowid=False,
    )
    # The samples lie in the order of their series and time: one walk, some minutes for forty million of them.
    op.execute(
        "INSERT INTO storage_days (volume_id, day, used_bytes, files, first_bytes, first_files, series)"
        " SELECT volume_id, day, CAST(SUM(bytes_more) AS BIGINT), CAST(SUM(files_more) AS BIGINT),"
        " CAST(SUM(on_first * bytes_more) AS BIGINT), CAST(SUM(on_first * files_more) AS BIGINT),"
        " SUM(is_first)"
        " FROM (SELECT volume_id, time / 86400 * 86400 AS day,"
        " CASE WHEN time / 86400 = MIN(time) OVER series / 86400 THEN 1 ELSE 0 END AS on_first,"
        " used_bytes - LAG(used_bytes, 1, CAST(0 AS BIGINT)) OVER series AS bytes_more,"
        " files - LAG(files, 1, CAST(0 AS BIGINT)) OVER series AS files_more,"
        " CASE WHEN ROW_NUMBER() OVER series = 1 THEN 1 ELSE 0 END AS is_first"
        " FROM storage_samples WINDOW series AS (PARTITION BY user_id, volume_id ORDER BY time)) AS steps"
        " GROUP BY volume_id, day"
    )
    op.execute(
        "UPDATE storage_latest SET first_time = (SELECT MIN(s.time) FROM storage_samples s"
        " WHERE s.user_id = storage_latest.user_id AND s.volume_id = storage_latest.volume_id)"
    )
    for name in ("used_bytes", "files"):
        column = f"month_ago_{name.removeprefix('used_')}"
        then = f"SELECT s.{name} FROM storage_samples s WHERE {_OF_THIS_SERIES} ORDER BY s.time DESC LIMIT 1"  # noqa: S608
        op.execute(f"UPDATE storage_latest SET {column} = ({then})")  # noqa: S608 - all of it stands here
