"""Cookies that nobody can forge, stretch or use after signing out."""

from hypothesis import given
from hypothesis import strategies as st

from usermon.secret import Secret
from web_shared.sessions import LIFETIME_SECONDS, Binding, Kind, Sessions

NOW = 1_800_000_000.0
ALICE = Binding("alice", Secret("ab" * 32), "fingerprint")


def test_an_issued_cookie_is_accepted() -> None:
    sessions = Sessions()
    session = sessions.check(ALICE, sessions.issue(ALICE, Kind.PASSWORD, NOW), NOW + 1)
    assert session is not None
    assert not session.by_link


def test_a_session_ends_after_its_lifetime() -> None:
    sessions = Sessions()
    for kind, lifetime in LIFETIME_SECONDS.items():
        cookie = sessions.issue(ALICE, kind, NOW)
        assert sessions.check(ALICE, cookie, NOW + lifetime - 1)
        assert sessions.check(ALICE, cookie, NOW + lifetime) is None


def test_a_cookie_from_the_future_is_refused() -> None:
    sessions = Sessions()
    assert sessions.check(ALICE, sessions.issue(ALICE, Kind.PASSWORD, NOW + 3600), NOW) is None


def test_a_session_holds_for_one_account_one_key_one_password() -> None:
    sessions = Sessions()
    cookie = sessions.issue(ALICE, Kind.PASSWORD, NOW)
    for other in (
        Binding("bob", ALICE.key, ALICE.fingerprint),
        Binding("alice", Secret("cd" * 32), ALICE.fingerprint),
        Binding("alice", ALICE.key, "another fingerprint"),
    ):
        assert sessions.check(other, cookie, NOW) is None


@given(st.integers(min_value=0), st.characters(codec="utf-8"))
def test_a_cookie_with_one_letter_changed_is_refused(place: int, letter: str) -> None:
    sessions = Sessions()
    cookie = sessions.issue(ALICE, Kind.LINK, NOW)
    place %= len(cookie)
    changed = cookie[:place] + letter + cookie[place + 1 :]
    assert changed == cookie or sessions.check(ALICE, changed, NOW) is None


@given(st.text(max_size=100))
def test_any_text_is_a_refused_cookie(cookie: str) -> None:
    assert Sessions().check(ALICE, cookie, NOW) is None


def test_logouts_are_remembered_as_long_as_they_matter_and_no_longer() -> None:
    sessions = Sessions()
    for n in range(50):
        cookie = sessions.issue(ALICE, Kind.LINK, NOW + n)
        session = sessions.check(ALICE, cookie, NOW + n)
        assert session is not None
        sessions.end(session, NOW + n)
        assert sessions.check(ALICE, cookie, NOW + n) is None
    last = sessions.check(ALICE, sessions.issue(ALICE, Kind.LINK, NOW + 90_000), NOW + 90_000)
    assert last is not None
    sessions.end(last, NOW + 90_000)
    assert len(sessions._ended) == 1
