"""Wrong passwords are slowed, then refused for a while; nobody inside is locked out."""

from dataclasses import dataclass

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests.web_shared.accounts import PASSWORD
from tests.web_shared.visitor import Visitor
from web_shared.throttle import ALL_CLIENTS, PER_CLIENT, REMEMBERED_CLIENTS, Pause, Throttle


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def exhaust(throttle: Throttle, client: str = "a") -> int:
    """Wrong ones until refused; how many were let through."""
    tries = 0
    while throttle.begin(client) == 0:
        tries += 1
    return tries


def test_after_some_wrong_ones_a_client_must_wait() -> None:
    throttle = Throttle(Clock())
    assert exhaust(throttle) == PER_CLIENT.wrong_allowed
    assert throttle.begin("a") == PER_CLIENT.first_pause


def test_another_client_need_not_wait() -> None:
    throttle = Throttle(Clock())
    exhaust(throttle, "a")
    assert throttle.begin("b") == 0


def test_each_further_wrong_one_doubles_the_pause_up_to_a_limit() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    exhaust(throttle)
    pauses = []
    for _ in range(8):
        clock.now += throttle.begin("a")
        assert throttle.begin("a") == 0
        pauses.append(throttle.begin("a"))
    assert pauses[:3] == [60, 120, 240]
    assert max(pauses) == PER_CLIENT.longest_pause


def test_a_right_password_clears_the_client() -> None:
    throttle = Throttle(Clock())
    for _ in range(5):
        throttle.begin("a")
    throttle.was_right("a")
    assert exhaust(throttle) == PER_CLIENT.wrong_allowed


def test_wrong_ones_are_forgotten_in_time() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    exhaust(throttle)
    clock.now += PER_CLIENT.forgotten_after + 1
    assert exhaust(throttle) == PER_CLIENT.wrong_allowed


def test_many_addresses_together_are_refused_too() -> None:
    throttle = Throttle(Clock())
    let_through = sum(throttle.begin(f"client {n}") == 0 for n in range(1000))
    assert let_through == ALL_CLIENTS.wrong_allowed


def test_a_device_that_signed_in_before_is_not_held_up_by_the_flood_of_others() -> None:
    throttle = Throttle(Clock())
    for n in range(1000):
        throttle.begin(f"client {n}")
    assert throttle.begin("device 1", known_device=True) == 0


def test_each_pause_is_told_once() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    throttle.begin("a")
    assert throttle.begun_pauses("a") == []
    exhaust(throttle)
    assert throttle.begun_pauses("a") == [Pause(30, of_all=False)]
    assert throttle.begun_pauses("a") == []
    clock.now += 31
    throttle.begin("a")
    assert throttle.begun_pauses("a") == [Pause(60, of_all=False)]


def test_a_pause_of_all_is_told_as_such_and_not_to_known_devices() -> None:
    throttle = Throttle(Clock())
    for n in range(ALL_CLIENTS.wrong_allowed):
        throttle.begin(f"client {n}")
    assert throttle.begun_pauses("device 1", known_device=True) == []
    assert throttle.begun_pauses("client 99") == [Pause(10, of_all=True)]


@given(st.lists(st.text(max_size=3), max_size=300))
def test_memory_stays_bounded(clients: list[str]) -> None:
    throttle = Throttle(Clock())
    for n, client in enumerate(clients * 5):
        throttle.begin(f"{client}{n}")
    assert len(throttle._clients) <= REMEMBERED_CLIENTS


def test_each_wrong_password_is_answered_later_than_the_one_before(app: Flask, waits: list[float]) -> None:
    for n in range(3):
        app.test_client().get("/", auth=("alice", f"guess {n}"))
    assert app.test_client().get("/", auth=("alice", PASSWORD)).status_code == 200
    assert waits == pytest.approx([0.2, 0.4, 0.6])


def test_wrong_passwords_end_in_429_with_the_time_to_wait(app: Flask) -> None:
    client = app.test_client()
    answers = [client.get("/", auth=("alice", f"guess {n}")) for n in range(PER_CLIENT.wrong_allowed + 1)]
    assert [answer.status_code for answer in answers] == [401] * PER_CLIENT.wrong_allowed + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= PER_CLIENT.first_pause
    assert set(answers[-1].json or {}) == {"error", "remedy"}


def test_the_login_form_says_how_long_to_wait(visitor: Visitor) -> None:
    for _ in range(PER_CLIENT.wrong_allowed):
        visitor.sign_in("guess")
    answer = visitor.sign_in(PASSWORD)
    assert answer.status_code == 429
    assert "Try again in" in answer.text
    assert int(answer.headers["Retry-After"]) > 0


def test_a_flood_from_the_same_address_locks_out_nobody_who_is_inside(app: Flask) -> None:
    inside, script, flood = Visitor(app), app.test_client(), app.test_client()
    inside.sign_in(PASSWORD)
    assert script.get("/", auth=("alice", PASSWORD)).status_code == 200
    address = {"REMOTE_ADDR": "192.0.2.1"}
    for n in range(PER_CLIENT.wrong_allowed + 1):
        refused = flood.get("/", auth=("alice", f"guess {n}"), environ_base=address)
    assert refused.status_code == 429
    assert inside.get("/").status_code == 200
    assert script.get("/", auth=("alice", PASSWORD), environ_base=address).status_code == 200


def test_a_browser_that_signed_in_before_may_sign_in_again_during_a_flood(app: Flask) -> None:
    known = Visitor(app)
    known.sign_in(PASSWORD)
    known.post("/logout")
    stranger = Visitor(app)
    for _ in range(PER_CLIENT.wrong_allowed + 1):
        refused = stranger.sign_in("guess")
    assert refused.status_code == 429
    assert known.sign_in(PASSWORD).status_code == 303
