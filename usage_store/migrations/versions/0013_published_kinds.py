"""published files of each kind"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    with op.batch_alter_table("publications") as publications:
        kind = sa.Column("kind", sa.String(length=16), nullable=False, server_default="storage")
        publications.add_column(kind)
        publications.add_column(sa.Column("time", sa.BigInteger(), nullable=False, server_default="0"))
        publications.drop_constraint("pk_publications", type_="primary")
        publications.create_primary_key("pk_publications", ["user_id", "kind"])
    with op.batch_alter_table("publications") as publications:
        publications.alter_column("kind", server_default=None)
        publications.alter_column("time", server_default=None)
    op.create_table(
        "user_revisions",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_revisions_user_id")),
        sa.PrimaryKeyConstraint("kind", "user_id", name=op.f("pk_user_revisions")),
        sqlite_with_rowid=False,
    )
    # Whose data came before: at revision 1, which no publication has noted.
    op.execute(
        "INSERT INTO user_revisions (kind, user_id, revision)"
        " SELECT DISTINCT 'io', user_id, 1 FROM io_user_times"
        " WHERE user_id IN (SELECT id FROM users)"
    )
    op.execute(
        "INSERT INTO user_revisions (kind, user_id, revision)"
        " SELECT 'queues', user_id, 1 FROM cluster_jobs UNION SELECT 'queues', user_id, 1 FROM finished_sums"
    )
    op.create_index("ix_finished_sums_user_id", "finished_sums", ["user_id", "day"])
