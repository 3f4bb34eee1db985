"""The I/O pages before any script runs, and the feeds that fill them: the numbers are those of the log."""

import csv
import io
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from collectors.parsers.io_log import parse
from tests.host_samples import host_usage
from tests.io_samples import HOUR, NOW, ONE, SMALL, client, session
from tests.overview.conftest import Get
from tests.overview.test_pages import modules_of, page
from tests.shared_data import expected_of
from usage_store.engine import Store
from usage_store.host_saving import save_hosts
from usage_store.io_saving import save_io
from usermon.io_sizes import SizeRange

HOSTILE = "<b>x/y"


@pytest.fixture
def small(sqlite_store: Store) -> Store:
    """Alice reads 9 and bob 1 on two machines of one name in the last hour; a year before, alice read 90."""
    with sqlite_store.writing() as connection:
        bob = client("bob", machine_type="dept", role=None, affiliation=None)
        newest = ONE + 365 * 24 * HOUR
        save_io(connection, "io", [session(ONE, {SMALL: 90}), session(newest, {SMALL: 9})])
        save_io(connection, "io", [session(newest, {SMALL: 1}, bob)])
    return sqlite_store


def feed(get: Get, path: str) -> Any:
    answer = get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def rows_of(get: Get, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(get(path).get_data(as_text=True))))


def test_the_page_tells_what_the_shared_log_holds(get: Get, sqlite_store: Store, shared_io: Path) -> None:
    expected = expected_of(shared_io)
    with sqlite_store.writing() as connection:
        save_io(connection, "io", parse((shared_io / "io-public.log").read_text(), now=NOW).records)
    stats = expected["get_database_stats"]

    found = feed(get, "/io/figures.json?range=all&by=role")
    assert found["operations"] == stats["total_operations"]
    assert (found["users"]["count"], found["machines"]["count"]) == (
        stats["user_count"],
        stats["machine_count"],
    )
    series = expected["get_time_usage"]["time_series"]
    assert [value for value in found["total"] if value is not None] == [
        row["total_operations"] for row in series
    ]
    hours, days = found["week"]["totals"], range(7)
    assert {f"{hour:02}": sum(hours[day * 24 + hour] for day in days) for hour in range(24)} == {
        row["hour"]: row["total_operations"] for row in expected["get_time_usage"]["hourly_pattern"]
    }
    of_days = {str((day + 1) % 7): sum(hours[day * 24 : day * 24 + 24]) for day in days}
    assert {day: total for day, total in of_days.items() if total} == {
        row["day_of_week"]: row["total_operations"] for row in expected["get_time_usage"]["daily_pattern"]
    }
    sizes = expected["get_size_distribution"]
    named = [
        str(SizeRange(*ends)) for ends in zip(found["sizes"]["low"], found["sizes"]["high"], strict=True)
    ]
    assert dict(zip(named, found["sizes"]["total"], strict=True)) == {
        row["display_text"]: row["total_operations"] for row in sizes["overall"]
    }
    assert {group["name"]: group["total"] for group in found["groups"]["shown"]} == {
        role: sum(row["total_operations"] for row in of_role) for role, of_role in sizes["by_role"].items()
    }
    for user, usage in expected["get_user_usage"].items():
        one = feed(get, f"/io/users/{user}.json?range=all")
        assert one["operations"] == sum(row["total_operations"] for row in usage["io_distribution"])
        assert {row["name"]: row["sessions"] for row in one["partners"]["rows"]} == {
            row["machine_name"]: row["session_count"] for row in usage["machines"]
        }
    assert f"{stats['total_operations']:,}" in page(get, "/io?range=all")


def test_facts_stand_on_the_page_before_any_script(get: Get, small: Store) -> None:
    facts = dict(re.findall(r'data-fact="(\w+)">([\d,]+)<', page(get, "/io")))
    assert facts == {"operations": "10", "users": "2", "machines": "2"}
    assert 'data-fact="operations">100<' in page(get, "/io?range=all")
    assert 'data-range="all" aria-pressed="true"' in page(get, "/io?range=all&by=role")
    assert 'data-by="role" aria-pressed="true"' in page(get, "/io?range=all&by=role")
    of_alice = page(get, "/io/users/alice")
    assert 'data-fact="share">90.0 %' in of_alice
    assert 'href="/users/alice"' in of_alice
    assert 'data-fact="rank">2<' in page(get, "/io/machines/dept/gpu08")


def test_a_fresh_installation_is_told_how_logs_come_in(get: Get) -> None:
    text = page(get, "/io")
    assert "No I/O log was read yet" in text
    assert "io_log" in text
    assert feed(get, "/io/figures.json") is None
    assert get("/io/users.csv").status_code == 404


def test_whoever_no_log_names_is_answered_with_a_way_on(get: Get, small: Store) -> None:
    for path in ("/io/users/charlie", "/io/machines/vela/desk-7", "/io/machines/gpu08"):
        answer = get(path)
        assert answer.status_code == 404
        assert "/io" in answer.get_json()["remedy"]
    # The page of a user asks without knowing, and a browser would note each 404.
    assert feed(get, "/io/users/charlie.json") is None
    assert get("/io/machines.json?type=vela&machine=desk-7").status_code == 404


def test_what_is_no_range_or_grouping_is_refused_by_feeds_and_left_out_by_pages(
    get: Get, small: Store
) -> None:
    for asked in ("range=1y", "by=colour"):
        assert get(f"/io/figures.json?{asked}").status_code == 400
    assert 'data-range="7d" aria-pressed="true"' in page(get, "/io?range=1y&by=colour")


def test_names_with_slashes_and_html_are_found_and_stay_text(get: Get, sqlite_store: Store) -> None:
    with sqlite_store.writing() as connection:
        save_io(connection, "io", [session(who=client(machine=HOSTILE, machine_type="rack/1"))])
    address = f"/io/machines/{quote('rack/1', safe='')}/{quote(HOSTILE, safe='')}"
    text = page(get, address)
    assert HOSTILE not in text
    [place] = re.findall(r'data-feed="([^"]+)"', text)
    assert feed(get, place.replace("&amp;", "&"))["about"] == {"name": HOSTILE, "type": "rack/1"}
    [row] = rows_of(get, "/io/machines.csv?range=all")
    assert (row["machine"], row["machine_type"], row["operations"]) == (HOSTILE, "rack/1", "2")


def test_a_machine_that_is_a_host_leads_there(get: Get, small: Store) -> None:
    assert "/hosts/gpu08" not in page(get, "/io/machines/vela/gpu08")
    with small.writing() as connection:
        save_hosts(connection, "hosts", [host_usage("gpu08")])
    assert "/hosts/gpu08" in page(get, "/io/machines/vela/gpu08")


def test_tables_come_whole_as_csv(get: Get, small: Store) -> None:
    rows = rows_of(get, "/io/users.csv?range=all")
    assert [(row["user"], row["role"], row["operations"], row["share"]) for row in rows] == [
        ("alice", "guest", "99", "0.99"),
        ("bob", "", "1", "0.01"),
    ]
    assert rows_of(get, "/io/users.csv?range=24h&type=dept&machine=gpu08")[0]["user"] == "bob"
    sizes = rows_of(get, "/io/sizes.csv?range=24h&user=alice")
    assert sizes == [{"from_bytes": "4096", "below_bytes": "8192", "operations": "9"}]
    weeks = rows_of(get, "/io/operations.csv?range=all&by=user")
    assert list(weeks[0]) == ["week_from", "all", "alice", "bob"]
    assert (weeks[0]["week_from"], weeks[0]["all"]) == ("2025-03-03", "90")
    assert (weeks[1]["all"], weeks[-1]["all"]) == ("", "10")
    assert rows_of(get, "/io/operations.csv?range=all&user=bob")[-1]["operations"] == "1"
    assert get("/io/sizes.csv?user=charlie").status_code == 404


def test_a_feed_is_made_once_until_something_is_saved(get: Get, small: Store) -> None:
    held = {"If-None-Match": get("/io/figures.json").headers["ETag"]}
    assert get("/io/figures.json", headers=held).status_code == 304
    with small.writing() as connection:
        save_io(connection, "io", [session(ONE + 366 * 24 * HOUR)])
    assert get("/io/figures.json", headers=held).status_code == 200


@pytest.mark.parametrize(("path", "script"), [("/io", "io.js"), ("/io/users/alice", "io_one.js")])
def test_all_modules_are_asked_for_at_once(get: Get, small: Store, path: str, script: str) -> None:
    asked = re.findall(r'<link rel="modulepreload" href="[^"]+/([^/"]+)">', page(get, path))
    assert set(asked) == modules_of(script) - {script}


def test_thousands_of_users_come_as_the_heaviest_hundred(get: Get, sqlite_store: Store) -> None:
    with sqlite_store.writing() as connection:
        save_io(connection, "io", [session(rows={SMALL: n}, who=client(f"user{n}")) for n in range(150)])
    users = feed(get, "/io/figures.json")["users"]
    assert (users["count"], len(users["rows"])) == (150, 100)
    assert users["rows"][0] == {"name": "user149", "role": "guest", "affiliation": "vela", "total": 149}
    assert len(rows_of(get, "/io/users.csv")) == 150
