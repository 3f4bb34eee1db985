"""The IANA name of this machine's time zone; the standard library knows only its abbreviation."""

import os
from pathlib import Path
from zoneinfo import ZoneInfo


def local_timezone(etc: Path = Path("/etc")) -> str:
    """From TZ, ETC/timezone or the link ETC/localtime; "UTC" where none of them says."""
    for name in (os.environ.get("TZ", "").lstrip(":"), _timezone_file(etc), _localtime_link(etc)):
        if _is_timezone(name):
            return name
    return "UTC"


def _timezone_file(etc: Path) -> str:
    try:
        return (etc / "timezone").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _localtime_link(etc: Path) -> str:
    _, found, name = str((etc / "localtime").resolve()).partition("/zoneinfo/")
    return name if found else ""


def _is_timezone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return False
    return True
