"""Quotas of Lustre. lfs answers for one user at a time, so that usermon.toml says the command."""

from collectors.parsers import lfs_quota
from collectors.quota_report import quota_collector

COLLECTOR = quota_collector(
    lfs_quota.parse,
    lfs_quota.as_fields,
    None,
    frozenset(("filesystem",)),
)
