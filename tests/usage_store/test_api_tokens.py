"""Bearer tokens: found by their secret, kept as digests; on both engines."""

from sqlalchemy import select

from usage_store.api_tokens import ApiToken, find_token, save_token
from usage_store.engine import Store
from usage_store.schema import api_tokens
from usermon.secret import Secret


def test_a_token_is_found_by_its_secret_alone(store: Store) -> None:
    secret = Secret.random()
    with store.writing() as connection:
        save_token(connection, ApiToken("grafana", "read"), secret, created_at=1.0)
    with store.reading() as connection:
        assert find_token(connection, secret) == ApiToken("grafana", "read")
        assert find_token(connection, Secret.random()) is None


def test_a_new_token_of_a_name_ends_the_old_one(store: Store) -> None:
    old, new = Secret.random(), Secret.random()
    with store.writing() as connection:
        save_token(connection, ApiToken("agent", "read"), old, created_at=1.0)
        save_token(connection, ApiToken("agent", "ingest"), new, created_at=2.0)
        assert find_token(connection, old) is None
        assert find_token(connection, new) == ApiToken("agent", "ingest")


def test_the_store_does_not_hold_the_secret(store: Store) -> None:
    secret = Secret("a" * 64)
    with store.writing() as connection:
        save_token(connection, ApiToken("grafana", "read"), secret, created_at=1.0)
        rows = connection.execute(select(api_tokens)).all()
    assert secret.reveal() not in str(rows)
