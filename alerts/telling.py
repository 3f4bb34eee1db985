"""Who is told what, after a round: pure, from what began and ended to messages for the outbox.

Each address gets one mail for each event; one digest where there are many at once, or when quiet hours end.
A webhook gets one call for all events of a round.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from alerts.mail_content import MailPage, as_digest, as_single
from alerts.trouble import SERIOUS
from alerts.webhook_content import as_call
from usage_store.alert_messages import HELD, MERGED, WAITING, Message, NewMessage
from usage_store.alerts import Alert
from usermon.alert_settings import AlertSettings
from usermon.mail_settings import is_mail_address

BEGAN, ENDED, DIGEST = "began", "ended", "digest"
MAIL, USER, WEBHOOK = "mail", "user", "webhook"
_OF_QUOTAS = "quota"


@dataclass(frozen=True, slots=True)
class Target:
    channel: str
    address: str


@dataclass(frozen=True, slots=True)
class Event:
    name: str  # BEGAN or ENDED
    alert: Alert


# Events that one message tells of by telling the first.
_Group: TypeAlias = list[Event]


@dataclass(frozen=True, slots=True)
class Letter:
    """A message with those that it stands for, in the outbox as `parts` that refer to it."""

    message: NewMessage
    parts: tuple[NewMessage, ...] = ()


@dataclass(frozen=True, slots=True)
class Teller:
    """`addresses` are users', where a file names them; `is_quiet` whether mails are held back now."""

    settings: AlertSettings
    page: MailPage
    addresses: Mapping[str, str]
    is_quiet: bool

    def told_of_beginning(self, alert: Alert) -> Iterator[Target]:
        rule = next((one for one in self.settings.rules if one.name == alert.rule), None)
        if rule is None:
            return
        if self.settings.mail is not None:
            yield from (Target(MAIL, address) for address in self.settings.recipients(rule))
            if self.settings.user_mail is not None and alert.kind == _OF_QUOTAS:
                address = user_address(alert.subject, self.settings, self.addresses)
                if address is not None:
                    yield Target(USER, address)
        if rule.webhook is not None:
            yield Target(WEBHOOK, rule.webhook.label)

    def letters(self, events: Iterable[tuple[Target, Event]]) -> list[Letter]:
        """For the outbox, of the events of one round."""
        by_target: dict[Target, list[Event]] = {}
        for target, event in events:
            by_target.setdefault(target, []).append(event)
        found: list[Letter] = []
        for target, of_target in by_target.items():
            groups = _of_one_quota(target, of_target)
            now = [group for group in groups if not self.waits(target, group[0])]
            found += (_letter(target, group, HELD) for group in groups if self.waits(target, group[0]))
            if target.channel == WEBHOOK or len(now) > self.settings.digest_over:
                found += self._together(target, now)
            else:
                found += (_letter(target, group, WAITING, self.content(target, group[:1])) for group in now)
        return found

    def content(self, target: Target, events: Sequence[Event]) -> str:
        """JSON, as the sender of that channel takes it."""
        pairs = [(event.name, event.alert) for event in events]
        if target.channel == WEBHOOK:
            return as_call(pairs, self.page)
        is_own = target.channel == USER
        if len(pairs) == 1:
            return as_single(*pairs[0], target.address, self.page, is_own=is_own).as_json()
        return as_digest(pairs, target.address, self.page, is_own=is_own).as_json()

    def _together(self, target: Target, groups: Sequence[_Group]) -> Iterator[Letter]:
        heads = [group[0] for group in groups]
        if len(groups) == 1:
            yield _letter(target, groups[0], WAITING, self.content(target, heads))
        elif groups:
            digest = NewMessage(
                None, DIGEST, target.channel, target.address, WAITING, self.content(target, heads)
            )
            yield Letter(
                digest, tuple(_message(target, event, MERGED) for group in groups for event in group)
            )

    def waits(self, target: Target, event: Event) -> bool:
        """A program does not sleep; people may want to be woken by what is serious."""
        if not self.is_quiet or target.channel == WEBHOOK:
            return False
        if target.channel == USER or event.alert.severity != SERIOUS:
            return True
        rule = next((one for one in self.settings.rules if one.name == event.alert.rule), None)
        return rule is None or not rule.breaks_quiet_hours


def target_of(message: Message) -> Target:
    return Target(message.channel, message.target)


def user_address(user: str, settings: AlertSettings, addresses: Mapping[str, str]) -> str | None:
    """What the file says, else user@domain; None where neither knows one that can be written to."""
    if settings.user_mail is None:
        return None
    address = addresses.get(user) or f"{user}@{settings.user_mail.domain or ''}"
    return address if is_mail_address(address) else None


def _of_one_quota(target: Target, events: Sequence[Event]) -> list[_Group]:
    """Of users: what several rules found of one quota, the worst first. Of others each event alone."""
    if target.channel != USER:
        return [[event] for event in events]
    groups: dict[tuple[str, str, str], _Group] = {}
    for event in sorted(events, key=lambda one: one.alert.severity != SERIOUS):
        groups.setdefault((event.name, event.alert.subject, event.alert.part), []).append(event)
    return list(groups.values())


def _letter(target: Target, group: _Group, state: str, content: str | None = None) -> Letter:
    head, *others = group
    parts = tuple(_message(target, event, MERGED) for event in others)
    return Letter(_message(target, head, state, content), parts)


def _message(target: Target, event: Event, state: str, content: str | None = None) -> NewMessage:
    return NewMessage(event.alert.id, event.name, target.channel, target.address, state, content)
