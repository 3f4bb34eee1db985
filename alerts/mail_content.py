"""What a mail says of alerts: subject, plain text and simple HTML, from the same lines."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from usage_store.alerts import Alert
from usermon.printable import printable

Pair = tuple[str, Alert]  # "began" or "ended", and which
_MOST_LINES = 100
_LONGEST_SUBJECT = 160


@dataclass(frozen=True, slots=True)
class MailPage:
    """What all mails have around them: the facility's name, its zone, where the overview is ("" where nobody
    said), the domain of our own addresses."""

    site: str
    timezone: str
    overview_url: str
    domain: str

    def moment(self, time: int) -> str:
        return f"{datetime.fromtimestamp(time, ZoneInfo(self.timezone)):%Y-%m-%d %H:%M}"

    def link(self, path: str) -> str:
        return f"{self.overview_url}{path}" if self.overview_url else ""


@dataclass(frozen=True, slots=True)
class MailContent:
    """`message_id` is that of this very mail whenever it is tried, so that a mail system can drop a second
    one; `references` is the mail that it goes with."""

    subject: str
    text: str
    html: str
    message_id: str
    references: str | None = None

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "MailContent":
        return cls(**json.loads(text))


@dataclass(slots=True)
class _Body:
    """Lines for both forms: a text, and an address that it leads to."""

    lines: list[tuple[str, str]] = field(default_factory=list)

    def add(self, text: str, link: str = "") -> None:
        self.lines.append((printable(text), link))

    def text(self) -> str:
        return "".join(f"{text}\n{f'  {link}{chr(10)}' if link else ''}" for text, link in self.lines)

    def html(self) -> str:
        inside = "".join(
            f'<p><a href="{escape(link)}">{escape(text)}</a></p>\n' if link else f"<p>{escape(text)}</p>\n"
            for text, link in self.lines
            if text
        )
        return (
            '<!doctype html>\n<html lang="en"><body style="font-family:sans-serif;line-height:1.5">\n'
            f"{inside}</body></html>\n"
        )


def as_single(event: str, alert: Alert, address: str, page: MailPage, *, is_own: bool = False) -> MailContent:
    """One alert that began or ended; `is_own`: to the user whose quota it is."""
    body = _Body()
    for line in _own_lines(event, alert) if is_own else _lines(event, alert, page):
        body.add(*line)
    _sign(body, page, is_own=is_own)
    began_id = _thread_id(alert, address, page)
    return MailContent(
        subject=_subject(
            page, f"{_mark(event, alert)}: {_own_words(event, alert) if is_own else alert.words}"
        ),
        text=body.text(),
        html=body.html(),
        message_id=began_id if event == "began" else began_id.replace(".began@", ".ended@"),
        references=None if event == "began" else began_id,
    )


def as_digest(pairs: Sequence[Pair], address: str, page: MailPage, *, is_own: bool = False) -> MailContent:
    began = [alert for event, alert in pairs if event == "began"]
    ended = [alert for event, alert in pairs if event == "ended"]
    body = _Body()
    for title, some, event in (("Began:", began, "began"), ("Ended:", ended, "ended")):
        if not some:
            continue
        body.add(f"{title[:-1]} ({len(some)}):")
        for alert in some[:_MOST_LINES]:
            words = _own_words(event, alert) if is_own else alert.words
            when = alert.began_at if event == "began" else alert.ended_at
            told = f"{_mark(event, alert)}, {page.moment(when or alert.found_at)}: {words}"
            body.add(told, "" if is_own else page.link(alert.link))
        if len(some) > _MOST_LINES:
            body.add(f"and {len(some) - _MOST_LINES} more", "" if is_own else page.link("/alerts"))
        body.add("")
    _sign(body, page, is_own=is_own)
    counts = [f"{len(began)} began"] * bool(began) + [f"{len(ended)} ended"] * bool(ended)
    key = "|".join(f"{event}{alert.id}.{alert.found_at}" for event, alert in pairs)
    return MailContent(
        subject=_subject(page, f"{len(pairs)} alerts: {', '.join(counts)}"),
        text=body.text(),
        html=body.html(),
        message_id=f"<usermon.digest.{_digest(key + address)}@{page.domain}>",
    )


def _lines(event: str, alert: Alert, page: MailPage) -> Iterator[tuple[str, str]]:
    yield alert.words, page.link(alert.link)
    yield "", ""
    if alert.since is not None:
        yield f"Since: {page.moment(alert.since)} ({page.timezone})", ""
    yield f"Began: {page.moment(alert.began_at or alert.found_at)} ({page.timezone})", ""
    if event == "ended":
        yield f"Ended: {page.moment(alert.ended_at or alert.seen_at)} ({page.timezone})", ""
        if alert.acknowledged_by:
            yield f"Seen by: {alert.acknowledged_by}: {alert.acknowledged_note or 'no note'}", ""
    else:
        yield f"Severity: {alert.severity}", ""
        yield f"What to do: {alert.remedy}", ""
        yield "Who looks after it can say so on the page of alerts.", page.link("/alerts")


def _own_lines(event: str, alert: Alert) -> Iterator[tuple[str, str]]:
    """Of the user's own numbers alone; what admins wrote about it stays with them."""
    if event == "ended":
        # Also when no limit is told any more, or the rule is gone: nobody knows that it holds less.
        yield f"Ended: {_own_words(event, alert)}.", ""
        yield "It is below its limit again, or no limit is known or watched any more.", ""
        return
    words = _own_words(event, alert)
    yield f"{words[:1].upper()}{words[1:]}.", ""
    yield "Please remove or archive what you do not need any more, or ask for a larger quota.", ""


def _own_words(event: str, alert: Alert) -> str:
    """Of `alice has 2 TiB, over ... on local` without the name, which the reader knows."""
    if event == "ended":
        return f"the warning about your storage on {alert.part}"
    return f"your storage on {alert.part}: " + alert.words.removeprefix(f"{alert.subject} has ").removesuffix(
        f" on {alert.part}"
    )


def _sign(body: _Body, page: MailPage, *, is_own: bool) -> None:
    body.add("")
    name = f" of {page.site}" if page.site else ""
    why = "because this quota is yours" if is_own else "by the rules in usermon.toml"
    body.add(f"Sent by Usermon{name}, {why}.")


def _mark(event: str, alert: Alert) -> str:
    return "Ended" if event == "ended" else alert.severity.capitalize()


def _subject(page: MailPage, text: str) -> str:
    whole = printable(f"[{page.site or 'Usermon'}] {text}")
    return whole if len(whole) <= _LONGEST_SUBJECT else f"{whole[: _LONGEST_SUBJECT - 1]}…"


def _thread_id(alert: Alert, address: str, page: MailPage) -> str:
    # The moment too: a new store counts its alerts anew.
    return f"<usermon.{alert.id}.{alert.found_at}.{_digest(address)}.began@{page.domain}>"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
