"""Quotas of Linux's own file systems."""

from collectors.parsers import repquota
from collectors.quota_report import quota_collector

COLLECTOR = quota_collector(
    repquota.parse,
    repquota.as_fields,
    ("/usr/sbin/repquota", "-u", "-a"),
    frozenset(("filesystem",)),
)
