"""One [[alert]] of usermon.toml becomes a rule; each kind has keys of its own."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from usermon.alert_rules import (
    HOST_SILENT_AFTER_SECONDS,
    KINDS,
    USUAL_FOR_SECONDS,
    BackupRule,
    ClusterRule,
    DashboardRule,
    GrowthRule,
    HostRule,
    QuotaRule,
    ReferenceRule,
    Rule,
    SourceRule,
    VolumeRule,
    Webhook,
)
from usermon.errors import SettingsError
from usermon.mail_settings import file_of, mail_address
from usermon.secret import Secret
from usermon.toml_values import (
    amount_of_bytes,
    parse_period,
    percentage,
    refuse_unknown,
    table,
    texts,
    truth,
    whole,
    wrong,
)
from usermon.units import bytes_from_gb

_OF_EVERY_RULE = (
    *("kind", "name", "for", "settle", "severity", "to", "webhook", "webhook_file"),
    *("break_quiet_hours", "except"),
)
# Which names a rule of a kind is about, and how its key is called.
_ONLY = {
    QuotaRule.kind: "users",
    GrowthRule.kind: "users",
    ReferenceRule.kind: "users",
    VolumeRule.kind: "volume",
    BackupRule.kind: "hubs",
    HostRule.kind: "hosts",
    ClusterRule.kind: "clusters",
    DashboardRule.kind: "users",
    SourceRule.kind: "sources",
}
_OWN = {
    QuotaRule.kind: ("over", "volume"),
    GrowthRule.kind: ("over", "within", "volume"),
    ReferenceRule.kind: ("gb", "files", "volume"),
    VolumeRule.kind: ("over", "full_within"),
    HostRule.kind: ("after", "until"),
    ClusterRule.kind: ("after",),
    SourceRule.kind: ("rhythms_missed",),
}
# The store keeps labels of webhooks, of at most 320 letters.
_LONGEST_FILE_SHOWN = 200
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Around:
    """What else of usermon.toml rules go by: `rhythms` of sources in seconds, reference values, bytes of
    volumes."""

    folder: Path
    rhythms: Mapping[str, int]
    reference_gb: float | None
    reference_files: int | None
    capacities: Mapping[str, int] = field(default_factory=dict)
    timezone: str = "UTC"


def read_rule(entry: object, around: Around, where: str) -> Rule:
    """Raises SettingsError: names the key, the value and what was expected."""
    values = table(entry, where)
    kind = values.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise wrong(f"{where}: kind", kind, f"Write one of: {', '.join(KINDS)}.")
    where = f"{where} ({kind})"
    refuse_unknown(values, {*_OF_EVERY_RULE, _ONLY[kind], *_OWN.get(kind, ())}, where)
    given = _Given(values, around, where)
    return KINDS[kind](**_common(given, kind), **_OF_KIND.get(kind, _nothing)(given))


def refuse_doubled(rules: tuple[Rule, ...], where: str) -> tuple[Rule, ...]:
    seen: set[str] = set()
    for rule in rules:
        if rule.name in seen:
            raise SettingsError(
                "alert.name",
                f"{where}: two alerts are named {rule.name!r}",
                'Give one of them another name = "...": what is open is known by it.',
            )
        seen.add(rule.name)
    return rules


@dataclass(frozen=True, slots=True)
class _Given:
    values: Mapping[str, Any]
    around: Around
    where: str

    def at(self, key: str) -> str:
        return f"{self.where}: {key}"

    def period(self, key: str, usual: int) -> int:
        return parse_period(self.values[key], self.at(key)) if key in self.values else usual

    def names(self, key: str, example: str) -> tuple[str, ...]:
        return texts(self.values[key], self.at(key), example) if key in self.values else ()


def _common(given: _Given, kind: str) -> dict[str, Any]:
    values = given.values
    name = values.get("name", kind)
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise wrong(given.at("name"), name, "Use letters, digits, '.', '_' and '-', at most 64.")
    severity = values.get("severity")
    if severity not in (None, "warning", "serious"):
        raise wrong(given.at("severity"), severity, 'Write "warning" or "serious".')
    to = given.names("to", '"it@example.org"') if "to" in values else None
    return {
        "name": name,
        "only": given.names(_ONLY[kind], '"node-*"'),
        "but": given.names("except", '"node-7"'),
        "for_seconds": given.period("for", USUAL_FOR_SECONDS.get(kind, 0)),
        "settle_seconds": given.period("settle", 120),
        "severity": severity,
        "to": None if to is None else tuple(mail_address(one, given.at("to")) for one in to),
        "webhook": _webhook(given),
        "breaks_quiet_hours": truth(values.get("break_quiet_hours", False), given.at("break_quiet_hours")),
    }


def _webhook(given: _Given) -> Webhook | None:
    address, file = given.values.get("webhook"), given.values.get("webhook_file")
    if address is not None and file is not None:
        raise SettingsError(
            given.at("webhook"), f"{given.where} has webhook and webhook_file", "Leave one of them out."
        )
    if file is not None:
        path = file_of(file, given.around.folder, given.at("webhook_file"))
        return None if path is None else Webhook(_label_of(path, given.around.folder), file=path)
    if address is None:
        return None
    # It may hold a token: it is not repeated.
    if not is_webhook_address(address):
        raise SettingsError(
            given.at("webhook"),
            f"{given.at('webhook')} is no address",
            'Write it like "https://chat.example.org/hooks/usermon", without user and password, or put it'
            " into a webhook_file.",
        )
    digest = hashlib.sha256(address.encode()).hexdigest()[:6]
    return Webhook(f"{urlsplit(address).hostname} ({digest})", address=Secret(address))


def _label_of(file: Path, folder: Path) -> str:
    """What is to be told waits by this label: two files of one name must have two."""
    shown = str(file.relative_to(folder) if file.is_relative_to(folder) else file)
    if len(shown) > _LONGEST_FILE_SHOWN:
        digest = hashlib.sha256(shown.encode()).hexdigest()[:6]
        shown = f"...{shown[-_LONGEST_FILE_SHOWN:]} ({digest})"
    return f"the address in {shown}"


def is_webhook_address(value: object) -> bool:
    """Nobody sends a user and a password that stand in an address; they would only show up in errors."""
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or " " in value:
        return False
    try:
        parts = urlsplit(value)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and parts.port != 0
            and "@" not in parts.netloc
        )
    except ValueError:
        return False


def _nothing(_given: _Given) -> dict[str, Any]:
    return {}


def _quota(given: _Given) -> dict[str, Any]:
    where, example = given.at("over"), '"soft", "95%"'
    over = texts(given.values["over"], where, example) if "over" in given.values else ("soft", "95%")
    percents = []
    for one in over:
        if one == "hard":
            percents.append(100.0)
        elif one != "soft":
            remedy = 'Write "soft", "hard" or a percentage of the limit: "95%".'
            percents.append(percentage(one, where, remedy))
    if not over:
        raise wrong(where, given.values["over"], 'Write "soft", "hard" or "95%", or several of them.')
    return {
        "volumes": given.names("volume", '"local"'),
        "over_soft": "soft" in over,
        "over_percent": min(percents, default=None),
    }


def _growth(given: _Given) -> dict[str, Any]:
    remedy = 'Write how much: "500 GB" or "2 TB".'
    return {
        "volumes": given.names("volume", '"local"'),
        "over_bytes": amount_of_bytes(given.values.get("over"), given.at("over"), remedy),
        "within_seconds": given.period("within", 7 * 86_400),
    }


def _reference(given: _Given) -> dict[str, Any]:
    gb, files = given.values.get("gb", given.around.reference_gb), given.values.get("files")
    if isinstance(gb, bool) or not (gb is None or (isinstance(gb, int | float) and 0 < gb < 2**33)):
        raise wrong(given.at("gb"), gb, "Write a number above 0.")
    return {
        "volumes": given.names("volume", '"local"'),
        "bytes": None if gb is None else bytes_from_gb(gb),
        "files": given.around.reference_files if files is None else whole(files, given.at("files"), 1, 2**62),
    }


def _volume(given: _Given) -> dict[str, Any]:
    """Where the rule says one of the two, that alone is asked."""
    values, found = given.values, {"capacities": given.around.capacities}
    if "over" not in values and "full_within" not in values:
        return found
    over, within = values.get("over"), "full_within"
    return {
        **found,
        "over_percent": None
        if over is None
        else percentage(over, given.at("over"), 'Write a percentage of the capacity: "90%".'),
        "full_within_seconds": parse_period(values[within], given.at(within)) if within in values else None,
    }


def _backup(given: _Given) -> dict[str, Any]:
    return {"timezone": given.around.timezone}


def _host(given: _Given) -> dict[str, Any]:
    after, until = given.period("after", HOST_SILENT_AFTER_SECONDS), given.period("until", 30 * 86_400)
    if until <= after and "until" not in given.values:
        raise SettingsError(
            given.at("until"),
            f"{given.at('until')} is 30d by itself, not longer than after",
            'Write a longer time than after: until = "90d".',
        )
    if until <= after:
        raise wrong(given.at("until"), given.values.get("until"), "Write a longer time than after.")
    return {"after_seconds": after, "until_seconds": until}


def _cluster(given: _Given) -> dict[str, Any]:
    return {"after_seconds": given.period("after", 10 * 60), "rhythms": given.around.rhythms}


def _source(given: _Given) -> dict[str, Any]:
    missed = whole(given.values.get("rhythms_missed", 4), given.at("rhythms_missed"), 1, 1000)
    return {"rhythms_missed": missed, "rhythms": given.around.rhythms or None}


_OF_KIND: Mapping[str, Callable[[_Given], dict[str, Any]]] = {
    QuotaRule.kind: _quota,
    GrowthRule.kind: _growth,
    ReferenceRule.kind: _reference,
    VolumeRule.kind: _volume,
    BackupRule.kind: _backup,
    HostRule.kind: _host,
    ClusterRule.kind: _cluster,
    SourceRule.kind: _source,
}
