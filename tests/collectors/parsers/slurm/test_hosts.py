"""Slurm's short form for many hosts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.parsers.slurm.hosts import MOST_HOSTS, expand_hosts


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("n1", ["n1"]),
        ("n1,login", ["n1", "login"]),
        ("gpu[02-03,07]", ["gpu02", "gpu03", "gpu07"]),
        ("n[8-11]", ["n8", "n9", "n10", "n11"]),
        ("n[098-101]", ["n098", "n099", "n100", "n101"]),
        ("cn-f15-[06,08,11-12],x", ["cn-f15-06", "cn-f15-08", "cn-f15-11", "cn-f15-12", "x"]),
        ("r[1-2]n[01-02]-ib", ["r1n01-ib", "r1n02-ib", "r2n01-ib", "r2n02-ib"]),
        ("", []),
        ("(null)", []),
        ("None assigned", []),
        ("(Resources)", []),
        ("(ReqNodeNotAvail, UnavailableNodes:n[1-4])", []),
    ],
)
def test_a_list_names_these_hosts(text: str, hosts: list[str]) -> None:
    assert list(expand_hosts(text)) == hosts


@pytest.mark.parametrize(
    "text",
    [
        "n[1-",
        "n1-3]",
        "n[3-1]",
        "n[a-b]",
        "n[]",
        "n[1,]",
        "n1,,n2",
        "n1,",
        "[[1]]",
        "n1 n2",
        "../etc",
        "n<b>",
    ],
)
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="host"):
        expand_hosts(text)


@pytest.mark.parametrize("text", ["n[1-999999999999999999]", "n[1-300]m[1-300]", ",".join(["n[1-9999]"] * 7)])
def test_a_list_that_would_fill_the_memory_is_refused_before_it_does(text: str) -> None:
    with pytest.raises(ValueError, match=f"more than {MOST_HOSTS} hosts"):
        expand_hosts(text)


@settings(max_examples=60)
@given(st.text(alphabet="n01-9[],()* ", max_size=30))
def test_any_list_is_expanded_or_refused(text: str) -> None:
    try:
        hosts = expand_hosts(text)
    except ValueError:
        return
    assert len(hosts) <= MOST_HOSTS
    assert all(host and "[" not in host for host in hosts)
