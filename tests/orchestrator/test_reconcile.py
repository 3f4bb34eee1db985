"""Two lists against each other."""

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.reconcile import reconcile

names = st.lists(st.sampled_from(["alice", "alicea", "ali.ce", "alixce", "bob", "charlie"]))


def test_names_are_compared_whole_never_as_prefixes_or_patterns() -> None:
    found = reconcile(["badar", "badarra", "bopugilxv"], ["badarra", "badarrans", "badar", "bopugil.v"])
    assert found.both == ("badarra", "badar")
    assert found.cryo_only == ("badarrans", "bopugil.v")
    assert found.local_only == ("bopugilxv",)


@given(names, names)
def test_everybody_is_in_exactly_one_result(local: list[str], cryo: list[str]) -> None:
    found = reconcile(local, cryo)
    assert set(found.both) == set(local) & set(cryo)
    assert sorted((*found.both, *found.cryo_only, *found.local_only)) == sorted(set(local) | set(cryo))


@given(names, names)
def test_each_result_keeps_the_order_of_its_list(local: list[str], cryo: list[str]) -> None:
    found = reconcile(local, cryo)
    assert list(found.both) == sorted(found.both, key=cryo.index)
    assert list(found.cryo_only) == sorted(found.cryo_only, key=cryo.index)
    assert list(found.local_only) == sorted(found.local_only, key=local.index)
