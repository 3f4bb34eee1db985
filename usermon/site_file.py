"""usermon.toml: what a facility measures, how often, and how its pages look.

Read by the collectors (what to read) and the orchestrator (which folders the collectors' container must see).

    timezone = "Europe/Berlin"       # of times without a zone; default: USERMON_TIMEZONE, else this machine's

    [reference]                      # reference lines in the dashboards
    gb = 25000
    files = 1500000

    [[source]]
    name = "local"                   # for storage: the volume
    collector = "storage_csv"
    path = "/srv/quota/local"
    every = "30m"
"""

import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from usermon.errors import SettingsError

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}", re.ASCII)
_PERIOD = re.compile(r"([0-9]{1,9})\s*([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, slots=True)
class Source:
    """One thing that a collector reads."""

    name: str
    collector: str
    path: Path
    every_seconds: int
    timezone: str


@dataclass(frozen=True, slots=True)
class SiteFile:
    sources: tuple[Source, ...]
    timezone: str
    reference_gb: float | None
    reference_files: int | None


def read_site_file(path: Path, default_timezone: str = "UTC") -> SiteFile:
    """Read and check `path`; relative source paths are relative to the file's folder.

    Raises:
        SettingsError: names the key, the value and what was expected.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError(
            "USERMON_CONFIG", f"no such file: {path}", "Name your usermon.toml in USERMON_CONFIG or --config."
        ) from error
    except OSError as error:
        raise SettingsError(
            "USERMON_CONFIG",
            f"{path} cannot be read: {error.strerror}",
            "Check what it is, and who may read it.",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            str(path), f"{path} is not TOML: {error}", "Mend the line that is named."
        ) from error
    _refuse_unknown(document, {"timezone", "reference", "source"}, str(path))
    timezone = _timezone(document.get("timezone", default_timezone), f"{path}: timezone")
    reference = _table(document.get("reference", {}), f"{path}: reference")
    _refuse_unknown(reference, {"gb", "files"}, f"{path}: reference")
    entries = document.get("source", [])
    if not isinstance(entries, list):
        raise SettingsError(
            "source", f"{path}: source is not a list of tables", "Write [[source]] with two brackets."
        )
    sources = tuple(_source(entry, path, timezone, number) for number, entry in enumerate(entries, start=1))
    _refuse_doubled(sources, path)
    return SiteFile(
        sources=sources,
        timezone=timezone,
        reference_gb=_positive(reference.get("gb", 25_000), f"{path}: reference.gb"),
        reference_files=_whole(reference.get("files", 1_500_000), f"{path}: reference.files"),
    )


def parse_period(text: object, where: str) -> int:
    """Seconds of '30s', '5m', '2h' or '1d'. Raises SettingsError naming `where`."""
    match = _PERIOD.fullmatch(text.strip()) if isinstance(text, str) else None
    seconds = int(match[1]) * _SECONDS[match[2]] if match else 0
    if not 1 <= seconds <= 366 * 86400:
        raise SettingsError(where, f"{where} is {text!r}", 'Write a number and s, m, h or d: "30m".')
    return seconds


def _source(entry: Any, path: Path, timezone: str, number: int) -> Source:
    where = f"{path}: source {number}"
    entry = _table(entry, where)
    _refuse_unknown(entry, {"name", "collector", "path", "every", "timezone"}, where)
    for key in ("name", "collector", "path"):
        if not isinstance(entry.get(key), str) or not entry[key]:
            raise SettingsError(f"{where}.{key}", f"{where} has no {key}", f'Add {key} = "...".')
    name = entry["name"]
    if not _NAME.fullmatch(name):
        raise SettingsError(
            f"{where}.name",
            f"{where}: name is {name!r}",
            "Use letters, digits, '.', '_' and '-', at most 64.",
        )
    return Source(
        name=name,
        collector=entry["collector"],
        # Links stay: a container in which this very path is mounted has them not, and finds it all the same.
        path=Path(os.path.abspath(path.parent / entry["path"])),  # noqa: PTH100 - resolve() would follow them
        every_seconds=parse_period(entry.get("every", "30m"), f"{where} ({name}): every"),
        timezone=_timezone(entry.get("timezone", timezone), f"{where} ({name}): timezone"),
    )


def _table(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SettingsError(where, f"{where} is not a table", "Write it as [table] with key = value lines.")
    return value


def _refuse_unknown(table: dict[str, Any], known: set[str], where: str) -> None:
    for key in table:
        if key not in known:
            raise SettingsError(
                f"{where}.{key}", f"{where}: unknown key {key!r}", f"Known keys: {', '.join(sorted(known))}."
            )


def _refuse_doubled(sources: tuple[Source, ...], path: Path) -> None:
    seen: set[str] = set()
    for source in sources:
        if source.name in seen:
            raise SettingsError(
                "source.name", f"{path}: two sources are named {source.name!r}", "Rename one of them."
            )
        seen.add(source.name)


def _timezone(name: object, where: str) -> str:
    try:
        if not isinstance(name, str) or not name:
            raise ValueError
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingsError(
            where, f"{where} is {name!r}", 'Write an IANA name: "Europe/Berlin" or "UTC".'
        ) from error
    return name


def _positive(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        raise SettingsError(where, f"{where} is {value!r}", "Write a number above 0.")
    return value


def _whole(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise SettingsError(where, f"{where} is {value!r}", "Write a whole number above 0.")
    return value
