"""The page of one user before any script runs, and what its scripts ask for."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from overview import create_app
from tests.factories import dashboard_state, ledger_entry, site, usage
from tests.overview.conftest import Get
from tests.overview.site import ADMIN, make_state
from usage_store.dashboards import save_ledger, save_states
from usage_store.engine import Store
from usage_store.storage_saving import save_storage
from usermon.units import GIB

HTML = {"Accept": "text/html"}


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def fill(store: Store) -> None:
    """Bob grows by 10 GiB a day to 1 130 GiB, over his soft limit of 1 000 GiB."""
    with store.writing() as connection:
        save_storage(
            connection,
            [
                usage(
                    "bob",
                    "local",
                    now() - timedelta(days=day),
                    1_130 - 10 * day,
                    500,
                    1_000 * GIB,
                    1_200 * GIB,
                )
                for day in range(40)
            ],
        )
        save_storage(connection, [usage("bob", "cryo", now() - timedelta(days=9), gb=7, files=3)])
        save_ledger(connection, [ledger_entry("bob", 8101), ledger_entry("alice", 8102)])
        save_states(connection, [dashboard_state("bob")])


def test_it_says_what_the_users_own_dashboard_says(get: Get, sqlite_store: Store) -> None:
    fill(sqlite_store)
    text = get("/users/bob", headers=HTML).get_data(as_text=True)
    assert '<span class="big" data-now="gb">1,130</span>' in text
    assert "Over the soft limit of 1,000 GiB by 130 GiB. 94 % of the hard limit of 1,200 GiB." in text
    assert "Full in about 7 days at the present growth." in text
    for period, gb in (("day", "+10"), ("week", "+70"), ("month", "+300")):
        assert f'a {period}</th>\n          <td class="right numbers">{gb}</td>' in text
    assert "no sample then" in text
    assert text.count("Newer samples should have come.") == 1  # of cryo
    assert "What is wrong" in text


def test_an_admin_is_logged_in_to_the_dashboard_from_here(get: Get, sqlite_store: Store) -> None:
    fill(sqlite_store)
    text = get("/users/bob", headers=HTML).get_data(as_text=True)
    assert 'href="/dashboards/bob/open"' in text
    assert "8101" in text
    assert "/open" not in get("/users/alice", headers=HTML).get_data(as_text=True)


def test_whoever_is_listed_and_not_measured_has_a_page(get: Get, sqlite_store: Store) -> None:
    fill(sqlite_store)
    text = get("/users/alice", headers=HTML).get_data(as_text=True)
    assert "No storage of alice was measured yet" in text
    assert get("/users/alice/storage.json").json == []


def test_nobody_of_that_name_is_said_with_a_remedy(get: Get, sqlite_store: Store) -> None:
    fill(sqlite_store)
    answer = get("/users/<b>zoe", headers=HTML)
    assert answer.status_code == 404
    assert "No user &lt;b&gt;zoe is known here" in answer.get_data(as_text=True)
    for path in ("/users/zoe", "/users/zoe/storage.json", "/users/zoe/parts.json"):
        answer = get(path)
        assert answer.status_code == 404
        assert answer.json is not None
        assert "GET /api/search" in answer.json["remedy"]


def test_lines_across_are_shown_when_the_data_comes_near_them(tmp_path: Path, sqlite_store: Store) -> None:
    fill(sqlite_store)
    client = create_app(make_state(tmp_path / "state"), sqlite_store, site()).test_client()
    feed = client.get("/users/bob/storage.json", auth=ADMIN).json
    assert feed is not None
    local, cryo = feed
    assert [(one["words"], one["kind"], one["shown"]) for one in local["gb_levels"]] == [
        ("soft limit 1,000 GiB", "soft", True),
        ("hard limit 1,200 GiB", "hard", True),
        ("reference 25,000 GiB", "reference", False),
    ]
    assert cryo["gb_levels"] == []
    assert local["gb"][-1] == 1_130
    assert len(local["time"]) == 40


def test_a_line_breaks_where_no_samples_came(get: Get, sqlite_store: Store) -> None:
    with sqlite_store.writing() as connection:
        hours = [hour for hour in range(48) if not 20 <= hour < 30]
        save_storage(connection, [usage("bob", "local", now() - timedelta(hours=hour)) for hour in hours])
    feed = get("/users/bob/storage.json").json
    assert feed is not None
    assert feed[0]["holes"] == [18]


def test_hostile_names_have_a_page_and_stay_text(get: Get, sqlite_store: Store) -> None:
    hostile = "a/<script>alert('x')</script>"
    with sqlite_store.writing() as connection:
        save_storage(connection, [usage(hostile, "<b>volume")])
    answer = get("/users/a%2F%3Cscript%3Ealert('x')%3C%2Fscript%3E", headers=HTML)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.get_data(as_text=True)
    assert "<b>volume" not in answer.get_data(as_text=True)


def test_names_lead_here_from_the_lists_of_the_storage_page(get: Get, sqlite_store: Store) -> None:
    fill(sqlite_store)
    text = get("/storage", headers=HTML).get_data(as_text=True)
    assert text.count('<a href="/users/bob">bob</a>') == 3  # quotas, growers of a week and of a month
    feed = get("/storage/table.json").json
    assert feed is not None
    assert feed["columns"]["over"] == [0, 1]
    assert feed["volumes"][0]["full"] == [None, 94]
    assert feed["volumes"][0]["passed"] == [1]
    assert feed["volumes"][1]["full"] is None


def test_volumes_without_new_samples_are_named_with_their_age(get: Get, sqlite_store: Store) -> None:
    fill(sqlite_store)
    text = get("/storage", headers=HTML).get_data(as_text=True)
    late = text.split('data-part="late"')[1].split("</p>")[0]
    assert "cryo" in late
    assert "local" not in late
