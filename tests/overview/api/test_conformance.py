"""Schemathesis asks what the API's own document allows and forbids, and holds the answers against it."""

from typing import Any

import pytest
from apiflask import APIFlask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode, openapi
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks

from tests.overview.api.facility import KNOWN_NAMES, save_facility
from usage_store.api_tokens import ApiToken, save_token
from usage_store.engine import Store
from usermon.secret import Secret

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.positive_data_acceptance,
]
# For each operation, of what is allowed and of what is not: making one costs more than answering it.
EXAMPLES = {GenerationMode.POSITIVE: 14, GenerationMode.NEGATIVE: 8}

Headers = dict[str, str]


@pytest.fixture
def tokens(sqlite_store: Store) -> dict[str, Headers]:
    """A header for each scope."""
    headers = {}
    with sqlite_store.writing() as connection:
        for scope in ("read", "ingest"):
            secret = Secret.random()
            save_token(connection, ApiToken(f"tests-{scope}", scope), secret, 1.0)
            headers[scope] = {"Authorization": f"Bearer {secret.reveal()}", "Accept-Encoding": "identity"}
    return headers


def ask(operation: APIOperation[Any, Any, Any, Any], headers: Headers, mode: GenerationMode) -> None:
    @given(case=operation.as_strategy(generation_mode=mode), known=st.booleans())
    @settings(
        max_examples=EXAMPLES[mode],
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    def one_question(case: Case[Any], known: bool) -> None:
        if known and mode is GenerationMode.POSITIVE:
            # Invented names are never known: those of the facility lead to answers.
            names = {name: KNOWN_NAMES[name] for name in case.path_parameters if name in KNOWN_NAMES}
            case.path_parameters = {**case.path_parameters, **names}
        if mode is GenerationMode.POSITIVE and "from" in (case.query or {}):
            case.query.pop("to", None)  # that one comes after the other, no schema can say
        if mode is GenerationMode.POSITIVE and "now" in (case.query or {}):
            case.query.pop("now")  # not far ahead of the clock, no schema can say
        case.call_and_validate(checks=CHECKS, headers=headers)

    one_question()


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_no_answer_is_one_that_the_document_does_not_tell(
    app: APIFlask, sqlite_store: Store, tokens: dict[str, Headers], mode: GenerationMode
) -> None:
    save_facility(sqlite_store)
    schema = openapi.from_wsgi("/api/openapi.json", app, headers=tokens["read"])
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        scope = "ingest" if operation.path.startswith("/api/ingest/") else "read"
        ask(operation, tokens[scope], mode)
