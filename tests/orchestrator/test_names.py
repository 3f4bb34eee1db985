"""Container names."""

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.names import dashboard_name, service_name
from orchestrator.runtimes import SERVICES
from tests.orchestrator.test_user_list import user_names


@given(st.lists(user_names, unique=True, max_size=20))
def test_no_two_users_share_a_container_name(users: list[str]) -> None:
    assert len({dashboard_name("0a1b2c3d4e", user) for user in users}) == len(users)


@given(user_names)
def test_no_user_is_called_like_a_service(user: str) -> None:
    assert dashboard_name("0a1b2c3d4e", user) not in {service_name("0a1b2c3d4e", s) for s in SERVICES}


def test_a_user_called_like_a_service_has_a_name_of_their_own() -> None:
    names = {
        dashboard_name("d", "overview"),
        service_name("d", "overview"),
        dashboard_name("d", "dashboard-x"),
    }
    assert len(names) == 3
