"""Passwords and their hashes."""

import re

from argon2 import PasswordHasher, extract_parameters

from orchestrator.passwords import hash_password, hash_passwords, password_matches, random_password
from usermon.secret import Secret


def test_random_passwords_differ_and_can_be_read_aloud() -> None:
    made = {random_password().reveal() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        assert re.fullmatch(r"([a-hjkmnp-tw-z2-9]{5}-){3}[a-hjkmnp-tw-z2-9]{5}", password)


def test_the_hash_is_argon2id_of_owasps_19_mib_profile() -> None:
    parameters = extract_parameters(hash_password(Secret("correct horse")))
    assert parameters.type.name == "ID"
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (19_456, 2, 1)


def test_a_hash_verifies_its_password_only() -> None:
    encoded = hash_password(Secret("correct horse"))
    assert PasswordHasher().verify(encoded, "correct horse")
    assert password_matches(encoded, Secret("correct horse"))
    assert not password_matches(encoded, Secret("battery staple"))
    assert not password_matches("not a hash", Secret("correct horse"))


def test_many_are_hashed_each_with_its_own_salt() -> None:
    hashes = hash_passwords({"alice": Secret("same-word"), "bob": Secret("same-word")})
    assert hashes["alice"] != hashes["bob"]
    assert all(password_matches(encoded, Secret("same-word")) for encoded in hashes.values())
