"""Pages before any script runs: what they say, and that nothing from outside becomes HTML."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import overview
from tests.factories import dashboard_state, ledger_entry, run, usage
from tests.overview.conftest import Get
from usage_store.collection_runs import note_run, replace_rejected
from usage_store.dashboards import save_ledger, save_states
from usage_store.engine import Store
from usage_store.storage_saving import save_storage
from usermon.collection import CollectionRun
from usermon.records import Rejected

STATIC = Path(overview.__file__).parent / "static"
HOSTILE = "<script>alert('x')</script>"


def page(get: Get, path: str) -> str:
    answer = get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_a_fresh_installation_is_told_the_next_step_on_every_page(get: Get) -> None:
    assert "Nothing measured yet" in page(get, "/storage")
    assert "orchestrator up users.txt" in page(get, "/dashboards")
    assert "usermon-collect once" in page(get, "/collection")


def test_the_storage_page_shows_totals_instances_and_what_was_rejected(get: Get, sqlite_store: Store) -> None:
    with sqlite_store.writing() as connection:
        save_storage(connection, [usage("alice", gb=1000, files=2000), usage("bob", gb=500, files=1)])
        save_ledger(
            connection, [ledger_entry(user, 8100 + at) for at, user in enumerate(("alice", "bob", "charlie"))]
        )
        save_states(connection, [dashboard_state("alice"), dashboard_state("bob", "failed")])
        replace_rejected(connection, "local", "bob.csv", [Rejected(1, "?", "not a date")], 1.0)
    text = page(get, "/storage")
    assert '<span data-total="gb">1,500</span>' in text
    assert "1 ready, 1 failed, 1 never seen" in text
    assert '<p class="big numbers" data-rejected>1</p>' in text
    assert 'href="/collection"' in text


def test_all_modules_of_the_storage_page_are_asked_for_at_once(get: Get, sqlite_store: Store) -> None:
    with sqlite_store.writing() as connection:
        save_storage(connection, [usage("alice")])
    asked = re.findall(r'<link rel="modulepreload" href="[^"]+/([^/"]+)">', page(get, "/storage"))
    assert set(asked) == modules_of("storage.js") - {"storage.js"}


def modules_of(first: str) -> set[str]:
    """It and all that it imports, and what those import."""
    found: set[str] = set()
    ahead = [first]
    while ahead:
        module = ahead.pop()
        if module not in found:
            found.add(module)
            ahead += re.findall(r'from "\./([^"]+)"', (STATIC / module).read_text(encoding="utf-8"))
    return found


def test_states_that_are_old_are_said_to_be_old(get: Get, sqlite_store: Store) -> None:
    with sqlite_store.writing() as connection:
        save_ledger(connection, [ledger_entry("alice")])
        save_states(connection, [dashboard_state("alice")])  # seen in 1970
    assert "orchestrator watch" in page(get, "/dashboards")


def test_a_source_that_failed_shows_why_and_what_to_do(get: Get, sqlite_store: Store) -> None:
    with sqlite_store.writing() as connection:
        note_run(
            connection,
            run("cryo", taken=0, error="cannot read /srv/quota/cryo", remedy="Let the account read it."),
        )
        note_run(connection, run("local", taken=12_345))
    text = page(get, "/collection")
    assert "cannot read /srv/quota/cryo" in text
    assert "Let the account read it." in text
    assert "12,345" in text


def test_a_file_rejected_as_a_whole_is_named_once_and_has_no_line(get: Get, sqlite_store: Store) -> None:
    with sqlite_store.writing() as connection:
        replace_rejected(connection, "local", "a b.csv", [Rejected(0, "a b.csv", "blank inside")], 1.0)
        replace_rejected(connection, "local", "bob.csv", [Rejected(7, "?", "not a date")], 1.0)
    text = page(get, "/collection")
    assert text.count("a b.csv") == 1
    assert '<td class="right numbers nowrap">whole file</td>' in text
    assert '<td class="right numbers nowrap">7</td>' in text
    assert '<code class="line-text">?</code>' in text


def test_nothing_from_outside_becomes_html(get: Get, sqlite_store: Store) -> None:
    with sqlite_store.writing() as connection:
        save_storage(connection, [usage(HOSTILE, HOSTILE), usage("alice", "local")])
        save_states(connection, [dashboard_state(HOSTILE, error=HOSTILE)])
        note_run(connection, CollectionRun(HOSTILE, HOSTILE, 1, 2, 0, 0, 1, HOSTILE, HOSTILE))
        replace_rejected(connection, HOSTILE, HOSTILE, [Rejected(1, HOSTILE, HOSTILE)], 1.0)
    for path in ("/", "/dashboards", "/collection", "/api/docs"):
        assert HOSTILE not in page(get, path)
    assert "&lt;script&gt;" in page(get, "/collection")


@pytest.mark.parametrize("path", ["/", "/dashboards", "/collection", "/api/docs"])
def test_pages_load_from_nowhere_else(get: Get, path: str) -> None:
    answer = get(path, headers={"Accept": "text/html"})
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    text = answer.get_data(as_text=True)
    assert 'src="http' not in text
    assert "src='http" not in text
    assert 'rel="stylesheet" href="http' not in text


def test_a_page_that_is_not_there_is_a_page(get: Get) -> None:
    answer = get("/nowhere", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"


def test_the_login_page_names_the_account(client: FlaskClient) -> None:
    assert "admin" in client.get("/login", headers={"Accept": "text/html"}).get_data(as_text=True)
