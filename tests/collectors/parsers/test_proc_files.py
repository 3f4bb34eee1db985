"""What kernels tell of themselves: of this machine as it is, of others as written by hand."""

import subprocess
from contextlib import suppress

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.parsers.proc_files import SCRIPT, NotAKernel, counters, files_of, host_info, mount_space
from usermon.host_records import HostInfo, MountSpace, check_host_info

KIB = 1024
DUMP = """=== uptime
1000.50 3000.00
=== stat
cpu  100 20 30 400 50 6 7 8 9 1
cpu0 50 10 15 200 25 3 3 4 4 0
cpu1 50 10 15 200 25 3 4 4 5 1
intr 5
=== meminfo
MemTotal:       32779100 kB
MemFree:          100000 kB
MemAvailable:   20000000 kB
=== loadavg
1.25 0.31 0.28 1/203 4711
=== diskstats
   8       0 sda 100 0 2000 30 50 0 900 20 0 10 50
   8       1 sda1 90 0 1900 30 40 0 800 20 0 10 50
 253       0 dm-0 90 0 1900 30 40 0 800 20 0 10 50
 259       0 nvme0n1 7 0 20 3 3 0 9 2 0 1 5
 259       1 nvme0n1p1 7 0 20 3 3 0 9 2 0 1 5
   7       0 loop0 9 0 20 3 9 0 9 2 0 1 5
=== net/dev
Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop
    lo: 999 9 0 0 0 0 0 0 999 9 0 0 0 0 0 0
  eth0:1000 9 0 0 0 0 0 0 300 9 0 0 0 0 0 0
  ib0: 500 9 0 0 0 0 0 0 40 9 0 0 0 0 0 0
=== cpuinfo
processor\t: 0
model name\t: Model A
cpu MHz\t\t: 1200.123
=== architecture
x86_64
=== hostname
calc-02
=== max_freq
3500000
=== l2
1280K
=== mount /
Filesystem     1024-blocks     Used Available Capacity Mounted on
/dev/sda1         98831908 61827360  31941080      66% /
=== mount /gone
"""


def test_the_dump_of_another_machine_is_read() -> None:
    files = files_of(DUMP)
    assert host_info(files, "calc-02", 5) == HostInfo(
        "calc-02", 5, 2, "x86_64", "Model A", 3500.0, 1280 * KIB, 32779100 * KIB
    )
    found = counters(files)
    assert (found.seconds, found.cpu, found.cpu_idle, found.cpu_kernel) == (1000.5, 621, 450, 43)
    # Whole disks and no loopback: nothing counts twice.
    assert (found.disk_operations, found.network_received, found.network_sent) == (160, 1500, 340)
    assert (found.memory_available, found.load) == (20000000 * KIB, 1.25)
    # As `df` counts: without what is kept for root, so that 66 % of it are used.
    assert mount_space(files, "/") == MountSpace("/", 31941080 * KIB, (61827360 + 31941080) * KIB)
    assert mount_space(files, "/gone") == MountSpace("/gone", None)


def test_what_a_machine_does_not_tell_is_none() -> None:
    bare = files_of("=== stat\ncpu0 1\n=== cpuinfo\n=== meminfo\nMemTotal:       1024000 kB\n")
    assert host_info(bare, "a", 1) == HostInfo("a", 1, 1, "unknown", "unknown", None, None, 1024000 * KIB)


@pytest.mark.parametrize(
    ("gone", "reason"),
    [
        ("cpu  ", "stat has no line of all CPUs"),
        ("MemTotal", "meminfo has no MemTotal"),
        ("1000.50", "uptime"),
    ],
)
def test_what_no_kernel_tells_is_said(gone: str, reason: str) -> None:
    files = files_of("\n".join(line for line in DUMP.split("\n") if not line.startswith(gone)))
    with pytest.raises(NotAKernel, match=reason):
        (host_info(files, "a", 1), counters(files))


def test_the_script_run_here_tells_what_psutil_does() -> None:
    done = subprocess.run(
        ["sh", "-c", SCRIPT, "sh", "/", "/no such 'mount'"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    files = files_of(done.stdout)
    info, found = host_info(files, files["hostname"].strip(), 1), counters(files)
    check_host_info(info)
    assert (info.cpu_number, info.total_memory_bytes) == (psutil.cpu_count(), psutil.virtual_memory().total)
    disks = psutil.disk_io_counters()
    assert disks is not None
    assert (
        abs(found.disk_operations - disks.read_count - disks.write_count)
        <= 0.01 * found.disk_operations + 10_000
    )
    assert mount_space(files, "/").available_bytes
    usage = psutil.disk_usage("/")
    assert mount_space(files, "/").size_bytes == pytest.approx(usage.used + usage.free, rel=0.01)
    assert mount_space(files, "/no such 'mount'").available_bytes is None


@settings(max_examples=60, deadline=None)
@given(st.integers(0, DUMP.count("\n")), st.text(max_size=40))
def test_a_dump_with_any_line_in_another_ones_place_is_read_or_said_to_be_none(place: int, line: str) -> None:
    lines = DUMP.split("\n")
    lines[place] = line
    files = files_of("\n".join(lines))
    with suppress(NotAKernel):
        host_info(files, "a", 1)
    with suppress(NotAKernel):
        counters(files)
    mount_space(files, "/")
