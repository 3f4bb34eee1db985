"""All hosts together, alike hardware, and one host's plots: pure but for what a store holds."""

from dataclasses import replace

import pytest

from alerts.host_limits import host_limits, silence_in_words
from overview.hardware_groups import change_in_words, hardware_groups, round_size, short_model
from overview.host_board import Board, columns, summary
from overview.host_board import board as board_of
from overview.host_facts import hardware_facts, sample_facts
from overview.host_plot import break_lines
from tests.host_samples import GIB, NOON
from usage_store.host_lines import Gap, HostLines
from usage_store.hosts_now import Disk, Gpu, Hardware, HostNow, Sample
from usermon.alert_rules import DEFAULT_RULES, HostRule, Rule

DAY = 86_400
SMALL = Hardware(8, "x86_64", "Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz", 32 * GIB)
LARGE = Hardware(64, "x86_64", "AMD EPYC 7713 64-Core Processor", 1024 * GIB)


def host(
    name: str,
    newest: int = NOON,
    hardware: Hardware | None = SMALL,
    free: int = 8 * GIB,
    gpus: tuple[Gpu, ...] = (),
) -> HostNow:
    sample = Sample(free, 40.0, 2.0, 1.0, 7, 2048, None)
    return HostNow(name, newest, 60, hardware, NOON, sample, (Disk("/", 100 * GIB),), gpus)


def board(hosts: list[HostNow], now: float, *rules: Rule) -> Board:
    return board_of(hosts, now, host_limits(rules or DEFAULT_RULES))


def test_sums_count_memory_of_those_that_speak() -> None:
    hosts = [host("a"), host("b", free=0), host("c", NOON - 1000), host("d", NOON - 40 * DAY)]
    shown = board(hosts, NOON)
    assert [tile.state for tile in shown.tiles] == ["ok", "serious", "serious", "gone"]
    assert summary(shown) == {
        "hosts": 4,
        "silent": 2,
        "gone": 1,
        "in_trouble": 3,
        "fine": 1,
        "kinds": {"silent": 2, "late": 0, "memory": 1, "disk": 0, "cpu": 0, "clock": 0},
        "kinds_words": "2 silent, 1 memory",
        "memory_percent": 88,
        "memory_used": "56 GiB",
        "memory_total": "64 GiB",
        "is_old": False,
    }


def test_a_host_is_silent_when_the_rule_that_watches_it_says_so() -> None:
    hosts = [host(name, NOON - 1000) for name in ("calc-1", "slow-1", "test-1")]
    rules = (
        HostRule(name="calc", only=("calc-*",), after_seconds=600),
        HostRule(name="slow", only=("slow-*", "calc-*"), after_seconds=3600, until_seconds=90 * DAY),
    )
    calc, slow, test = board(hosts, NOON, *rules).tiles
    assert [tile.state for tile in (calc, slow, test)] == ["serious", "warning", "warning"]
    assert [tile.troubles[0].kind for tile in (calc, slow, test)] == ["silent", "late", "silent"]
    assert slow.troubles[0].words == "late, nothing said for 17 minutes (silent after 60 minutes)"
    [gone, waited_for] = board(
        [host("test-1", NOON - 40 * DAY), host("calc-1", NOON - 40 * DAY)], NOON, *rules
    ).tiles
    assert (gone.state, waited_for.state) == ("gone", "serious")
    mild = HostRule(name="mild", severity="warning")
    assert [tile.state for tile in board(hosts, NOON, mild).tiles] == ["warning"] * 3


def test_rules_of_silence_in_words() -> None:
    assert silence_in_words(DEFAULT_RULES) == [
        "All hosts: 15 minutes, told of 2 minutes later; given up after 30 days."
    ]
    of_some = HostRule(name="calc", only=("calc-*",), but=("calc-7",), after_seconds=3600)
    assert silence_in_words([of_some]) == [
        "Hosts named calc-* but calc-7: 1 hour; given up after 30 days.",
        "Hosts that no rule watches: 15 minutes, as a warning, and nobody is told.",
    ]
    assert silence_in_words([]) == [
        "No rule of alerts watches hosts: each 15 minutes, as a warning, and nobody is told."
    ]


def test_when_nobody_speaks_it_is_the_collection_that_stands_still() -> None:
    assert board([host("a"), host("b")], NOON + 3600).is_old
    assert not board([], NOON).is_old


def test_groups_have_alike_hosts_the_largest_first() -> None:
    nearly = SMALL._replace(total_memory_bytes=32 * GIB - 4096)
    hosts = [host("a"), host("b", hardware=nearly), host("c", hardware=LARGE), host("d", hardware=None)]
    shown = board(hosts, NOON)
    assert [(one.group.name, one.hosts) for one in shown.groups] == [
        ("64 × EPYC 7713, 1 TiB", 1),
        ("8 × Xeon Gold 6130, 32 GiB", 2),
    ]
    assert columns(shown)["columns"]["group"] == [1, 1, 0, -1]


def test_columns_hold_a_value_of_each_host_and_troubles_by_its_place() -> None:
    gpus = (Gpu(0, "A100", 50.0, GIB, 80 * GIB), Gpu(1, "A100", 100.0, None, None))
    told = columns(board([host("a", gpus=gpus), host("b", free=GIB)], NOON))
    assert {len(values) for values in told["columns"].values()} == {2}
    assert told["columns"]["memory"] == [75.0, 96.9]
    assert told["columns"]["cpu"] == [60.0, 60.0]
    assert (told["columns"]["gpus"], told["columns"]["gpu"]) == ([2, 0], [75.0, None])
    assert told["troubles"] == {1: [["memory", "warning", "memory nearly full: 97 % used"]]}


def test_a_disk_has_a_bar_where_its_size_is_known_and_what_is_left_where_not() -> None:
    known = replace(host("b"), disks=(Disk("/", 25 * GIB, 100 * GIB), Disk("/data", 900 * GIB, 1000 * GIB)))
    silent = replace(host("c"), disks=(Disk("/", None, 100 * GIB),))
    told = columns(board([host("a"), known, silent], NOON))["columns"]
    assert told["disk"] == [None, 75.0, None]
    assert told["left"] == [100 * 1024, 25 * 1024, None]
    assert told["size"] == [None, 100 * 1024, 100 * 1024]
    facts = {fact.name: (fact.value, round(fact.share or 0)) for fact in sample_facts(known)}
    assert facts["Disk /"] == ("75 % of 100 GiB, 25 GiB left", 75)
    assert facts["Disk /data"] == ("10 % of 1,000 GiB, 900 GiB left", 10)


def test_memory_that_grows_by_a_module_is_another_group() -> None:
    other = SMALL._replace(total_memory_bytes=48 * GIB)
    assert len(set(hardware_groups([SMALL, other]).values())) == 2
    assert change_in_words(SMALL, other) == "memory 32 GiB → 48 GiB"
    assert change_in_words(SMALL, LARGE) == (
        "memory 32 GiB → 1 TiB, CPUs 8 → 64, model Xeon Gold 6130 → EPYC 7713"
    )
    assert change_in_words(SMALL, SMALL) == "clock or cache"


@pytest.mark.parametrize(
    ("model", "short"),
    [
        ("Intel(R) Xeon(R) CPU E5-2650 v3 @ 2.30GHz", "Xeon E5-2650 v3"),
        ("Neoverse-N1", "Neoverse-N1"),
        ("CPU", "CPU"),
    ],
)
def test_models_are_told_without_what_all_names_have(model: str, short: str) -> None:
    assert short_model(model) == short


def test_memory_is_told_as_it_is_bought() -> None:
    amounts = (GIB // 2, 7.88 * GIB, 31.3 * GIB, 1023.9 * GIB, 2000 * GIB, 1.06e6 * GIB)
    assert [round_size(int(amount)) for amount in amounts] == [
        "512 MiB",
        "7.9 GiB",
        "31 GiB",
        "1 TiB",
        "1.95 TiB",
        "1.01 PiB",
    ]


def test_facts_leave_out_what_a_host_does_not_tell() -> None:
    facts = {fact.name: fact.value for fact in sample_facts(host("a"))}
    assert facts == {
        "Memory used": "75 % of 32 GiB, 8.0 GiB free",
        "CPU busy": "60 %, 2 % in the kernel",
        "Load": "1.00 on 8 CPUs",
        "Disk /": "100 GiB left",
        "Disk operations": "7",
    }
    assert hardware_facts(host("a", hardware=None)) == []


def test_lines_break_in_each_gap_between_two_points() -> None:
    lines = HostLines([0, 60, 600, 660], {"load": [1.0, 2.0, 3.0, 4.0]}, {"/": [None, 5.0, 6.0, 7.0]})
    break_lines(lines, [Gap(-900, 0), Gap(60, 600), Gap(660, None)])
    assert lines.times == [0, 60, 330, 600, 660]
    assert lines.lines["load"] == [1.0, 2.0, None, 3.0, 4.0]
    assert lines.mounts["/"] == [None, 5.0, None, 6.0, 7.0]
