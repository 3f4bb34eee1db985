"""What all tables share: how their keys are named, and the number that the database gives a row."""

from sqlalchemy import BigInteger, Index, Integer, MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself only in a column that is exactly INTEGER.
BigId = BigInteger().with_variant(Integer, "sqlite")


def by_time(name: str) -> Index:
    """An index of the column `time` of a big table whose rows come in the order of time, for questions about
    everybody within a range: on PostgreSQL a few pages (BRIN), where one of every row would be as large as
    the table. SQLite has none of that kind, and goes through its rows in the order of their key.
    """
    return Index(name, "time", postgresql_using="brin").ddl_if(dialect="postgresql")
