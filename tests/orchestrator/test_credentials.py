"""credentials.csv."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.credentials import Credential, UnreadableCredentials, read_credentials, write_credentials
from usermon.secret import Secret


def test_what_is_written_is_read_back_and_belongs_to_the_admin_alone(tmp_path: Path) -> None:
    path = tmp_path / "credentials.csv"
    written = {"alice": Credential("alice", "http://localhost:8100/", Secret('a,"b;c'))}
    write_credentials(path, written)
    assert read_credentials(path) == written
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text().splitlines()[0] == "user,url,password"


def test_no_file_means_no_credentials(tmp_path: Path) -> None:
    assert read_credentials(tmp_path / "credentials.csv") == {}


@pytest.mark.parametrize("text", ["name,word\n", "user,url,password\nalice,only two\n"])
def test_a_file_that_is_not_ours_is_refused_before_it_is_overwritten(tmp_path: Path, text: str) -> None:
    path = tmp_path / "credentials.csv"
    path.write_text(text)
    with pytest.raises(UnreadableCredentials, match=r"credentials\.csv"):
        read_credentials(path)


@given(passwords=st.lists(st.text().filter(str.isprintable)))
def test_any_printable_password_survives(
    tmp_path_factory: pytest.TempPathFactory, passwords: list[str]
) -> None:
    path = tmp_path_factory.mktemp("credentials") / "credentials.csv"
    written = {f"u{n}": Credential(f"u{n}", "", Secret(text)) for n, text in enumerate(passwords)}
    write_credentials(path, written)
    assert read_credentials(path) == written
