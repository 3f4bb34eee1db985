"""The catalogue: every entry leads to a collector, and sources say nothing that theirs does not know."""

from dataclasses import replace

import pytest

from collectors.catalogue import COLLECTORS, UnknownCollector, collector_of, find_collector
from tests.factories import source
from usage_store.saving import KINDS
from usermon.errors import SettingsError


@pytest.mark.parametrize("name", sorted(COLLECTORS))
def test_every_entry_leads_to_a_collector_of_a_kind_that_the_store_keeps(name: str) -> None:
    assert find_collector(name).kind in KINDS
    assert COLLECTORS[name].reads


def test_a_collector_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(UnknownCollector, match="no collector 'horoscope'") as caught:
        find_collector("horoscope")
    assert "storage_csv" in (caught.value.remedy or "")


def test_a_key_that_the_collector_does_not_know_is_refused() -> None:
    with pytest.raises(SettingsError, match="'local': the collector storage_csv has no key 'pth'"):
        collector_of(replace(source(), options={"pth": "y"}))


@pytest.mark.parametrize("name", ["storage_csv", "io_log", "tree_scan"])
@pytest.mark.parametrize(("key", "value"), [("ssh", "fileserver"), ("command", ("cat", "x"))])
def test_where_files_are_read_here_no_other_machine_and_no_command_is_taken(
    name: str, key: str, value: object
) -> None:
    elsewhere = replace(source(collector=name), **{key: value})  # type: ignore[arg-type]
    with pytest.raises(
        SettingsError, match=f"{name} reads files of this machine, and takes no {key}"
    ) as said:
        collector_of(elsewhere)
    assert "run an agent there" in (said.value.remedy or "")


def test_a_folder_that_is_not_named_is_asked_for() -> None:
    with pytest.raises(SettingsError, match="source 'local' has no path"):
        collector_of(replace(source(), path=None))


@pytest.mark.parametrize("name", ["torque", "pbspro", "slurm"])
def test_a_path_that_nobody_would_look_at_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match=f"the collector {name} takes no path"):
        collector_of(source(collector=name))
    assert collector_of(replace(source(collector=name), path=None)) is find_collector(name)
