"""argon2 is paid once, and by one at a time."""

import threading
from pathlib import Path

import pytest
from argon2.low_level import verify_secret

from tests.web_shared.accounts import PASSWORD, write_secrets
from web_shared import passwords
from web_shared.account_secrets import AccountSecrets, PasswordHash
from web_shared.passwords import PasswordCheck, Verdict


@pytest.fixture
def password_hash(tmp_path: Path) -> PasswordHash:
    return AccountSecrets(write_secrets(tmp_path)).password_hash()


def test_the_right_password_is_known_afterwards(password_hash: PasswordHash) -> None:
    check = PasswordCheck()
    assert not check.is_known_right(PASSWORD, password_hash)
    assert check.verify(PASSWORD, password_hash) is Verdict.RIGHT
    assert check.is_known_right(PASSWORD, password_hash)


def test_a_wrong_password_is_never_known(password_hash: PasswordHash) -> None:
    check = PasswordCheck()
    assert check.verify("guess", password_hash) is Verdict.WRONG
    assert not check.is_known_right("guess", password_hash)


def test_a_hash_that_is_cut_short_lets_nobody_in(password_hash: PasswordHash) -> None:
    damaged = PasswordHash(password_hash.encoded[:20], "fingerprint")
    assert PasswordCheck().verify(PASSWORD, damaged) is Verdict.WRONG


def test_verifications_take_turns(password_hash: PasswordHash, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once, most, lock = 0, 0, threading.Lock()
    real = verify_secret

    def watched(*arguments: object) -> bool:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        try:
            return real(*arguments)  # type: ignore[arg-type]
        finally:
            with lock:
                at_once -= 1

    monkeypatch.setattr(passwords, "verify_secret", watched)
    check = PasswordCheck()
    threads = [threading.Thread(target=check.verify, args=(f"guess {n}", password_hash)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_who_waits_too_long_for_a_turn_is_told_so(
    password_hash: PasswordHash, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_SECONDS_TO_WAIT_FOR_A_TURN", 0.01)
    check = PasswordCheck()
    with check._turn:
        assert check.verify(PASSWORD, password_hash) is Verdict.BUSY
