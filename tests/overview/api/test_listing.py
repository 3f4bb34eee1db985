"""Lists by the page, as JSON and CSV, and 304: what every kind's answers share, on a list of our own."""

import csv
import io
from typing import Any

import pytest
from apiflask import APIFlask, Schema
from apiflask.fields import Integer, List, String
from flask import Response
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from overview.api.listing import ListHeaders, answer_list, answer_object
from overview.api.queries import Listed, RangeListed, RangeListQuery
from overview.error_pages import NotKnown, install_errors
from usage_store.engine import Store
from usage_store.paging import Page, Window, cut
from usage_store.revisions import next_revision


class NamedAnswer(Schema):
    name = String(required=True)
    number = Integer(required=True, data_key="id")
    tags = List(String())


NAMES = ["=alice", "bob", "charlie", "dora", "emil"]
ROWS = [{"name": name, "id": number, "tags": ["a", "b"]} for number, name in enumerate(NAMES)]


@pytest.fixture
def reads() -> list[Window]:
    """Each question that reached the store."""
    return []


@pytest.fixture
def client(sqlite_store: Store, reads: list[Window]) -> FlaskClient:
    app = APIFlask("tests")
    install_errors(app)

    def page(_connection: Any, window: Window) -> Page:
        reads.append(window)
        return cut(ROWS, window)

    @app.get("/names")
    @app.input(RangeListQuery, location="query")
    @app.output(NamedAnswer(many=True), headers=ListHeaders)
    def names(query_data: Listed) -> Response:
        return answer_list(sqlite_store, ("names",), query_data, NamedAnswer, "names.csv", page)

    @app.get("/names/<name>")
    @app.output(NamedAnswer)
    def one(name: str) -> Response:
        def read(_connection: Any) -> dict[str, Any]:
            if name not in NAMES:
                raise NotKnown(f"no {name!r} is known", "GET /names lists all.")
            return ROWS[NAMES.index(name)]

        return answer_object(sqlite_store, ("names",), read)

    @app.get("/range")
    @app.input(RangeListQuery, location="query")
    def asked(query_data: RangeListed) -> dict[str, Any]:
        return {"start": query_data["start"], "end": query_data["end"]}

    return app.test_client()


def links(answer: TestResponse) -> dict[str, str]:
    """Addresses in the header Link by their relation."""
    parts = [part.split("; ") for part in answer.headers.get("Link", "").split(", ") if part]
    return {relation.removeprefix('rel="').rstrip('"'): address[1:-1] for address, relation in parts}


def test_a_list_is_bare_and_says_how_many_there_are(client: FlaskClient) -> None:
    answer = client.get("/names")
    assert answer.get_json() == ROWS
    assert answer.headers["X-Total-Count"] == "5"
    assert "Link" not in answer.headers


def test_whoever_follows_the_links_gets_every_row_once_and_back_again(client: FlaskClient) -> None:
    answer = client.get("/names?limit=2&from=0")
    seen: list[Any] = answer.get_json()
    assert links(answer).keys() == {"next"}
    while "next" in links(answer):
        answer = client.get(links(answer)["next"])
        seen += answer.get_json()
    assert seen == ROWS
    assert "from=0" in links(answer)["prev"]
    assert client.get(links(answer)["prev"]).get_json() == ROWS[2:4]


def test_csv_has_the_columns_of_the_schema_and_runs_no_formula(client: FlaskClient) -> None:
    answer = client.get("/names?format=csv&limit=1")
    assert answer.mimetype == "text/csv"
    assert answer.headers["X-Total-Count"] == "5"
    assert "names.csv" in answer.headers["Content-Disposition"]
    assert list(csv.DictReader(io.StringIO(answer.get_data(as_text=True)))) == [
        {"name": "'=alice", "id": "0", "tags": "a b"}
    ]


def test_a_page_beyond_the_end_is_empty_and_has_its_header_in_csv(client: FlaskClient) -> None:
    assert client.get("/names?offset=99").get_json() == []
    assert client.get("/names?offset=99&format=csv").get_data() == b"name,id,tags\n"


def test_what_did_not_change_costs_a_304_and_no_question_to_the_store(
    client: FlaskClient, sqlite_store: Store, reads: list[Window]
) -> None:
    etag = client.get("/names").headers["ETag"]
    again = client.get("/names", headers={"If-None-Match": etag})
    assert (again.status_code, again.get_data(), again.headers["ETag"]) == (304, b"", etag)
    assert len(reads) == 1
    with sqlite_store.writing() as connection:
        next_revision(connection, "other names")
    assert client.get("/names", headers={"If-None-Match": etag}).status_code == 304
    with sqlite_store.writing() as connection:
        next_revision(connection, "names")
    assert client.get("/names", headers={"If-None-Match": etag}).status_code == 200


def test_each_page_and_format_has_a_fingerprint_of_its_own(client: FlaskClient) -> None:
    paths = ("/names", "/names?limit=2", "/names?limit=2&offset=2", "/names?format=csv", "/names/bob")
    assert len({client.get(path).headers["ETag"] for path in paths}) == len(paths)


def test_one_object_comes_as_it_is_and_an_unknown_one_is_refused_in_the_one_shape(
    client: FlaskClient,
) -> None:
    assert client.get("/names/bob").get_json() == ROWS[1]
    refused = client.get("/names/zoe")
    assert refused.status_code == 404
    assert refused.get_json() == {"error": "no 'zoe' is known", "remedy": "GET /names lists all."}


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ("1772452800", 1_772_452_800),
        ("0", 0),
        ("2026-03-02T12:00:00Z", 1_772_452_800),
        ("2026-03-02t12:00z", 1_772_452_800),
        ("2026-03-02 12:00", 1_772_452_800),
        ("2026-03-02T13:00:00%2B01:00", 1_772_452_800),
        ("2026-03-02T13:00:00+01:00", 1_772_452_800),
        ("2026-03-02", 1_772_409_600),
        ("0001-01-01T00:00:00%2B23:59", -62_135_683_140),
    ],
)
def test_times_are_iso_8601_or_epoch_seconds(client: FlaskClient, given: str, seconds: int) -> None:
    assert client.get(f"/range?from={given}").get_json() == {"start": seconds, "end": None}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=yesterday", "from: write ISO 8601"),
        ("to=2026-13-01", "to: write ISO 8601"),
        ("to=99999999999999999999", "to: write ISO 8601"),
        ("to=", "to: write ISO 8601"),
        ("from=2&to=1", "from: from is later than to"),
        ("limit=0", "limit: Must be greater"),
        ("limit=100001", "limit: Must be greater"),
        ("offset=-1", "offset: Must be"),
        ("format=xml", "format: Must be one of"),
    ],
)
def test_a_wrong_query_is_refused_by_name(client: FlaskClient, query: str, said: str) -> None:
    answer = client.get(f"/range?{query}")
    assert answer.status_code == 422
    assert answer.get_json().keys() == {"error", "remedy"}
    assert answer.get_json()["error"].startswith(said)
