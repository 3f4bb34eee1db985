"""Quotas of IBM Spectrum Scale."""

from collectors.parsers import mmrepquota
from collectors.quota_report import quota_collector

COLLECTOR = quota_collector(
    mmrepquota.parse,
    mmrepquota.as_fields,
    ("/usr/lpp/mmfs/bin/mmrepquota", "-u", "-Y", "-a"),
    frozenset(("filesystem", "fileset")),
)
