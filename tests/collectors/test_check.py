"""Trying a source: what gives nothing is a fault, unless nothing is what there is."""

from dataclasses import replace
from pathlib import Path

import pytest

from collectors.check import check_source
from tests.factories import source
from usermon.site_file import Source

NODES = "n1\n     state = free\n     np = 8\n\n"


def quota(*command: str) -> Source:
    return replace(source(collector="zfs_userspace"), path=None, command=command)


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        (("printf", "a\nb\n"), "local: nothing could be read: 2 lines were rejected"),
        (("true",), "local: nothing came"),
    ],
)
def test_a_command_that_gives_no_record_is_a_fault(command: tuple[str, ...], fault: str) -> None:
    checked = check_source(quota(*command))
    assert checked.error is not None
    assert fault in checked.error.message
    assert checked.error.remedy


def test_one_record_among_rejected_lines_is_fine() -> None:
    checked = check_source(quota("printf", "POSIX User\talice\t1024\tnone\nrubbish\n"))
    assert (checked.records, checked.rejected, checked.error) == (1, 1, None)


def test_a_cluster_without_jobs_a_node_without_tarballs_and_an_empty_folder_are_fine(tmp_path: Path) -> None:
    (tmp_path / "nodes").write_text(NODES)
    cluster = replace(
        source(collector="torque"), path=None, options={"commands": ["true", f"cat '{tmp_path}/nodes'"]}
    )
    empty = tmp_path / "empty"
    empty.mkdir()
    node = replace(source(collector="tarballs"), path=empty, options={"hub": "alder"})
    for tried in (cluster, node, source(path=empty), source(path=empty, collector="io_log")):
        assert check_source(tried).error is None, tried.collector


def test_a_folder_of_which_nothing_can_be_read_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "alice.csv").write_text("rubbish\n")
    assert check_source(source(path=tmp_path)).error is not None
