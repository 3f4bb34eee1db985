"""The OpenAPI document: complete, and true to itself."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from apiflask import APIFlask
from openapi_spec_validator import OpenAPIV31SpecValidator

from overview.api.document import operations_of
from tests.overview.conftest import Get


@pytest.fixture
def document(get: Get) -> dict[str, Any]:
    found: dict[str, Any] = get("/api/openapi.json").get_json()
    return found


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"]
        for inner in part.values():
            yield from references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from references(inner)


def test_it_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    assert [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()] == []
    assert document["info"]["title"] == "Usermon"


def test_every_route_of_the_api_is_in_it_and_nothing_else(app: APIFlask, document: dict[str, Any]) -> None:
    routes = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule) for rule in app.url_map.iter_rules()}
    api = {rule for rule in routes if rule.startswith("/api/")} - {"/api/docs", "/api/openapi.json"}
    assert set(document["paths"]) == api


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    for reference in references(document):
        place: Any = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def test_every_refusal_is_told_in_the_one_shape(document: dict[str, Any]) -> None:
    for path, _method, operation in operations_of(document):
        refusals = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
        assert {"401", "403", "422", "503"} <= set(refusals), path
        for answer in refusals.values():
            schema = answer["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/ErrorAnswer"}


def test_every_path_parameter_is_declared(document: dict[str, Any]) -> None:
    for path, _method, operation in operations_of(document):
        declared = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
        assert declared == {part[1:-1] for part in path.split("/") if part.startswith("{")}


def test_both_ways_in_are_named(document: dict[str, Any]) -> None:
    schemes = document["components"]["securitySchemes"]
    assert {name for way in document["security"] for name in way} == set(schemes)


def test_the_page_shows_every_route(get: Get, document: dict[str, Any]) -> None:
    page = get("/api/docs").get_data(as_text=True)
    for path, _method, operation in operations_of(document):
        assert f"<code>{path}</code>" in page
        assert operation["summary"].replace("'", "&#39;") in page
