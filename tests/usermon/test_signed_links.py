"""Links for admins: genuine, in time, for one user, once."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usermon.secret import Secret
from usermon.signed_links import LINK_LIFETIME_SECONDS, LinkChecker, derive_link_key, make_link_token

NOW = 1_772_452_800.0
MASTER = Secret("the master's key")
ALICE = derive_link_key(MASTER, "alice")


@pytest.fixture
def checker() -> LinkChecker:
    return LinkChecker(started_at=NOW - 3600)


def test_a_link_opens_once(checker: LinkChecker) -> None:
    token = make_link_token(ALICE, NOW)
    assert checker.accept(ALICE, token, NOW + 1)
    assert not checker.accept(ALICE, token, NOW + 2)


def test_two_links_of_one_moment_are_two(checker: LinkChecker) -> None:
    first, second = make_link_token(ALICE, NOW), make_link_token(ALICE, NOW)
    assert first != second
    assert checker.accept(ALICE, first, NOW)
    assert checker.accept(ALICE, second, NOW)


@pytest.mark.parametrize(
    ("seconds_later", "opens"),
    [(0, True), (LINK_LIFETIME_SECONDS - 1, True), (LINK_LIFETIME_SECONDS, False), (3600, False)],
)
def test_a_link_lives_for_a_minute(checker: LinkChecker, seconds_later: float, opens: bool) -> None:
    assert checker.accept(ALICE, make_link_token(ALICE, NOW), NOW + seconds_later) is opens


def test_a_link_from_the_future_is_refused(checker: LinkChecker) -> None:
    assert not checker.accept(ALICE, make_link_token(ALICE, NOW + 600), NOW)


def test_a_link_to_one_user_does_not_open_another(checker: LinkChecker) -> None:
    bob = derive_link_key(MASTER, "bob")
    assert bob != ALICE
    assert not checker.accept(bob, make_link_token(ALICE, NOW), NOW)


def test_another_master_makes_other_keys() -> None:
    assert derive_link_key(Secret("another"), "alice") != ALICE


def test_after_a_restart_older_links_are_refused_for_they_may_be_used() -> None:
    token = make_link_token(ALICE, NOW)
    assert LinkChecker(started_at=NOW).accept(ALICE, token, NOW + 5)
    assert not LinkChecker(started_at=NOW + 2).accept(ALICE, token, NOW + 5)


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_changed_link_is_refused(checker: LinkChecker, part: int) -> None:
    parts = make_link_token(ALICE, NOW).split(".")
    parts[part] = ("1" if parts[part][0] != "1" else "2") + parts[part][1:]
    assert not checker.accept(ALICE, ".".join(parts), NOW)


@given(st.text())
def test_rubbish_is_refused(token: str) -> None:
    assert not LinkChecker(started_at=0).accept(ALICE, token, NOW)


@given(st.text(st.characters(codec="ascii")), st.text(), st.text())
def test_rubbish_with_two_dots_is_refused(expires: str, nonce: str, signature: str) -> None:
    assert not LinkChecker(started_at=0).accept(ALICE, f"{expires}.{nonce}.{signature}", NOW)


def test_a_token_is_safe_in_a_url() -> None:
    assert set(make_link_token(ALICE, NOW)) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
    )


def test_of_many_at_once_one_gets_in(checker: LinkChecker) -> None:
    token = make_link_token(ALICE, NOW)
    let_in: list[bool] = []
    threads = [
        threading.Thread(target=lambda: let_in.append(checker.accept(ALICE, token, NOW))) for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(let_in) == [False] * 15 + [True]


def test_used_links_are_forgotten_when_their_time_is_over(checker: LinkChecker) -> None:
    for n in range(50):
        checker.accept(ALICE, make_link_token(ALICE, NOW + n), NOW + n)
    later = NOW + 1000
    checker.accept(ALICE, make_link_token(ALICE, later), later)
    assert len(checker._used) == 1
