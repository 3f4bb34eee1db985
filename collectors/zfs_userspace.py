"""Quotas of ZFS. A data set must be named, so that usermon.toml says the command."""

from collectors.parsers import zfs_userspace
from collectors.quota_report import quota_collector

COLLECTOR = quota_collector(
    zfs_userspace.parse,
    zfs_userspace.as_fields,
    None,
    frozenset(),
)
