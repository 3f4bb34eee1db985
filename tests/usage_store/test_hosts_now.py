"""How all hosts do now, one host through time, and what became other hardware."""

from pathlib import Path

import pytest

from tests.host_samples import GIB, MIB, NOON, host_info, host_usage, minutes, save, shared_records
from tests.shared_data import expected_of
from usage_store.engine import Store
from usage_store.hardware_changes import hardware_changes
from usage_store.host_hours import old_minutes, portions, roll_up
from usage_store.host_lines import Gap, hardware_of, host_gaps, host_lines, id_and_newest
from usage_store.hosts import Span
from usage_store.hosts_now import Disk, Gpu, HostNow, hosts_now
from usermon.host_records import GpuUsage, MountSpace

DAY = 86_400


def now_of(store: Store, name: str | None = None) -> list[HostNow]:
    with store.reading() as connection:
        return hosts_now(connection, name)


def id_of(store: Store, name: str = "calc-01") -> int:
    with store.reading() as connection:
        found = id_and_newest(connection, name)
    assert found is not None
    return found[0]


def test_each_host_has_its_standing_hardware_and_its_newest_sample(store: Store) -> None:
    gpu = GpuUsage(0, "A100", 50.0, 4 * GIB, 80 * GIB)
    mounts = (MountSpace("/", 9 * GIB), MountSpace("/scratch", None))
    save(store, [host_info(time=NOON - DAY), host_info(time=NOON, total_memory_bytes=64 * GIB)])
    save(store, [*minutes(3), host_usage(time=NOON + 180, load=1.5, mounts=mounts, gpus=(gpu,))])
    save(store, [host_info("web-01")])
    calc, web = now_of(store)
    assert calc.hardware is not None
    assert (calc.hardware.total_memory_bytes, calc.hardware_since) == (64 * GIB, NOON)
    assert calc.newest_time == NOON + 180
    assert calc.sample is not None
    assert (calc.sample.memory_free_bytes, calc.sample.load, calc.sample.cpu_idle) == (8 * GIB, 1.5, 90.5)
    assert calc.disks == (Disk("/", 9 * GIB), Disk("/scratch", None))
    assert calc.gpus == (Gpu(0, "A100", 50.0, 4 * GIB, 80 * GIB),)
    assert (web.newest_time, web.interval, web.sample, web.disks) == (None, None, None, ())
    assert [one.name for one in now_of(store, "web-01")] == ["web-01"]


def test_a_host_with_one_mount_tells_that_one(store: Store) -> None:
    save(store, [host_usage(disk_available_bytes=3 * GIB)])
    [calc] = now_of(store)
    assert calc.disks == (Disk("", 3 * GIB),)
    assert calc.hardware is None


def test_a_disk_has_the_size_that_the_newest_sample_told(store: Store) -> None:
    def sizes() -> list[tuple[str, int | None]]:
        [calc] = now_of(store)
        return [(disk.mount, disk.size_bytes) for disk in calc.disks]

    save(store, [host_usage(disk_size_bytes=200 * GIB)])
    assert sizes() == [("", 200 * GIB)]
    save(store, [host_usage(time=NOON - 60, disk_size_bytes=GIB)])  # comes late
    save(store, [host_usage(time=NOON + 60)])  # an older agent
    save(store, [host_usage(time=NOON + 90, disk_size_bytes=0)])  # one that does not know it
    assert sizes() == [("", 200 * GIB)]
    mounts = (MountSpace("/", 9 * GIB, 300 * GIB), MountSpace("/scratch", None))
    later = [
        host_usage(time=NOON + 120, mounts=mounts[:1], disk_size_bytes=GIB),
        host_usage(time=NOON + 180, mounts=mounts, disk_size_bytes=300 * GIB),
    ]
    save(store, later)
    assert sizes() == [("/", 300 * GIB), ("/scratch", None)]


@pytest.mark.parametrize(("left_out", "interval"), [((), 60), ((4,), 60), ((3, 4), 60), ((1, 2, 3, 4), 300)])
def test_a_gap_before_the_newest_sample_is_not_taken_for_its_rhythm(
    store: Store, left_out: tuple[int, ...], interval: int
) -> None:
    save(store, minutes(6, leave_out=left_out))
    [calc] = now_of(store)
    assert calc.interval == interval


def test_changes_of_hardware_come_newest_first(store: Store) -> None:
    save(store, [host_info(time=NOON), host_info(time=NOON + DAY, total_memory_bytes=64 * GIB)])
    save(store, [host_info("web-01", time=NOON), host_info("web-01", time=NOON + 2 * DAY, cpu_number=16)])
    save(store, [host_info("same", time=NOON), host_info("same", time=NOON + DAY)])
    with store.reading() as connection:
        changes = hardware_changes(connection, 10)
        assert [one.host for one in hardware_changes(connection, 1)] == ["web-01"]
        [of_calc] = hardware_changes(connection, 10, "calc-01")
    assert [(one.host, one.time) for one in changes] == [("web-01", NOON + 2 * DAY), ("calc-01", NOON + DAY)]
    assert of_calc.before.total_memory_bytes == 32 * GIB
    assert of_calc.after.total_memory_bytes == 64 * GIB


def test_the_gaps_of_the_shared_hosts_are_all_that_were_built_in(
    sqlite_store: Store, shared_hosts: Path
) -> None:
    expected = expected_of(shared_hosts)
    save(sqlite_store, shared_records(shared_hosts))
    midnight = 1_647_216_000  # 2022-03-14, UTC
    found = []
    with sqlite_store.reading() as connection:
        for host in hosts_now(connection):
            known = id_and_newest(connection, host.name)
            assert known is not None
            gaps = host_gaps(connection, known[0], Span(midnight, midnight + DAY), 120)
            found += [(host.name, (gap.next - gap.last) / 60) for gap in gaps if gap.next is not None]
    wanted = [(one["hostname"], one["minutes"]) for one in expected["silences_over_2_minutes"]]
    assert sorted(found) == sorted(wanted)


def test_lines_are_samples_or_means_with_the_worst_of_each(store: Store) -> None:
    save(
        store,
        [host_usage(time=NOON + 60 * n, memory_free_bytes=(n + 1) * GIB, load=float(n)) for n in range(10)],
    )
    span = Span(NOON, NOON + 3600)
    with store.reading() as connection:
        raw = host_lines(connection, id_of(store), span, 1)
        thinned = host_lines(connection, id_of(store), span, 300)
    assert raw.times == [NOON + 60 * n for n in range(10)]
    assert raw.lines["memory_free"] == [(n + 1) * GIB for n in range(10)]
    assert raw.lines["network_sent"] == [None] * 10
    assert thinned.times == [NOON + 120, NOON + 420]
    assert thinned.lines["memory_free"] == [3 * GIB, 8 * GIB]
    assert thinned.lines["memory_free_least"] == [1 * GIB, 6 * GIB]
    assert thinned.lines["load_most"] == [4.0, 9.0]


def test_lines_of_mounts_and_gpus_stand_at_their_samples(store: Store) -> None:
    mounts = (MountSpace("/", 9 * GIB), MountSpace("/scratch", 7 * GIB))
    gpu = GpuUsage(1, "A100", 50.0, 512 * MIB, 80 * GIB)
    save(store, [host_usage(), host_usage(time=NOON + 60, mounts=mounts, gpus=(gpu,))])
    with store.reading() as connection:
        lines = host_lines(connection, id_of(store), Span(NOON, NOON + 3600), 1)
    assert lines.mounts == {"/": [None, 9 * GIB], "/scratch": [None, 7 * GIB]}
    assert lines.gpu_names == {1: "A100"}
    assert (lines.gpu_busy, lines.gpu_memory) == ({1: [None, 50.0]}, {1: [None, 512 * MIB]})


def test_old_hours_are_part_of_the_lines_and_no_gaps(store: Store) -> None:
    start = NOON - NOON % DAY
    save(store, [one for n in range(3) for one in minutes(60, start=start + 3600 * n)])
    save(store, minutes(60, start=start + 5 * 3600))
    save(store, minutes(60, start=start + DAY))
    with store.writing() as connection:
        [due] = old_minutes(connection, 0, start + DAY + 3600)
        for portion in portions(due):
            roll_up(connection, portion)
    span = Span(start, start + DAY + 3600)
    with store.reading() as connection:
        lines = host_lines(connection, id_of(store), span, 1)
        gaps = host_gaps(connection, id_of(store), span, 120)
    assert lines.times[:4] == [start, start + 3600, start + 7200, start + 5 * 3600]
    assert len(lines.times) == 4 + 60
    assert gaps == [
        Gap(start + 3 * 3600, start + 5 * 3600),
        Gap(start + 6 * 3600, start + DAY),
    ]


def test_a_gap_may_begin_before_the_span_and_last_to_its_end(store: Store) -> None:
    save(store, minutes(2))
    with store.reading() as connection:
        assert host_gaps(connection, id_of(store), Span(NOON + 600, NOON + 1200), 120) == [
            Gap(NOON + 60, None)
        ]
        before_all = host_gaps(connection, id_of(store), Span(NOON - 600, NOON + 100), 120)
    assert before_all == []


def test_the_hardware_of_a_host_through_time(store: Store) -> None:
    save(store, [host_info(time=NOON), host_info(time=NOON + DAY, total_memory_bytes=64 * GIB)])
    with store.reading() as connection:
        standing = hardware_of(connection, id_of(store))
    assert [(one.since, one.hardware.total_memory_bytes) for one in standing] == [
        (NOON, 32 * GIB),
        (NOON + DAY, 64 * GIB),
    ]
