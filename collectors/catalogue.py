"""Everything that Usermon can collect: one more is one line here, and the module that it names.

Modules are loaded when they are needed: an agent that reads one source holds that one's parser and no other.
"""

from importlib import import_module
from typing import NamedTuple

from collectors.collector import Collector
from usermon.errors import SettingsError, UsermonError
from usermon.site_file import Source


class Entry(NamedTuple):
    reads: str  # what `list` and the manual say of it
    module: str  # holds the Collector as COLLECTOR


COLLECTORS = {
    "storage_csv": Entry(
        "a folder of USER.csv files with lines date,GB,nfiles; the source's name is the volume",
        "collectors.storage_folder",
    ),
    "mmrepquota": Entry("quota reports of IBM Spectrum Scale, with -Y or plain", "collectors.mmrepquota"),
    "repquota": Entry("quota reports of Linux, as a table or as CSV", "collectors.repquota"),
    "lfs_quota": Entry("quota reports of Lustre, one user after another", "collectors.lfs_quota"),
    "beegfs_quota": Entry("quota reports of BeeGFS, as CSV or as a table", "collectors.beegfs_quota"),
    "zfs_userspace": Entry("quota reports of ZFS, with -Hp or as a table", "collectors.zfs_userspace"),
    "tree_scan": Entry("a folder tree, scanned on the spot, file by file", "collectors.tree_scan"),
    "io_log": Entry("hourly logs of read sizes per user and machine, by bpftrace", "collectors.io_log_files"),
    "torque": Entry("jobs, nodes and groups of a cluster run by Torque (and Maui)", "collectors.torque"),
    "pbspro": Entry("jobs and nodes of a cluster run by PBS Pro or OpenPBS", "collectors.pbspro"),
    "slurm": Entry("jobs and nodes of a cluster run by Slurm, and the jobs that ended", "collectors.slurm"),
    "host": Entry("a machine each minute, or tables of hosts that others measured", "collectors.host"),
    "tarballs": Entry("tarballs of one hub on one node, here or over ssh", "collectors.tarballs"),
    "slurm_log": Entry("a log of Slurm jobs with lines JobID|User|...", "collectors.slurm_log"),
}


class UnknownCollector(UsermonError):
    """No collector of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no collector {name!r}", f"Known ones: {', '.join(sorted(COLLECTORS))}.")


def find_collector(name: str) -> Collector:
    """Raises UnknownCollector."""
    try:
        entry = COLLECTORS[name]
    except KeyError:
        raise UnknownCollector(name) from None
    collector = import_module(entry.module).COLLECTOR
    assert isinstance(collector, Collector)  # noqa: S101 - for the type checker; a test loads each
    return collector


def collector_of(source: Source) -> Collector:
    """The collector of `source`, whose keys in usermon.toml it knows.

    Raises:
        UnknownCollector: there is none of that name.
        SettingsError: a key is missing, or not one that this collector takes.
    """
    collector = find_collector(source.collector)
    if collector.needs_path and source.path is None:
        raise SettingsError(
            f"{source.name}.path", f"source {source.name!r} has no path", 'Add path = "..." to it.'
        )
    if not collector.takes_path and source.path is not None:
        raise SettingsError(
            f"{source.name}.path",
            f"source {source.name!r}: the collector {source.collector} takes no path",
            "It reads what its commands print: leave path away. `usermon-collect import` takes files.",
        )
    for key, value in (("ssh", source.ssh), ("command", source.command)):
        if collector.reads_files_here and value is not None:
            raise SettingsError(
                f"{source.name}.{key}",
                f"source {source.name!r}: the collector {source.collector} reads files of this machine, and "
                f"takes no {key}",
                f"Take {key} away; for files of another machine run an agent there "
                "(`usermon-collect forever --hub URL`).",
            )
    for key in source.options:
        if key not in collector.options:
            known = ", ".join(sorted(collector.options)) or "none"
            raise SettingsError(
                f"{source.name}.{key}",
                f"source {source.name!r}: the collector {source.collector} has no key {key!r}",
                f"Keys of its own: {known}; of every source: name, collector, path, every, timezone, ssh, "
                "ssh_key, timeout, command.",
            )
    return collector
