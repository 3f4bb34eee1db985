"""Which hosts are in trouble: pure, the moment is given."""

import pytest

from tests.host_samples import GIB, NOON
from usage_store.host_status import (
    HostTrouble,
    disk_used_percent,
    fullest_disk,
    in_words,
    is_gone,
    is_silent,
    memory_used_percent,
    troubles_of,
)
from usage_store.hosts_now import Disk, Hardware, HostNow, Sample

HARDWARE = Hardware(8, "x86_64", "Model A", 32 * GIB)
DAY = 86_400


def host(
    newest: int | None = NOON,
    interval: int | None = 60,
    free: int = 16 * GIB,
    load: float | None = 1.0,
    kernel: float = 2.0,
    disks: tuple[Disk, ...] = (Disk("/", 100 * GIB),),
    hardware: Hardware | None = HARDWARE,
) -> HostNow:
    sample = None if newest is None else Sample(free, 10.0, kernel, load, 7, None, None)
    return HostNow("calc-01", newest, interval, hardware, NOON, sample, disks, ())


def words_of(one: HostNow, now: int = NOON + 30) -> list[str]:
    return [trouble.words for trouble in troubles_of(one, now)]


def test_a_host_that_is_merely_busy_is_fine() -> None:
    assert troubles_of(host(load=8.0), NOON + 60) == []


@pytest.mark.parametrize(
    ("interval", "age", "silent"),
    [(60, 900, False), (60, 901, True), (600, 1800, False), (600, 1801, True), (None, 901, True)],
)
def test_silence_begins_three_samples_and_a_quarter_of_an_hour_after_the_last(
    interval: int | None, age: int, silent: bool
) -> None:
    assert is_silent(host(interval=interval), NOON + age) is silent


@pytest.mark.parametrize(
    ("interval", "age", "late"), [(60, 300, False), (60, 301, True), (240, 720, False), (240, 721, True)]
)
def test_before_it_is_silent_a_host_is_late_and_judged_still(interval: int, age: int, late: bool) -> None:
    one = host(interval=interval, free=GIB // 10)
    found = troubles_of(one, NOON + age)
    assert [(each.kind, each.severity) for each in found] == [
        ("memory", "serious"),
        *([("late", "warning")] if late else []),
    ]
    assert words_of(host(), NOON + 420) == ["late, nothing said for 7 minutes (silent after 15 minutes)"]


def test_a_silent_host_is_judged_for_nothing_that_it_told_before() -> None:
    one = host(free=GIB // 10, load=100.0, disks=(Disk("/", 0),))
    [trouble] = troubles_of(one, NOON + 41 * 60)
    assert trouble == HostTrouble("silent", "serious", "said nothing for 41 minutes")


def test_a_host_that_never_gave_a_sample_is_silent_but_waited_for() -> None:
    assert words_of(host(newest=None, disks=())) == ["gave no sample yet"]
    assert not is_gone(host(newest=None), NOON)


def test_nobody_waits_for_a_host_after_a_month() -> None:
    assert not is_gone(host(), NOON + 30 * DAY)
    assert is_gone(host(), NOON + 31 * DAY)


@pytest.mark.parametrize(("free", "severity"), [(4 * GIB, None), (3 * GIB, "warning"), (GIB // 2, "serious")])
def test_memory_nearly_full(free: int, severity: str | None) -> None:
    found = troubles_of(host(free=free), NOON)
    assert [(one.kind, one.severity) for one in found] == ([("memory", severity)] if severity else [])


def test_memory_is_not_judged_where_it_is_not_known_how_much_there_is() -> None:
    one = host(free=0, hardware=None)
    assert memory_used_percent(one) is None
    assert troubles_of(one, NOON) == []


def test_each_disk_is_judged_and_the_worst_trouble_comes_first() -> None:
    one = host(disks=(Disk("/", 4 * GIB), Disk("/scratch", None), Disk("/tmp", GIB // 2)))
    assert words_of(one) == [
        "/scratch does not answer",
        "/tmp nearly full: 512 MiB left",
        "/ nearly full: 4.0 GiB left",
    ]
    assert fullest_disk(one) == Disk("/scratch", None)
    assert words_of(host(disks=(Disk("", GIB),))) == ["the disk nearly full: 1.0 GiB left"]


@pytest.mark.parametrize(
    ("left", "size", "words"),
    [
        (4 * GIB, 8 * GIB, []),  # /boot, say
        (GIB // 2, 8 * GIB, ["/ nearly full: 93 % used, 512 MiB left"]),
        (4 * GIB, 100 * GIB, ["/ nearly full: 96 % used, 4.0 GiB left"]),
        (50 * GIB, 1000 * GIB, ["/ nearly full: 95 % used, 50 GiB left"]),
        (51 * GIB, 1000 * GIB, []),
        (16 << 40, 400 << 40, ["/ nearly full: 96 % used, 16 TiB left"]),
    ],
)
def test_of_a_disk_whose_size_is_known_its_share_counts_too(left: int, size: int, words: list[str]) -> None:
    assert words_of(host(disks=(Disk("/", left, size),))) == words


def test_the_fullest_disk_is_told_by_its_share_where_all_sizes_are_known() -> None:
    small, large = Disk("/", 10 * GIB, 40 * GIB), Disk("/scratch", 100 * GIB, 1000 * GIB)
    assert (disk_used_percent(small), disk_used_percent(large)) == (75.0, 90.0)
    assert fullest_disk(host(disks=(small, large))) == large
    unknown = Disk("/data", 20 * GIB)
    assert disk_used_percent(unknown) is None
    assert fullest_disk(host(disks=(small, large, unknown))) == small
    assert fullest_disk(host(disks=())) is None
    # More may be free than users can fill: root's share was given away meanwhile.
    assert disk_used_percent(Disk("/", 41 * GIB, 40 * GIB)) == 0.0


def test_a_cpu_is_overloaded_by_load_or_by_the_kernel() -> None:
    assert words_of(host(load=12.0)) == ["CPU overloaded: load 12 on 8 CPUs"]
    assert [one.severity for one in troubles_of(host(load=32.0), NOON)] == ["serious"]
    assert words_of(host(load=None, kernel=60.0)) == ["CPU overloaded: 60 % in the kernel"]


def test_a_clock_that_is_ahead_is_told() -> None:
    assert words_of(host(newest=NOON + 7200), NOON) == ["its clock is 2 hours ahead"]


def test_stretches_of_time_in_words() -> None:
    assert [in_words(one) for one in (1, 59, 60, 41 * 60, 7200, 3 * DAY, 1645 * DAY)] == [
        "1 second",
        "59 seconds",
        "1 minute",
        "41 minutes",
        "2 hours",
        "3 days",
        "4.5 years",
    ]
