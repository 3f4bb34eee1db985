"""Bearer tokens of programs: the store holds their digests alone."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import Connection, select

from usage_store.engine import upsert
from usage_store.schema import api_tokens
from usage_store.schema_delivery import token_sources
from usermon.secret import Secret


@dataclass(frozen=True, slots=True)
class ApiToken:
    """`sources` are those that a token of scope ingest may deliver: no other ones, and none without."""

    name: str
    scope: str  # "read" or "ingest"
    sources: frozenset[str] = frozenset()


def save_token(connection: Connection, token: ApiToken, secret: Secret, created_at: float) -> None:
    """Enter `token`; a token of the same name is replaced, and what it might deliver."""
    row = {"name": token.name, "scope": token.scope, "digest": _digest(secret), "created_at": created_at}
    statement = upsert(connection, api_tokens).values(row)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=row))
    connection.execute(token_sources.delete().where(token_sources.c.token == token.name))
    if token.sources:
        rows = [{"token": token.name, "source": source} for source in sorted(token.sources)]
        connection.execute(token_sources.insert(), rows)


def find_token(connection: Connection, secret: Secret) -> ApiToken | None:
    query = select(api_tokens.c.name, api_tokens.c.scope).where(api_tokens.c.digest == _digest(secret))
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    sources = select(token_sources.c.source).where(token_sources.c.token == row.name)
    return ApiToken(row.name, row.scope, frozenset(connection.execute(sources).scalars()))


def _digest(secret: Secret) -> str:
    # The token is 256 random bits, so a plain fast hash is enough.
    return hashlib.sha256(secret.reveal().encode()).hexdigest()
