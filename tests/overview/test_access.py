import time
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from tests.factories import dashboard_state, ledger_entry
from tests.overview.conftest import Get
from tests.overview.site import MASTER_LINK_KEY
from usage_store.api_tokens import ApiToken, save_token
from usage_store.dashboards import save_ledger, save_states
from usage_store.engine import Store
from usermon.secret import Secret
from usermon.signed_links import LinkChecker, derive_link_key

PAGES = ("/", "/dashboards", "/collection", "/api/docs")
FEEDS = ("/storage/table.json", "/api/storage", "/api/dashboards", "/api/collection", "/api/openapi.json")


def token(store: Store, scope: str) -> dict[str, str]:
    with store.writing() as connection:
        save_token(connection, ApiToken(f"a-{scope}-program", scope), Secret("t" * 64), time.time())
    return {"Authorization": f"Bearer {'t' * 64}"}


@pytest.mark.parametrize("path", PAGES)
def test_a_visitor_is_sent_to_the_login(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert answer.location.startswith("/login")


@pytest.mark.parametrize("path", [*FEEDS, "/metrics", "/dashboards/alice/open"])
def test_a_program_without_a_token_learns_what_to_do(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 401
    assert set(answer.get_json()) == {"error", "remedy"}


@pytest.mark.parametrize("path", [*FEEDS, *PAGES, "/metrics"])
def test_the_admin_sees_everything(get: Get, path: str) -> None:
    assert get(path).status_code == 200


@pytest.mark.parametrize("path", ["/api/storage", "/api/dashboards", "/api/collection", "/metrics"])
def test_a_token_to_read_opens_what_is_for_programs(
    client: FlaskClient, sqlite_store: Store, path: str
) -> None:
    assert client.get(path, headers=token(sqlite_store, "read")).status_code == 200


@pytest.mark.parametrize("path", ["/", "/dashboards", "/storage/table.json", "/dashboards/alice/open"])
def test_no_token_opens_what_is_for_people(client: FlaskClient, sqlite_store: Store, path: str) -> None:
    assert client.get(path, headers=token(sqlite_store, "read")).status_code == 401


def test_a_token_to_ingest_reads_nothing(client: FlaskClient, sqlite_store: Store) -> None:
    answer = client.get("/api/storage", headers=token(sqlite_store, "ingest"))
    assert answer.status_code == 403
    said = answer.get_json()
    assert "has the scope ingest" in said["error"]
    assert "needs the scope read" in said["error"]
    assert "`usermon-overview token NAME --scope read`" in said["remedy"]


def test_an_unknown_token_is_refused_and_told_how_to_make_one(client: FlaskClient) -> None:
    answer = client.get("/api/storage", headers={"Authorization": "Bearer nonsense"})
    assert answer.status_code == 401
    assert "no such token" in answer.get_json()["error"]
    assert "`usermon-overview token NAME --scope read`" in answer.get_json()["remedy"]
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    assert "nonsense" not in answer.get_data(as_text=True)


def test_a_dashboard_opens_through_a_link_that_this_dashboard_accepts_once(
    get: Get, sqlite_store: Store
) -> None:
    with sqlite_store.writing() as connection:
        save_ledger(connection, [ledger_entry("alice")])
        save_states(connection, [dashboard_state("alice", url="http://hub.example.org:8100")])
    started = time.time()
    answer = get("/dashboards/alice/open")
    assert answer.status_code == 303
    address = urlsplit(answer.location)
    assert (address.netloc, address.path) == ("hub.example.org:8100", "/open-as")
    (link,) = parse_qs(address.query)["token"]
    checker = LinkChecker(started_at=started)
    alices_key = derive_link_key(Secret(MASTER_LINK_KEY), "alice")
    bobs_key = derive_link_key(Secret(MASTER_LINK_KEY), "bob")
    assert not checker.accept(bobs_key, link, time.time())
    assert checker.accept(alices_key, link, time.time())
    assert not checker.accept(alices_key, link, time.time())


@pytest.mark.parametrize("dashboard", ["stopped", "failed"])
def test_a_dashboard_that_does_not_run_is_not_opened(get: Get, sqlite_store: Store, dashboard: str) -> None:
    with sqlite_store.writing() as connection:
        save_states(connection, [dashboard_state("alice", state=dashboard)])
    answer = get("/dashboards/alice/open")
    assert answer.status_code == 409
    assert dashboard in answer.get_json()["error"]
    assert "orchestrator" in answer.get_json()["remedy"]


def test_an_unknown_users_dashboard_is_not_found(get: Get) -> None:
    assert get("/dashboards/nobody/open").status_code == 404


def test_health_is_told_without_a_login(client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 200
