"""The map of the state folder."""

from pathlib import Path

import pytest

from usermon.errors import InvalidUserName
from usermon.state_folder import StateFolder

STATE = StateFolder(Path("/state"))


def test_a_users_folders_lie_under_their_name() -> None:
    assert STATE.secrets_folder("alice") == Path("/state/secrets/alice")
    assert STATE.published_folder("alice") == Path("/state/published/alice")


@pytest.mark.parametrize("name", ["..", "../bob", "", "a/b", "/etc", "."])
def test_no_name_leads_out_of_it(name: str) -> None:
    with pytest.raises(InvalidUserName):
        STATE.secrets_folder(name)
    with pytest.raises(InvalidUserName):
        STATE.published_folder(name)


def test_the_store_is_sqlite_in_a_folder_of_its_own() -> None:
    assert STATE.default_store_url == "sqlite:////state/store/usermon.db"
