"""Reading lists of users."""

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.user_list import parse_user_list, read_user_list
from tests.shared_data import expected_storage, shared_storage_files
from usermon.errors import WrongUse
from usermon.user_names import check_user_name

user_names = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}", fullmatch=True)


def test_names_come_in_order_of_first_appearance_each_once() -> None:
    parsed = parse_user_list(b"charlie\nalice\nbob\nalice\n")
    assert parsed.records == ("charlie", "alice", "bob")
    assert parsed.rejected == ()


def test_windows_line_ends_marks_comments_and_blanks_are_tolerated() -> None:
    text = b"\xef\xbb\xbfalice\r\n\r\n  # who left\r\n\tbob \r\n#charlie\n\xef\xbb\xbfdave"
    assert parse_user_list(text).records == ("alice", "bob", "dave")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"../etc", "starts with '.'"),
        (b"a/b", "character '/'"),
        (b"two words", "blank inside"),
        (b"-rf", "starts with '-'"),
        (b"a;rm", "character ';'"),
        (b"$(id)", "character '$'"),
        (b"tab\there", "control character"),
        (b"nul\0byte", "control character"),
        (b"one\rtwo", "control character"),
        ("müller".encode(), "not ASCII"),
        ("müller".encode("latin-1"), "not UTF-8"),
        (b"x" * 65, "longer than 64 characters"),
    ],
)
def test_what_is_no_name_is_rejected_by_line_and_the_good_names_go_on(line: bytes, reason: str) -> None:
    parsed = parse_user_list(b"alice\n" + line + b"\nbob\n")
    assert parsed.records == ("alice", "bob")
    assert [(r.line, r.reason) for r in parsed.rejected] == [(2, reason)]


def test_a_rejected_line_is_shown_short_and_without_control_characters() -> None:
    (rejected,) = parse_user_list(b"a\x1b[31m" + b"x" * 10_000_000).rejected
    assert rejected.text.startswith("a\\x1b[31mxxx")
    assert len(rejected.text) <= 61


def test_a_list_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match=r"nobody\.txt"):
        read_user_list(tmp_path / "nobody.txt")


@given(st.binary(max_size=300))
def test_whatever_the_bytes_only_user_names_come_out(content: bytes) -> None:
    parsed = parse_user_list(content)
    for name in parsed.records:
        assert check_user_name(name) == name
    assert len(set(parsed.records)) == len(parsed.records)
    assert all(r.text.isprintable() for r in parsed.rejected)


@given(
    st.lists(user_names),
    st.sampled_from([b"\n", b"\r\n", b" \t\n", b"\n\n", b"\n# a comment\n"]),
    st.sampled_from([b"", b"\xef\xbb\xbf"]),
)
def test_any_list_of_names_is_read_back(names: list[str], end: bytes, mark: bytes) -> None:
    parsed = parse_user_list(mark + b"".join(name.encode() + end for name in names))
    assert parsed.records == tuple(dict.fromkeys(names))
    assert not parsed.rejected


@given(st.text(alphabet=string.printable + "äé中\u200b\ufeff", max_size=80))
def test_every_line_is_a_name_or_rejected_or_nothing(line: str) -> None:
    line = line.replace("\n", "")
    parsed = parse_user_list(line.encode())
    stripped = line.removeprefix("\ufeff").strip(" \t\r\v\f")
    counted = len(parsed.records) + len(parsed.rejected)
    assert counted == (0 if not stripped or stripped.startswith("#") else 1)


@pytest.mark.parametrize("path", shared_storage_files("tricky/users/*.txt"), ids=lambda path: path.name)
def test_the_shared_tricky_lists_come_out_as_expected(path: Path) -> None:
    expected = expected_storage(path.parent.parent)["user_lists"][path.name]
    parsed = read_user_list(path)
    assert list(parsed.records) == expected["accepted"]
    assert [r.line for r in parsed.rejected] == [r["line"] for r in expected["rejected"]]


def test_every_shared_tricky_list_was_read(shared_storage: Path) -> None:
    expected = expected_storage(shared_storage / "tricky")["user_lists"]
    assert {path.name for path in shared_storage_files("tricky/users/*.txt")} == set(expected)
