"""Quotas of BeeGFS; its storage pools count as filesets."""

from collectors.parsers import beegfs_quota
from collectors.quota_report import quota_collector

COLLECTOR = quota_collector(
    beegfs_quota.parse,
    beegfs_quota.as_fields,
    ("beegfs-ctl", "--getquota", "--uid", "--all", "--csv"),
    frozenset(("fileset",)),
)
