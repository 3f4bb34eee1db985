"""What the manual promises of every answer: 304 while nothing changed, CSV and pages of lists."""

import csv
import io
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from overview.api.document import operations_of
from tests.overview.api.facility import KNOWN_NAMES, save_facility
from tests.overview.conftest import Get
from usage_store.engine import Store

Document = dict[str, Any]


@pytest.fixture
def document(app: APIFlask, client: FlaskClient, get: Get, sqlite_store: Store) -> Document:
    save_facility(sqlite_store)
    found: Document = get("/api/openapi.json").get_json()
    return found


def asked(document: Document) -> dict[str, Document]:
    """Every GET, by an address that leads somewhere in the facility."""
    return {
        path.format(**KNOWN_NAMES, hours=24): operation
        for path, method, operation in operations_of(document)
        if method == "get" and not path.startswith(("/api/ingest/", "/api/events"))
    }


def parameters(operation: Document) -> set[str]:
    return {parameter["name"] for parameter in operation.get("parameters", [])}


def is_list(operation: Document) -> bool:
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return bool(schema.get("type") == "array")


def test_what_did_not_change_costs_a_304(document: Document, get: Get) -> None:
    for path, operation in asked(document).items():
        for address in (path, f"{path}?format=csv") if "format" in parameters(operation) else (path,):
            answer = get(address)
            assert answer.status_code == 200, address
            again = get(address, headers={"If-None-Match": answer.headers.get("ETag", "")})
            assert (again.status_code, again.get_data()) == (304, b""), address


def test_every_list_comes_by_the_page_and_as_csv(document: Document, get: Get) -> None:
    for path, operation in asked(document).items():
        # A history comes in as many points as are asked for, and has no pages.
        if not is_list(operation) or "points" in parameters(operation):
            continue
        assert {"limit", "offset", "format"} <= parameters(operation), path
        whole = get(path)
        assert whole.headers["X-Total-Count"] == str(len(whole.get_json())), path
        page = get(f"{path}?limit=1")
        assert page.get_json() == whole.get_json()[:1], path
        assert ("Link" in page.headers) == (len(whole.get_json()) > 1), path
        if path == "/api/hubs":  # its table has a row for each node: see test_backups_api
            continue
        rows = list(csv.DictReader(io.StringIO(get(f"{path}?format=csv").get_data(as_text=True))))
        assert len(rows) == len(whole.get_json()), path
        for row, fields in zip(rows, whole.get_json(), strict=True):
            assert set(row) == set(fields), path
