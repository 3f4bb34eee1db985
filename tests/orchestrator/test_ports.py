"""Ports stay with their users."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.ports import NoPortLeft, assign_ports

users = st.lists(st.sampled_from([f"user{n}" for n in range(30)]), unique=True)


def assign(
    wanted: list[str], ledger: dict[str, int] | None = None, taken: set[int] | None = None, step: int = 1
) -> dict[str, int]:
    return assign_ports(wanted, ledger or {}, base=8100, step=step, taken=taken or set())


def test_ports_go_up_from_the_base() -> None:
    assert assign(["alice", "bob", "charlie"]) == {"alice": 8100, "bob": 8101, "charlie": 8102}
    assert assign(["alice", "bob"], step=10) == {"alice": 8100, "bob": 8110}


def test_a_port_in_use_is_skipped() -> None:
    assert assign(["alice", "bob"], taken={8100, 8102}) == {"alice": 8101, "bob": 8103}


def test_a_user_keeps_a_port_that_somebody_else_holds_now() -> None:
    assert assign(["alice"], {"alice": 8105}, taken={8105}) == {"alice": 8105}


def test_who_left_the_list_keeps_the_port_in_the_ledger() -> None:
    assert assign(["bob"], {"alice": 8100}) == {"bob": 8101}


def test_a_forgotten_port_is_given_again() -> None:
    assert assign(["alice", "bob", "dave"], {"alice": 8100, "bob": 8102})["dave"] == 8101


def test_running_out_of_ports_names_the_user_and_the_way_out() -> None:
    with pytest.raises(NoPortLeft, match="bob") as error:
        assign_ports(["alice", "bob"], {}, base=65_535, step=1, taken=())
    assert "USERMON_BASE_PORT" in error.value.remedy


@given(users, users, st.sets(st.integers(8100, 8140)), st.integers(1, 7))
def test_no_change_of_lists_moves_anybody(
    first: list[str], second: list[str], taken: set[int], step: int
) -> None:
    ledger = assign(first, taken=taken, step=step)
    later = assign(second, ledger, taken | {8107}, step)
    everybody = ledger | later
    assert {user: later[user] for user in later if user in ledger} == {
        user: ledger[user] for user in later if user in ledger
    }
    assert len(set(everybody.values())) == len(everybody)
    assert not taken & set(everybody.values())
