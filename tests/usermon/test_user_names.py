"""Which texts are user names."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shared_data import expected_storage
from usermon.errors import InvalidUserName
from usermon.user_names import LONGEST_NAME, check_user_name


@pytest.mark.parametrize("name", ["alice", "Vekax", "x", "7up", "_svc-a", "a.b-c_d9", "a" * LONGEST_NAME])
def test_a_name_is_returned_as_it_is(name: str) -> None:
    assert check_user_name(name) == name


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (".", "starts with '.'"),
        ("..", "starts with '.'"),
        ("-rf", "starts with '-'"),
        ("../etc", "starts with '.'"),
        ("a/b", "character '/'"),
        ("a\\b", "character '\\\\'"),
        ("two words", "blank inside"),
        (" alice", "blank inside"),
        ("a;rm", "character ';'"),
        ("$(id)", "character '$'"),
        ("a\tb", "control character"),
        ("a\n", "control character"),
        ("a\0b", "control character"),
        ("naïve", "not ASCII"),
        ("١٢", "not ASCII"),
        ("a" * (LONGEST_NAME + 1), f"longer than {LONGEST_NAME} characters"),
    ],
)
def test_anything_else_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(InvalidUserName) as caught:
        check_user_name(text)
    assert caught.value.reason == reason
    assert caught.value.remedy


@given(st.text(max_size=80))
def test_what_passes_is_harmless_in_a_path_a_label_and_a_command(text: str) -> None:
    try:
        name = check_user_name(text)
    except InvalidUserName:
        return
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}", name)
    assert Path("/folder", name).parent == Path("/folder")
    assert Path("/folder", name).resolve() == Path("/folder", name)


def test_every_name_of_the_shared_lists_is_a_name(shared_storage: Path) -> None:
    lists = expected_storage(shared_storage)["lists"]
    for names in lists.values():
        for name in names:
            assert check_user_name(name) == name
