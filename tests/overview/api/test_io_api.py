"""/api/stats, /api/users, /api/machines and /api/usage/..., as programs ask them."""

import csv
import io
from pathlib import Path

import pytest

from collectors.parsers.io_log import parse
from tests.io_samples import HOUR, NOW, ONE, client, session
from tests.overview.conftest import Get
from tests.shared_data import expected_of
from usage_store.engine import Store
from usage_store.io_saving import save_io


@pytest.fixture
def small(sqlite_store: Store) -> Store:
    """Alice and bob on a machine, bob on another one of that name and another type, in three hours."""
    with sqlite_store.writing() as connection:
        sessions = [session(ONE + hour * HOUR) for hour in range(3)]
        bob = [session(ONE, who=client("bob", machine_type=kind)) for kind in ("vela", "dept")]
        save_io(connection, "io", [*sessions, *bob])
    return sqlite_store


def test_the_shared_log_gives_the_expected_facts(get: Get, sqlite_store: Store, shared_io: Path) -> None:
    expected = expected_of(shared_io)
    with sqlite_store.writing() as connection:
        save_io(connection, "io", parse((shared_io / "io-public.log").read_text(), now=NOW).records)

    assert get("/api/stats").get_json() == expected["get_database_stats"]
    assert get("/api/users").get_json() == expected["get_all_users"]
    machines = get("/api/machines")
    assert machines.get_json() == expected["get_all_machines"]
    assert machines.headers["X-Total-Count"] == str(len(expected["get_all_machines"]))
    for user, usage in expected["get_user_usage"].items():
        assert get(f"/api/usage/user/{user}").get_json() == usage
    for machine, usage in expected["get_machine_usage"].items():
        assert get(f"/api/usage/machine/{machine}").get_json() == usage
    assert get("/api/usage/time").get_json() == expected["get_time_usage"]
    assert get("/api/usage/size").get_json() == expected["get_size_distribution"]


def test_lists_come_by_the_page_and_as_csv(get: Get, small: Store) -> None:
    page = get("/api/users?limit=1")
    assert [row["username"] for row in page.get_json()] == ["alice"]
    assert page.headers["X-Total-Count"] == "2"
    assert 'rel="next"' in page.headers["Link"]
    rows = list(csv.DictReader(io.StringIO(get("/api/users?format=csv").get_data(as_text=True))))
    assert [(row["username"], row["session_count"]) for row in rows] == [("alice", "3"), ("bob", "2")]


@pytest.mark.parametrize(
    "path",
    [
        "stats",
        "users",
        "machines",
        "usage/user/alice",
        "usage/machine/gpu08?type=vela",
        "usage/time",
        "usage/size",
    ],
)
def test_who_holds_an_answer_is_told_so_until_something_is_saved(get: Get, small: Store, path: str) -> None:
    held = {"If-None-Match": get(f"/api/{path}").headers["ETag"]}
    assert get(f"/api/{path}", headers=held).status_code == 304
    with small.writing() as connection:
        save_io(connection, "io", [session(ONE + 9 * HOUR)])
    assert get(f"/api/{path}", headers=held).status_code == 200


def test_every_answer_can_be_of_a_range_of_time(get: Get, small: Store) -> None:
    day = f"from={ONE + HOUR}&to={ONE + 2 * HOUR}"
    assert get(f"/api/stats?{day}").get_json()["log_count"] == 1
    assert get("/api/stats?from=2025-03-05T01:00:11Z&to=2025-03-05T02:00:11Z").get_json()["log_count"] == 1
    assert [row["username"] for row in get(f"/api/users?{day}").get_json()] == ["alice"]
    assert [row["machine_type"] for row in get(f"/api/machines?{day}").get_json()] == ["vela"]
    assert len(get(f"/api/usage/user/alice?{day}").get_json()["time_series"]) == 1
    assert get(f"/api/usage/user/bob?{day}").get_json()["io_distribution"] == []
    assert len(get(f"/api/usage/machine/gpu08?type=vela&{day}").get_json()["users"]) == 1
    assert len(get(f"/api/usage/time?{day}").get_json()["hourly_pattern"]) == 1
    assert get(f"/api/usage/size?{day}").get_json()["overall"][0]["total_operations"] == 2


def test_of_a_series_the_newest_are_given(get: Get, small: Store) -> None:
    series = get("/api/usage/time?limit=2").get_json()["time_series"]
    assert [row["timestamp"] for row in series] == ["2025-03-05 02:00:11", "2025-03-05 03:00:11"]


def test_a_machine_whose_name_two_have_is_told_apart_by_its_type(get: Get, small: Store) -> None:
    refused = get("/api/usage/machine/gpu08")
    assert refused.status_code == 422
    assert refused.get_json()["remedy"] == "Say which one: ?type=dept"
    assert [row["username"] for row in get("/api/usage/machine/gpu08?type=dept").get_json()["users"]] == [
        "bob"
    ]


@pytest.mark.parametrize(
    "path", ["user/charlie", "user/%00", "machine/gpu99", "machine/gpu08?type=desk", "machine/%00?type=%00"]
)
def test_who_is_not_in_the_logs_is_not_found(get: Get, small: Store, path: str) -> None:
    answer = get(f"/api/usage/{path}")
    assert answer.status_code == 404
    assert "GET /api/" in answer.get_json()["remedy"]


def test_a_name_with_slashes_is_asked_for_as_it_is_listed(get: Get, sqlite_store: Store) -> None:
    with sqlite_store.writing() as connection:
        save_io(connection, "io", [session(who=client(machine="rack1/gpu08"))])
    [machine] = get("/api/machines").get_json()
    for name in (machine["machine_name"], machine["machine_name"].replace("/", "%2F")):
        assert get(f"/api/usage/machine/{name}").status_code == 200


def test_what_is_no_table_is_not_given_for_one(get: Get, small: Store) -> None:
    refused = get("/api/usage/time?format=csv")
    assert refused.status_code == 422
    assert refused.get_json()["error"] == "format: this answer is no table"
    assert get("/api/usage/time?format=json").status_code == 200


def test_an_empty_store_answers_with_nothing(get: Get, sqlite_store: Store) -> None:
    assert get("/api/stats").get_json()["log_count"] == 0
    assert get("/api/users").get_json() == []
    assert get("/api/usage/time").get_json() == {"time_series": [], "hourly_pattern": [], "daily_pattern": []}
    assert get("/api/usage/size").get_json() == {"overall": [], "by_role": {}, "by_machine_type": {}}
