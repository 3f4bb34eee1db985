"""usermon.toml: what a facility measures, how often, and how its pages look.

Read by the collectors (what to read), the overview (how it looks) and the orchestrator (which folders the
collectors' container must see).

    timezone = "Europe/Berlin"       # of times without a zone; default: USERMON_TIMEZONE, else this machine's

    [reference]                      # reference lines in the dashboards
    gb = 25000
    files = 1500000

    [retention]                      # how long what is kept: see retention.py
    hosts_in_full = "30d"

    [site]                           # how pages look: see site_look.py
    name = "Example Facility"

    [alerts]                         # who is told of what: see alert_settings.py, mail_settings.py
    to = ["it@example.org"]

    [[volume]]                       # how large a volume is: see volume_capacities.py
    name = "local"
    capacity = "120 TiB"

    [[source]]
    name = "local"                   # for storage: the volume
    collector = "storage_csv"
    path = "/srv/quota/local"
    every = "30m"

    [[source]]
    name = "cluster-a"
    collector = "torque"
    ssh = "head-a"                   # read there; without it, here
    every = "1m"
"""

import os
import re
import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from usermon.alert_rule_reading import Around
from usermon.alert_settings import AlertSettings, read_alerts
from usermon.errors import SettingsError
from usermon.retention import RETENTION_KEYS, Retention, read_retention
from usermon.site_look import SITE_KEYS, SiteLook, read_site_look
from usermon.toml_values import parse_period, refuse_unknown, table
from usermon.volume_capacities import read_capacities

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}", re.ASCII)
_OF_EVERY_SOURCE = {
    *("name", "collector", "path", "every", "timezone"),
    *("ssh", "ssh_key", "command", "timeout"),
}


_KNOWN = ("timezone", "reference", "retention", "site", "volume", "source", "alerts", "alert", "mail")


@dataclass(frozen=True, slots=True)
class Source:
    """One thing that a collector reads: a file or folder, or the output of a command, here or over ssh.

    `ssh` is where to, `[user@]host[:port]`; None is this machine. `ssh_key` is a file with the private key
    for it, None what ssh would take by itself. `command` replaces the collector's own.
    `options` are keys that only its collector knows, and checks.
    """

    name: str
    collector: str
    path: Path | None
    every_seconds: int
    timezone: str
    ssh: str | None = None
    command: tuple[str, ...] | None = None
    timeout_seconds: int = 60
    options: Mapping[str, object] = field(default_factory=dict, hash=False)
    ssh_key: Path | None = None


@dataclass(frozen=True, slots=True)
class SiteFile:
    """`capacities` are bytes by volume, of those that the file tells."""

    sources: tuple[Source, ...]
    timezone: str
    reference_gb: float | None
    reference_files: int | None
    retention: Retention = field(default_factory=Retention)
    look: SiteLook = field(default_factory=SiteLook)
    alerts: AlertSettings = field(default_factory=AlertSettings)
    capacities: Mapping[str, int] = field(default_factory=dict, hash=False)


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
    refuse_unknown(document, _KNOWN, str(path))
    timezone = _timezone(document.get("timezone", default_timezone), f"{path}: timezone")
    reference = table(document.get("reference", {}), f"{path}: reference")
    refuse_unknown(reference, {"gb", "files"}, f"{path}: reference")
    retention = table(document.get("retention", {}), f"{path}: retention")
    refuse_unknown(retention, set(RETENTION_KEYS), f"{path}: retention")
    look = table(document.get("site", {}), f"{path}: site")
    refuse_unknown(look, set(SITE_KEYS), f"{path}: site")
    entries = document.get("source", [])
    if not isinstance(entries, list):
        raise SettingsError(
            "source", f"{path}: source is not a list of tables", "Write [[source]] with two brackets."
        )
    sources = tuple(_source(entry, path, timezone, number) for number, entry in enumerate(entries, start=1))
    _refuse_doubled(sources, path)
    reference_gb = _positive(reference.get("gb", 25_000), f"{path}: reference.gb")
    reference_files = _whole(reference.get("files", 1_500_000), f"{path}: reference.files")
    rhythms = {source.name: source.every_seconds for source in sources}
    capacities = read_capacities(document.get("volume", []), str(path))
    around = Around(path.parent, rhythms, reference_gb, reference_files, capacities, timezone)
    return SiteFile(
        sources=sources,
        timezone=timezone,
        reference_gb=reference_gb,
        reference_files=reference_files,
        retention=read_retention(retention, f"{path}: retention"),
        look=read_site_look(look, path.parent, f"{path}: site"),
        alerts=read_alerts(document, around, str(path)),
        capacities=capacities,
    )


def _source(entry: Any, path: Path, timezone: str, number: int) -> Source:
    where = f"{path}: source {number}"
    entry = table(entry, where)
    for key in ("name", "collector"):
        if not isinstance(entry.get(key), str) or not entry[key]:
            raise SettingsError(f"{where}.{key}", f"{where} has no {key}", f'Add {key} = "...".')
    name = entry["name"]
    if not _NAME.fullmatch(name):
        raise SettingsError(
            f"{where}.name",
            f"{where}: name is {name!r}",
            "Use letters, digits, '.', '_' and '-', at most 64.",
        )
    where = f"{where} ({name})"
    ssh = _text(entry.get("ssh"), f"{where}: ssh", '"host" or "user@host:port"')
    return Source(
        name=name,
        collector=entry["collector"],
        path=_path(entry.get("path"), path.parent, f"{where}: path", is_here=ssh is None),
        every_seconds=parse_period(entry.get("every", "30m"), f"{where}: every"),
        timezone=_timezone(entry.get("timezone", timezone), f"{where}: timezone"),
        ssh=ssh,
        command=_command(entry.get("command"), f"{where}: command"),
        timeout_seconds=parse_period(entry.get("timeout", "60s"), f"{where}: timeout"),
        options={key: value for key, value in entry.items() if key not in _OF_EVERY_SOURCE},
        ssh_key=_path(entry.get("ssh_key"), path.parent, f"{where}: ssh_key", is_here=True),
    )


def _path(value: object, folder: Path, where: str, *, is_here: bool) -> Path | None:
    text = _text(value, where, '"/srv/quota"')
    if text is None:
        return None
    # On another machine it is relative to nothing here. Links stay: a container in which this very path is
    # mounted has them not, and finds it all the same.
    return Path(os.path.abspath(folder / text)) if is_here else Path(text)  # noqa: PTH100 - not resolve()


def _text(value: object, where: str, example: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise SettingsError(where, f"{where} is {value!r}", f"Write it like {example}.")
    return value


def _command(value: object, where: str) -> tuple[str, ...] | None:
    if value is None:
        return None
    try:
        words = shlex.split(value) if isinstance(value, str) else value
    except ValueError:
        words = None
    if not isinstance(words, list) or not words or not all(_is_word(word) for word in words):
        raise SettingsError(where, f"{where} is {value!r}", 'Write it like ["mmrepquota", "-Y", "fs1"].')
    return tuple(words)


def _is_word(value: object) -> bool:
    return isinstance(value, str) and "\0" not in value


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
