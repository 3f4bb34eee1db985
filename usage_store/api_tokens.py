"""Bearer tokens of programs: the store holds their digests alone."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import Connection, select

from usage_store.engine import upsert
from usage_store.schema import api_tokens
from usermon.secret import Secret


@dataclass(frozen=True, slots=True)
class ApiToken:
    name: str
    scope: str  # "read" or "ingest"


def save_token(connection: Connection, token: ApiToken, secret: Secret, created_at: float) -> None:
    """Enter `token`; a token of the same name is replaced."""
    row = {"name": token.name, "scope": token.scope, "digest": _digest(secret), "created_at": created_at}
    statement = upsert(connection, api_tokens).values(row)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=row))


def find_token(connection: Connection, secret: Secret) -> ApiToken | None:
    query = select(api_tokens.c.name, api_tokens.c.scope).where(api_tokens.c.digest == _digest(secret))
    row = connection.execute(query).one_or_none()
    return ApiToken(*row) if row else None


def _digest(secret: Secret) -> str:
    # The token is 256 random bits, so a plain fast hash is enough.
    return hashlib.sha256(secret.reveal().encode()).hexdigest()
