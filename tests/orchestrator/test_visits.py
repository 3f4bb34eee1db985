"""When users last looked: asked of a served dashboard, noted for the overview."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from orchestrator.bring_up import bring_up
from orchestrator.deployment import Deployment
from orchestrator.observe import observe
from orchestrator.states import record_observed
from orchestrator.up_plan import UpRequest
from orchestrator.visits import ask_last_visit, last_visits
from orchestrator.wanted_users import ListFiles, read_wanted_users
from tests.browser.serving import served
from tests.orchestrator.in_memory import Quiet, deployment_in, engine_in_memory
from tests.web_shared.accounts import LINK_KEY, PASSWORD, write_secrets
from tests.web_shared.visitor import Visitor
from usage_store.dashboards import read_states
from user_dashboard.app import create_app
from user_dashboard.settings import Settings
from usermon.secret import Secret
from usermon.signed_links import make_link_token
from usermon.visit_questions import LIFETIME_SECONDS, accepts_visits_token, make_visits_token

KEY = Secret(LINK_KEY)


@pytest.fixture
def dashboard(tmp_path: Path) -> Flask:
    return create_app(
        Settings("alice", tmp_path / "data", write_secrets(tmp_path / "secrets"), "127.0.0.1", 1, 300)
    )


def test_a_dashboard_tells_the_orchestrator_when_its_user_last_looked(dashboard: Flask) -> None:
    with served(dashboard) as address:
        port = int(address.rpartition(":")[2])
        assert ask_last_visit("127.0.0.1", port, KEY) is None  # nobody looked
        before = time.time()
        assert Visitor(dashboard).get("/", auth=("alice", PASSWORD)).status_code == 200
        visit = ask_last_visit("127.0.0.1", port, KEY)
        assert visit is not None
        assert before <= visit <= time.time()


def test_an_admin_who_came_by_a_link_is_no_visit(dashboard: Flask) -> None:
    visitor = Visitor(dashboard)
    visitor.get(f"/open-as?token={make_link_token(KEY, time.time() + 1)}")
    assert visitor.get("/").status_code == 200
    token = make_visits_token(KEY, time.time())
    answer = visitor.get("/last-visit", headers={"Authorization": f"Bearer {token}"})
    assert answer.get_json() == {"last_visit": None}


def test_nobody_else_gets_an_answer(dashboard: Flask) -> None:
    now = time.time()
    old = make_visits_token(KEY, now - LIFETIME_SECONDS - 1)
    forged = make_visits_token(Secret("ef" * 32), now)
    for authorization in (
        "",
        "Bearer ",
        f"Bearer {old}",
        f"Bearer {forged}",
        f"Bearer {make_link_token(KEY, now)}",
    ):
        answer = Visitor(dashboard).get("/last-visit", headers={"Authorization": authorization})
        assert answer.status_code == 401
    assert not accepts_visits_token(KEY, make_visits_token(KEY, now + 3600), now)  # none that lasts


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    opened = deployment_in(tmp_path, engine_in_memory(), ready_seconds=0.3)
    yield opened
    opened.store.close()


def test_what_was_known_of_visits_stays_when_a_dashboard_starts_anew(deployment: Deployment) -> None:

    users = deployment.state.root / "users.txt"
    users.write_text("alice\nbob\n")
    bring_up(deployment, UpRequest(read_wanted_users(ListFiles(plain=(users,))), services=False), Quiet())
    observed = observe(deployment)
    record_observed(deployment, observed, {"alice": 1_800_000_000.0})
    # No dashboard answers under the ports of an engine in memory, as after a restart nobody has looked.
    assert last_visits(deployment, observed.dashboards) == {}
    record_observed(deployment, observed, {})
    with deployment.store.reading() as connection:
        visits = {user: state.last_visit_at for user, state in read_states(connection).items()}
    assert visits == {"alice": 1_800_000_000.0, "bob": None}
