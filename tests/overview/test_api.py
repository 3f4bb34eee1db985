"""The REST API: answers have the shapes that the OpenAPI document promises, and refusals one shape."""

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask, Schema
from flask.testing import FlaskClient

from overview.api import schemas
from tests.factories import dashboard_state, ledger_entry, run, usage, usages
from tests.overview.conftest import Get
from tests.overview.site import ADMIN
from tests.shared_data import expected_storage
from usage_store.collection_runs import note_run, replace_rejected
from usage_store.dashboards import save_ledger, save_states
from usage_store.engine import Store
from usage_store.storage_saving import save_storage
from usermon.records import Rejected
from usermon.units import GIB

SHAPES: list[tuple[str, type[Schema], bool]] = [
    ("/api/storage", schemas.StorageAnswer, False),
    ("/api/storage/alice", schemas.StorageUserAnswer, False),
    ("/api/bubbles/local", schemas.BubbleAnswer, True),
    ("/api/dashboards", schemas.DashboardsAnswer, False),
    ("/api/collection", schemas.CollectionAnswer, False),
]


@pytest.fixture
def facility(sqlite_store: Store) -> Store:
    """Alice on two volumes, bob on one; charlie is listed and has nothing."""
    with sqlite_store.writing() as connection:
        save_storage(connection, usages("alice", "local", count=10))
        save_storage(
            connection, [usage("alice", "cryo", gb=7, files=70), usage("bob", "local", gb=0, files=0)]
        )
        save_ledger(connection, [ledger_entry("alice", 8100), ledger_entry("charlie", 8101)])
        save_states(
            connection, [dashboard_state("alice"), dashboard_state("charlie", "failed", error="=cmd()")]
        )
        note_run(connection, run("local", rejected=1))
        replace_rejected(connection, "local", "alice.csv", [Rejected(3, "=1+1", "not a date")], 1.0)
    return sqlite_store


@pytest.mark.usefixtures("facility")
@pytest.mark.parametrize(("path", "schema", "many"), SHAPES)
def test_an_answer_has_the_shape_that_the_document_promises(
    get: Get, path: str, schema: type[Schema], many: bool
) -> None:
    answer = get(path)
    assert answer.status_code == 200
    assert schema(many=many).validate(answer.get_json(), many=many) == {}


@pytest.mark.parametrize(
    ("path", "schema", "many"), [shape for shape in SHAPES if "alice" not in shape[0]][:1]
)
def test_an_empty_store_answers_in_the_same_shape(
    get: Get, path: str, schema: type[Schema], many: bool
) -> None:
    assert schema(many=many).validate(get(path).get_json(), many=many) == {}


@pytest.mark.usefixtures("facility")
def test_storage_tells_each_users_numbers_by_volume(get: Get) -> None:
    answer = get("/api/storage").get_json()
    users = {user["user"]: user for user in answer["users"]}
    assert (users["alice"]["local_gb"], users["alice"]["cryo_files"]) == (109, 70)
    assert (users["bob"]["local_gb"], users["bob"]["cryo_gb"]) == (0, None)
    assert (users["charlie"]["listed"], users["charlie"]["local_gb"]) == (True, None)
    assert not users["bob"]["listed"]
    assert answer["totals"] == {"local_gb": 109, "local_files": 1090, "cryo_gb": 7, "cryo_files": 70}


def test_storage_tells_limits_and_graces_and_a_change_of_them_alone(sqlite_store: Store, get: Get) -> None:
    limited = replace(
        usage("bob", gb=30, soft_limit_bytes=50 * 1024**2, hard_limit_bytes=40 * GIB),
        hard_limit_files=500,
        bytes_grace="6 days",
    )
    with sqlite_store.writing() as connection:
        save_storage(connection, [usage("alice"), limited])
    alice, bob = get("/api/storage").get_json()["users"]
    assert (bob["local_soft_limit_gb"], bob["local_hard_limit_gb"]) == (0.048828125, 40)
    assert (bob["local_soft_limit_files"], bob["local_hard_limit_files"]) == (None, 500)
    assert (bob["local_gb_grace"], bob["local_files_grace"]) == ("6 days", None)
    assert {alice[name] for name in alice if "limit" in name or "grace" in name} == {None}
    with sqlite_store.writing() as connection:
        save_storage(connection, [replace(limited, bytes_grace="expired")])
    assert get("/api/storage").get_json()["users"][1]["local_gb_grace"] == "expired"
    one = get("/api/storage/bob").get_json()
    assert (one["local_hard_limit_gb"], one["local_gb_grace"]) == (40, "expired")
    history = one["history"]["local"]
    assert (history["soft_limit_gb"], history["hard_limit_files"]) == (0.048828125, 500)
    assert (history["gb_grace"], history["files_grace"]) == ("expired", None)


@pytest.mark.usefixtures("facility")
def test_one_user_comes_with_their_history(get: Get) -> None:
    history = get("/api/storage/alice").get_json()["history"]
    assert history["local"]["gb"] == list(range(100, 110))
    assert history["cryo"]["time"] == ["2026-03-02T12:00:00Z"]


@pytest.mark.usefixtures("facility")
@pytest.mark.parametrize(
    "path", ["/api/storage", "/api/storage/alice", "/api/bubbles/local", "/api/dashboards", "/api/collection"]
)
def test_csv_is_a_download_with_one_header_and_rows(get: Get, path: str) -> None:
    answer = get(f"{path}?format=csv")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=usermon-")
    header, *rows = csv.reader(io.StringIO(answer.get_data(as_text=True)))
    assert rows
    assert all(len(row) == len(header) for row in rows)


@pytest.mark.usefixtures("facility")
def test_csv_holds_the_same_numbers_as_json(get: Get) -> None:
    rows = list(csv.DictReader(io.StringIO(get("/api/storage?format=csv").get_data(as_text=True))))
    assert rows[0]["user"] == "alice"
    assert (rows[0]["local_gb"], rows[0]["cryo_gb"], rows[1]["cryo_gb"]) == ("109", "7", "")


@pytest.mark.usefixtures("facility")
@pytest.mark.parametrize("path", ["/api/dashboards", "/api/collection"])
def test_csv_runs_no_formula_in_a_spreadsheet(get: Get, path: str) -> None:
    cells = [
        cell
        for row in csv.reader(io.StringIO(get(f"{path}?format=csv").get_data(as_text=True)))
        for cell in row
    ]
    assert not [cell for cell in cells if cell.startswith("=")]
    assert [cell for cell in cells if cell.startswith("'=")]


@pytest.mark.usefixtures("facility")
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/storage/nobody", 404),
        ("/api/bubbles/nowhere", 404),
        ("/api/nothing", 404),
        ("/api/storage?format=xml", 422),
        ("/storage/bubbles/local.json?scale=cubic", 400),
    ],
)
def test_every_refusal_has_one_shape(get: Get, path: str, status: int) -> None:
    answer = get(path)
    assert answer.status_code == status
    assert set(answer.get_json()) == {"error", "remedy"}
    assert answer.get_json()["error"]


@pytest.mark.usefixtures("facility")
def test_an_unknown_user_or_volume_is_named_and_what_is_known_too(get: Get) -> None:
    assert get("/api/storage/nobody").get_json()["error"] == "no user 'nobody' is known"
    volume = get("/api/bubbles/nosuch").get_json()
    assert volume == {"error": "no volume 'nosuch' is known", "remedy": "Known volumes: local, cryo."}


def test_before_the_first_measurement_no_volume_is_known(get: Get) -> None:
    assert "nothing was measured" in get("/api/bubbles/local").get_json()["remedy"]


def test_a_wrong_method_says_which_are_right(client: FlaskClient) -> None:
    answer = client.post("/api/storage", auth=ADMIN)
    assert (answer.status_code, set(answer.get_json())) == (405, {"error", "remedy"})
    assert "GET" in answer.headers["Allow"]


def test_an_unexpected_failure_has_the_same_shape_and_tells_nothing_of_the_inside(
    app: APIFlask, sqlite_store: Store
) -> None:
    @app.get("/api/broken")
    def broken() -> None:
        raise RuntimeError("the password is swordfish")

    answer = app.test_client().get("/api/broken", auth=ADMIN)
    assert (answer.status_code, set(answer.get_json())) == (500, {"error", "remedy"})
    assert "swordfish" not in answer.get_data(as_text=True)


@pytest.mark.usefixtures("facility")
@pytest.mark.parametrize(
    "path", ["/api/storage", "/api/bubbles/local", "/api/dashboards", "/storage/table.json"]
)
def test_who_holds_the_newest_answer_is_told_so(get: Get, path: str) -> None:
    first = get(path)
    again = get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_an_answer_is_packed_for_those_who_can_unpack(get: Get, sqlite_store: Store) -> None:
    with sqlite_store.writing() as connection:
        save_storage(connection, [usage(f"user{n}") for n in range(50)])
    packed = get("/api/storage", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in get("/api/storage").headers


def test_what_changed_in_the_store_shows_with_the_next_request(get: Get, sqlite_store: Store) -> None:
    assert get("/api/storage").get_json()["users"] == []
    with sqlite_store.writing() as connection:
        save_storage(connection, [usage("alice", gb=1)])
    assert [user["user"] for user in get("/api/storage").get_json()["users"]] == ["alice"]
    with sqlite_store.writing() as connection:
        save_states(connection, [dashboard_state("alice", "failed")])
    assert get("/api/storage").get_json()["users"][0]["state"] == "failed"


def test_bubbles_and_totals_are_those_of_the_shared_data(
    get: Get, sqlite_store: Store, shared_storage: Path
) -> None:
    with sqlite_store.writing() as connection:
        save_storage(connection, final_values(shared_storage))
    expected = expected_storage()
    for volume in ("local", "cryo"):
        answer = get(f"/api/bubbles/{volume}").get_json()
        wanted = [
            {("user" if k == "name" else k): v for k, v in b.items()} for b in expected[f"bubbles_{volume}"]
        ]
        assert by_user(answer) == by_user(wanted)
    storage = get("/api/storage").get_json()
    assert storage["totals"] == expected["totals"]
    for user in storage["users"]:
        assert {name: user[name] for name in expected["final"][user["user"]]} == expected["final"][
            user["user"]
        ]


def by_user(bubbles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(bubbles, key=lambda bubble: str(bubble["user"]))


def final_values(shared_storage: Path) -> list[Any]:
    """The last line of each history; how whole files are read is tested with the parser."""
    found = []
    for volume in ("local", "cryo"):
        for file in sorted((shared_storage / volume).glob("*.csv")):
            _, gb, files = file.read_text().splitlines()[-1].split(",")
            found.append(usage(file.stem, volume, gb=float(gb), files=int(files)))
    return found
