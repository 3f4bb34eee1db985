"""What nvidia-smi prints of GPUs, or instead."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.parsers.nvidia_smi import COMMAND, parse
from usermon.host_records import GpuUsage

HEADER = "index, name, utilization.gpu [%], memory.used [MiB], memory.total [MiB]\n"
MIB = 1024**2


def test_each_gpu_is_a_record_in_base_units() -> None:
    parsed = parse(
        HEADER
        + "0, Model G 40GB, 37 %, 3079 MiB, 40960 MiB\n1, Model G 40GB, [N/A], 0 MiB, [Not Supported]\n"
    )
    assert parsed.records == (
        GpuUsage(0, "Model G 40GB", 37, 3079 * MIB, 40960 * MIB),
        GpuUsage(1, "Model G 40GB", None, 0, None),
    )
    assert parsed.rejected == ()


def test_columns_are_found_by_their_names() -> None:
    parsed = parse(
        "memory.total [MiB], memory.used [MiB], name, index, utilization.gpu [%]\n8 MiB, 2 MiB, G, 3, 5 %"
    )
    assert parsed.records == (GpuUsage(3, "G", 5, 2 * MIB, 8 * MIB),)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("0, G, 37 %, 1 MiB", "4 columns instead of 5"),
        ("x, G, 37 %, 1 MiB, 2 MiB", "the index is not a number"),
        ("0, G, 137 %, 1 MiB, 2 MiB", "utilization.gpu is more than 100 %"),
        ("0, G, 37, 1 MiB, 2 MiB", "'37' is no amount of %"),
        ("0, G, 37 %, 1 GiB, 2 MiB", "'1 GiB' is no amount of MiB"),
    ],
)
def test_a_line_that_is_no_gpu_is_rejected_and_the_others_stay(line: str, reason: str) -> None:
    parsed = parse(HEADER + f"{line}\n7, G, 1 %, 1 MiB, 2 MiB\n")
    assert [(r.line, r.reason) for r in parsed.rejected] == [(2, reason)]
    assert [gpu.number for gpu in parsed.records] == [7]


def test_a_message_of_the_driver_is_no_gpu() -> None:
    parsed = parse("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n")
    assert parsed.records == ()
    assert parsed.rejected[0].reason == "no header: is this a message of the driver?"


def test_all_that_is_parsed_is_asked_for() -> None:
    assert COMMAND == (
        "nvidia-smi",
        "--query-gpu=index,name,utilization.gpu,memory.used,memory.total",
        "--format=csv",
    )


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from(["0", "G", "1 %", "[N/A]", "2 MiB", "-1", "é", ""]), max_size=7),
    st.text(max_size=30),
)
def test_anything_is_a_gpu_or_rejected(fields: list[str], text: str) -> None:
    parsed = parse(HEADER + ", ".join(fields) + "\n" + text)
    assert len(parsed.records) + len(parsed.rejected) <= 2 + text.count("\n")
