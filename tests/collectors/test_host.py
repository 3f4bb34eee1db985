"""This machine as the agent sees it: by psutil, with dead mounts, odd GPUs and wrong keys."""

import os
import socket
import stat
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from collectors import host
from collectors.host_hardware import Kernel, read_host_info
from collectors.host_rates import Counters, Rates, rates_between
from collectors.one_pass import run_pass
from collectors.reading import Pass, Reading
from collectors.store_sink import StoreSink
from tests.factories import source
from usage_store.engine import Store
from usage_store.hosts import all_hosts, usage_of_host
from usage_store.paging import Window
from usermon.errors import SettingsError
from usermon.host_records import GpuUsage, HostInfo, HostUsage, MountSpace
from usermon.site_file import Source

ALL = Window(1000)
NOON = 1_772_452_800
LOOK = Counters(100.0, 1000.0, 600.0, 50.0, 7_000, 10_000, 20_000, 5, 0.5)


def here(name: str, **options: object) -> Source:
    return replace(source(name), collector="host", path=None, options=options)


@pytest.fixture(autouse=True)
def first_looks(monkeypatch: pytest.MonkeyPatch) -> Mapping[str, object]:
    """Every test begins without any look before, and the first interval is short."""
    looks: dict[str, host.Host] = {}
    monkeypatch.setattr(host, "_HOSTS", looks)
    monkeypatch.setattr(host, "FIRST_INTERVAL_SECONDS", 0.01)
    return looks


@pytest.fixture
def dead_mount(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A mount whose server is gone: asking hangs until the test is over."""
    over = threading.Event()
    statvfs = os.statvfs

    def hang(path: Any) -> Any:
        if path == "/dead":
            over.wait(60)
        return statvfs("/" if path == "/dead" else path)

    monkeypatch.setattr(os, "statvfs", hang)
    monkeypatch.setattr(host, "ANSWER_SECONDS", 0.05)
    yield "/dead"
    over.set()


def look(of: Source, now: float = NOON) -> tuple[list[HostInfo | HostUsage], Reading]:
    [reading] = host.read_new(of, Pass(now))
    return list(reading.records), reading


def usage_of(records: list[HostInfo | HostUsage]) -> HostUsage:
    [usage] = [record for record in records if isinstance(record, HostUsage)]
    return usage


def install(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = folder / "nvidia-smi"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def test_this_machine_reaches_the_store_with_its_hardware(store: Store) -> None:
    run = run_pass(StoreSink(store), here("me"))
    assert (run.error, run.taken, run.rejected) == (None, 2, 0)
    again = run_pass(StoreSink(store), here("me"))
    assert again.error is None
    with store.reading() as connection:
        [row] = all_hosts(connection, ALL).rows
    assert (row["hostname"], row["cpu_number"]) == (socket.gethostname(), psutil.cpu_count())
    assert row["total_mem"] == psutil.virtual_memory().total // 1024
    assert 0 <= row["cpu_idle"] <= 100
    usage = psutil.disk_usage("/")
    assert row["disk_size"] << 20 == pytest.approx(usage.used + usage.free, rel=0.01)
    assert 0 < row["disk_available"] < row["disk_size"]


def test_hardware_is_told_first_and_again_when_it_changed_or_a_day_has_gone_by(
    first_looks: dict[str, host.Host],
) -> None:
    def kinds(now: float) -> list[str]:
        return [type(record).__name__ for record in look(here("me"), now)[0]]

    assert kinds(NOON) == ["HostInfo", "HostUsage"]
    assert kinds(NOON + 60) == ["HostUsage"]
    told = first_looks["me"].info
    assert told is not None
    first_looks["me"].info = replace(told, cpu_number=told.cpu_number + 1)
    assert kinds(NOON + 120) == ["HostInfo", "HostUsage"]
    assert kinds(NOON + 120 + 86_400) == ["HostInfo", "HostUsage"]


def test_rates_are_of_the_interval_between_two_looks() -> None:
    later = Counters(160.0, 1240.0, 780.0, 62.0, 7_600, 16_000, 20_060, 5, 0.5)
    assert rates_between(LOOK, later) == Rates(
        cpu_idle=75.0, cpu_kernel=5.0, disk_io=10, network_received=100, network_sent=1
    )


def test_counters_that_went_back_or_stood_count_as_still() -> None:
    restarted = replace(LOOK, seconds=1.0, cpu=3.0, cpu_idle=1.0, cpu_kernel=1.0, disk_operations=5)
    assert rates_between(LOOK, restarted) == Rates(0.0, 0.0, 0, 0, 0)
    assert rates_between(LOOK, LOOK) == Rates(0.0, 0.0, 0, 0, 0)


def test_a_dead_mount_costs_its_own_number_and_nothing_else(dead_mount: str, sqlite_store: Store) -> None:
    of = here("me", mounts=["/", dead_mount, "/nowhere"])
    run = run_pass(StoreSink(sqlite_store), of)
    assert (run.error, run.taken, run.rejected) == (None, 2, 2)
    records, reading = look(of)
    usage = usage_of(records)
    assert usage.disk_available_bytes == usage.mounts[0].available_bytes
    assert usage.disk_size_bytes == usage.mounts[0].size_bytes
    assert usage.mounts[1:] == (MountSpace(dead_mount, None), MountSpace("/nowhere", None))
    assert [(rejected.text, rejected.reason) for rejected in reading.rejected] == [
        (dead_mount, "the mount does not answer within 0.05 s"),
        ("/nowhere", "the mount cannot be asked: No such file or directory"),
    ]


def test_gpus_are_told_where_nvidia_smi_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    header = "index, name, utilization.gpu [%], memory.used [MiB], memory.total [MiB]"
    install(tmp_path, f"echo '{header}'; echo '0, Model G, 37 %, 1 MiB, 2 MiB'", monkeypatch)
    assert usage_of(look(here("me"))[0]).gpus == (GpuUsage(0, "Model G", 37, 1 << 20, 2 << 20),)


@pytest.mark.parametrize("script", ["echo no driver; echo 1 >> COUNT; exit 9", "echo 1 >> COUNT; sleep 60"])
def test_a_driver_that_refuses_or_hangs_is_left_alone_for_a_while(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host, "ANSWER_SECONDS", 0.5)
    install(tmp_path, script.replace("COUNT", str(tmp_path / "count")), monkeypatch)
    of = here("me")
    assert [usage_of(look(of)[0]).gpus for _ in range(3)] == [()] * 3
    assert (tmp_path / "count").read_text().splitlines() == ["1"]


def test_hardware_is_what_the_kernel_says_and_unknown_is_none(tmp_path: Path) -> None:
    cpu = tmp_path / "sys/devices/system/cpu/cpu0"
    for index, (level, size) in enumerate((("1", "32K"), ("2", "1280K"), ("3", "36M"))):
        cache = cpu / f"cache/index{index}"
        cache.mkdir(parents=True)
        (cache / "level").write_text(f"{level}\n")
        (cache / "size").write_text(f"{size}\n")
    proc = tmp_path / "proc"
    proc.mkdir()
    (proc / "meminfo").write_text("MemTotal:       2048 kB\n")
    (proc / "stat").write_text("cpu  1 2\ncpu0 1 2\ncpu1 1 2\ncpu2 1 2\n")
    (proc / "cpuinfo").write_text("processor\t: 0\nmodel name\t: Model \x1b[A\ncpu MHz\t\t: 1999.9\n")
    info = read_host_info("a", 1, Kernel(proc, tmp_path / "sys"))
    assert (info.cpu_number, info.cpu_mhz, info.l2_cache_bytes, info.total_memory_bytes) == (
        3,
        1999.9,
        1280 * 1024,
        2048 * 1024,
    )
    assert info.cpu_model == r"Model \x1b[A"
    (cpu / "cpufreq").mkdir()
    (cpu / "cpufreq/cpuinfo_max_freq").write_text("3500000\n")
    assert read_host_info("a", 1, Kernel(proc, tmp_path / "sys")).cpu_mhz == 3500


def test_a_kernel_that_tells_nothing_is_an_error_with_a_remedy(
    sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = Kernel(tmp_path, tmp_path)
    monkeypatch.setattr(host, "read_host_info", lambda name, now: read_host_info(name, now, empty))
    run = run_pass(StoreSink(sqlite_store), here("me"))
    assert run.error == "me: the kernel tells nothing of the machine: meminfo has no MemTotal"
    assert run.remedy is not None


@pytest.mark.parametrize(
    "options",
    [
        {"mounts": "/"},
        {"mounts": []},
        {"mounts": ["scratch"]},
        {"mounts": [7]},
        {"mounts": ["/a\n"]},
        {"hostname": ""},
        {"hostname": "a/b"},
        {"hostname": 7},
    ],
)
def test_a_wrong_key_is_refused_by_its_name(options: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match=f"source 'me': {next(iter(options))}"):
        list(host.read_new(here("me", **options), Pass(NOON)))


def test_a_machine_may_be_given_another_name(sqlite_store: Store) -> None:
    run_pass(StoreSink(sqlite_store), here("me", hostname="calc-07"))
    with sqlite_store.reading() as connection:
        assert usage_of_host(connection, "calc-07", None, None, ALL).total == 1


def test_machines_without_disks_of_their_own_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "disk_io_counters", lambda: None)
    nothing = SimpleNamespace(bytes_recv=9, bytes_sent=9)
    monkeypatch.setattr(psutil, "net_io_counters", lambda **_: {"lo": nothing})
    usage = usage_of(look(here("me"))[0])
    assert (usage.disk_io, usage.network_received, usage.network_sent) == (0, 0, 0)
