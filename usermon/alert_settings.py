"""[alerts] and [[alert]] of usermon.toml: what is watched, and who is told.

    [alerts]
    to = ["it@example.org"]            # of rules that name nobody else
    quiet_hours = "22:00-07:00"        # no mail then; one digest afterwards
    digest_over = 5                    # more than so many at once become one mail
    overview_url = "https://usermon.example.org"
    users = { mail = true, domain = "example.org" }    # users are told of their own quota

    [[alert]]
    kind = "quota"
    over = ["soft", "95%"]
    volume = "local"

Without any [[alert]] the usual rules hold: see alert_rules.default_rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from usermon.alert_rule_reading import Around, read_rule, refuse_doubled
from usermon.alert_rules import DEFAULT_RULES, ClusterRule, HostRule, Rule, SourceRule, default_rules
from usermon.errors import SettingsError
from usermon.mail_settings import (
    MAIL_KEYS,
    MailSettings,
    file_of,
    is_mail_domain,
    mail_address,
    read_mail_settings,
)
from usermon.quiet_hours import QuietHours, read_quiet_hours
from usermon.toml_values import refuse_unknown, table, texts, truth, whole, wrong

ALERTS_KEYS = ("to", "quiet_hours", "digest_over", "overview_url", "users")
_USERS_KEYS = ("mail", "domain", "addresses")
_LARGEST_DIGEST = 1000


@dataclass(frozen=True, slots=True)
class UserMail:
    """Where users get mail: what the file `addresses` says (lines of user,address), else user@domain."""

    domain: str | None
    addresses: Path | None


@dataclass(frozen=True, slots=True)
class AlertSettings:
    rules: tuple[Rule, ...] = DEFAULT_RULES
    to: tuple[str, ...] = ()
    quiet_hours: QuietHours | None = None
    digest_over: int = 5
    overview_url: str = ""
    user_mail: UserMail | None = None
    mail: MailSettings | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        """Files that these settings name, and that who sends must see."""
        named = (
            self.mail.password_file if self.mail is not None else None,
            self.user_mail.addresses if self.user_mail is not None else None,
            *(rule.webhook.file for rule in self.rules if rule.webhook is not None),
        )
        return tuple(dict.fromkeys(file for file in named if file is not None))

    def recipients(self, rule: Rule) -> tuple[str, ...]:
        return self.to if rule.to is None else rule.to


def read_alerts(document: Mapping[str, Any], around: Around, where: str) -> AlertSettings:
    """What `document`, the whole of usermon.toml at `where`, says in [alerts], [[alert]] and [mail].

    Raises:
        SettingsError: names the key, the value and what was expected.
    """
    values = table(document.get("alerts", {}), f"{where}: alerts")
    refuse_unknown(values, ALERTS_KEYS, f"{where}: alerts")
    entries = document.get("alert", [])
    if not isinstance(entries, list):
        raise SettingsError(
            "alert", f"{where}: alert is not a list of tables", "Write [[alert]] with two brackets."
        )
    rules = tuple(read_rule(one, around, f"{where}: alert {n}") for n, one in enumerate(entries, start=1))
    alerts = f"{where}: alerts"
    settings = AlertSettings(
        rules=_aware_of_each_other(refuse_doubled(rules, where))
        or default_rules(around.rhythms or None, around.capacities, around.timezone),
        to=_addresses(values.get("to", []), f"{alerts}.to"),
        quiet_hours=_quiet_hours(values.get("quiet_hours"), f"{alerts}.quiet_hours"),
        digest_over=whole(values.get("digest_over", 5), f"{alerts}.digest_over", 1, _LARGEST_DIGEST),
        overview_url=_url(values.get("overview_url", ""), f"{alerts}.overview_url"),
        user_mail=_user_mail(values.get("users"), around.folder, f"{alerts}.users"),
        mail=_mail(document.get("mail"), around.folder, f"{where}: mail"),
    )
    _refuse_unsendable(settings, where)
    return settings


def _mail(value: object, folder: Path, where: str) -> MailSettings | None:
    if value is None:
        return None
    values = table(value, where)
    refuse_unknown(values, MAIL_KEYS, where)
    return read_mail_settings(values, folder, where)


def _quiet_hours(value: object, where: str) -> QuietHours | None:
    return None if value is None else read_quiet_hours(value, where)


def _aware_of_each_other(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """What one rule tells of, another need not tell once more."""
    of_hosts = any(isinstance(rule, HostRule) for rule in rules)
    of_clusters = any(isinstance(rule, ClusterRule) for rule in rules)
    return tuple(
        replace(rule, leaves_hosts=of_hosts, leaves_clusters=of_clusters)
        if isinstance(rule, SourceRule)
        else rule
        for rule in rules
    )


def _addresses(value: object, where: str) -> tuple[str, ...]:
    return tuple(mail_address(one, where) for one in texts(value, where, '"it@example.org"'))


def _url(value: object, where: str) -> str:
    if value == "":
        return ""
    if not _is_url(value):
        raise wrong(where, value, 'Write the address of the overview: "https://usermon.example.org".')
    return str(value).rstrip("/")


def _is_url(value: object) -> bool:
    """One that a path can be put behind."""
    if not isinstance(value, str) or not value.isprintable() or set(value) & set(" ?#"):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _user_mail(value: object, folder: Path, where: str) -> UserMail | None:
    if value is None:
        return None
    users: dict[str, Any] = table(value, where)
    refuse_unknown(users, _USERS_KEYS, where)
    domain = users.get("domain")
    if domain is not None and not is_mail_domain(domain):
        raise wrong(f"{where}.domain", domain, 'Write what stands behind the @: "example.org".')
    addresses = file_of(users.get("addresses"), folder, f"{where}.addresses")
    if not truth(users.get("mail", False), f"{where}.mail"):
        return None
    if domain is None and addresses is None:
        raise SettingsError(
            where,
            f"{where} says nowhere where users get mail",
            'Add domain = "example.org", or addresses = "addresses.csv" with lines of user,address.',
        )
    return UserMail(domain, addresses)


def _refuse_unsendable(settings: AlertSettings, where: str) -> None:
    named = settings.to or any(rule.to for rule in settings.rules) or settings.user_mail is not None
    if named and settings.mail is None:
        raise SettingsError(
            "mail",
            f"{where}: alerts shall be mailed, and no [mail] says by which server",
            'Add [mail] with host = "smtp.example.org" and from = "usermon@example.org".',
        )
