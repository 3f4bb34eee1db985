"""Keeping alerts: a round compares what is wrong now with what is open, saves, and only then tells people.

One keeper at a time works on a store, by a lease. Whatever ends in the middle is gone on with by the next
round: what was saved is sent then, and what was sent is noted one by one.
"""

import logging
import secrets
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from alerts.addresses import read_addresses
from alerts.changes import Changes, compare
from alerts.mail_content import MailPage
from alerts.outbox import Outbox
from alerts.own_quotas import once_for_each_quota
from alerts.telling import BEGAN, ENDED, Event, Letter, Target, Teller, target_of
from alerts.watch import Watch
from usage_store import alert_messages, alerts, awaited_sources, leases
from usage_store.engine import Store, StoreConnection
from usage_store.revisions import next_revision
from usermon.alert_settings import AlertSettings
from usermon.errors import UsermonError
from usermon.site_file import SiteFile

_log = logging.getLogger(__name__)

LEASE = "alerts"
LEASE_SECONDS = 150
# What must be left of it before a mail goes out: longer than a server may take for one.
_LEFT_FOR_A_MAIL = 140


@dataclass(frozen=True, slots=True)
class Round:
    """What a round did; `leads` is false when another overview keeps the alerts of this store."""

    leads: bool
    begun: int = 0
    ended: int = 0
    sent: int = 0
    failed: int = 0


class Keeper:
    def __init__(
        self,
        store: Store,
        site: Callable[[], SiteFile | None],
        *,
        password_file: Path | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`site` gives usermon.toml as it is now; `password_file` stands before the one that it names."""
        self._store = store
        self._site = site
        self._clock = clock
        self._holder = secrets.token_hex(8)
        self._until = 0.0
        self._is_ending = False
        self._watch = Watch()
        self._outbox = Outbox(store, password_file, clock)
        self._addresses: tuple[object, dict[str, str]] = (None, {})

    def round(self) -> Round:
        """Raises UsermonError: the store does not answer. What was saved until then stays."""
        if not self._leads():
            return Round(leads=False)
        now = int(self._clock())
        site = self._site()
        settings = site.alerts if site is not None else AlertSettings()
        page = mail_page(site)
        teller = Teller(settings, page, self._addresses_of(settings), _is_quiet(settings, page, now))
        self._await_sources(site, now)
        changes = self._note_changes(settings, teller, now)
        self._let_go(teller, now)
        self._make_digests_anew(teller)
        done = self._outbox.send(settings, page, self._may_send)
        return Round(
            True, len(changes.begun) + len(changes.stood), len(changes.ended), done.sent, done.failed
        )

    def end_soon(self) -> None:
        """From another thread: the round that runs sends no more than the mail that it is at."""
        self._is_ending = True

    def close(self) -> None:
        """The next keeper need not wait. Raises UsermonError."""
        if self._until > self._clock():
            with self._store.writing() as connection:
                leases.end_lease(connection, LEASE, self._holder)
            self._until = 0.0

    def _may_send(self) -> bool:
        return not self._is_ending and self._leads(_LEFT_FOR_A_MAIL)

    def _leads(self, seconds_left: float = LEASE_SECONDS / 2) -> bool:
        """Whether the lease is ours; renewed when less than so much of it is left."""
        now = self._clock()
        if self._until - now > seconds_left:
            return True
        with self._store.reading() as connection:
            held = leases.lease_of(connection, LEASE)
        if held is not None and held[0] != self._holder and held[1] > now:
            self._until = 0.0
            return False
        with self._store.writing() as connection:
            taken = leases.take_lease(connection, LEASE, self._holder, int(now), LEASE_SECONDS)
        self._until = int(now) + LEASE_SECONDS if taken else 0.0
        return taken

    def _await_sources(self, site: SiteFile | None, now: int) -> None:
        """Of a source that never ran nothing else in the store knows."""
        named = [source.name for source in site.sources] if site is not None else []
        with self._store.reading() as connection:
            missing = awaited_sources.never_ran(connection, named)
            is_known = set(missing) == awaited_sources.awaited_since(connection).keys()
        if not is_known:
            with self._store.writing() as connection:
                awaited_sources.note_awaited(connection, missing, now)

    def _note_changes(self, settings: AlertSettings, teller: Teller, now: int) -> Changes:
        with self._store.reading() as connection:
            found = self._watch.troubles(connection, settings.rules, now)
            standing = alerts.open_alerts(connection)
        changes = compare(standing, found, settings.rules, now)
        if not changes:
            return changes
        with self._store.writing() as connection:
            held = leases.lease_of(connection, LEASE)
            if held is None or held[0] != self._holder:
                return Changes()  # we slept for too long, and another keeper has begun
            begun = [*alerts.add_alerts(connection, changes.begun, now, now), *changes.stood]
            _save(connection, changes, now)
            told = _told(connection, teller, begun, changes.ended)
            told, joined = once_for_each_quota(connection, told, begun)
            _save_letters(connection, teller.letters(told), now)
            alert_messages.add_messages(connection, joined, now)
            if changes.are_shown:
                next_revision(connection, alerts.TOPIC)
        return changes

    def _let_go(self, teller: Teller, now: int) -> None:
        """What was held goes out, one mail to each: quiet hours are over, or it became what breaks them."""
        with self._store.reading() as connection:
            if not _let_go_by_target(connection, teller):
                return
        with self._store.writing() as connection:
            for target, told in _let_go_by_target(connection, teller).items():
                content = teller.content(target, [event for _, event in told])
                numbers = [number for number, _ in told]
                if len(numbers) == 1:
                    alert_messages.let_go(connection, numbers[0], content, now)
                    continue
                digest = alert_messages.NewMessage(
                    None, "digest", target.channel, target.address, alert_messages.WAITING, content
                )
                [digest_id] = alert_messages.add_messages(connection, [digest], now)
                alert_messages.merge(connection, numbers, digest_id)

    def _make_digests_anew(self, teller: Teller) -> None:
        """Without what was acknowledged before they were sent."""
        with self._store.reading() as connection:
            if not alert_messages.unmade_digests(connection):
                return
        with self._store.writing() as connection:
            for digest, parts in alert_messages.unmade_digests(connection):
                numbers = {one.alert_id for one in parts if one.alert_id is not None}
                about = alerts.alerts_by_id(connection, numbers)
                events = [Event(one.event, about[one.alert_id]) for one in parts if one.alert_id is not None]
                content = teller.content(target_of(digest), events) if events else None
                alert_messages.make_anew(connection, digest.id, content)

    def _addresses_of(self, settings: AlertSettings) -> Mapping[str, str]:
        """Of the file, read again when it was changed; what is wrong with it is told once."""
        file = settings.user_mail.addresses if settings.user_mail is not None else None
        if file is None:
            return {}
        try:
            status = file.stat()
            stamp: object = (file, status.st_mtime_ns, status.st_size)
        except OSError:
            stamp = (file, None)
        if self._addresses[0] != stamp:
            self._addresses = (stamp, self._read_addresses(file))
        return self._addresses[1]

    def _read_addresses(self, file: Path) -> dict[str, str]:
        try:
            read = read_addresses(file)
        except UsermonError as error:
            _log.error("%s. %s Nobody is mailed by it.", error.message, error.remedy)
            return {}
        for one in read.rejected[:5]:
            _log.warning("%s, line %d: %s", file, one.line, one.reason)
        return read.by_user


def mail_page(site: SiteFile | None) -> MailPage:
    settings = site.alerts if site is not None else AlertSettings()
    return MailPage(
        site=site.look.name if site is not None else "",
        timezone=site.timezone if site is not None else "UTC",
        overview_url=settings.overview_url,
        domain=settings.mail.sender.partition("@")[2] if settings.mail is not None else "usermon.invalid",
    )


def _is_quiet(settings: AlertSettings, page: MailPage, now: int) -> bool:
    return settings.quiet_hours is not None and settings.quiet_hours.holds(now, page.timezone)


def _save(connection: StoreConnection, changes: Changes, now: int) -> None:
    alerts.add_alerts(connection, changes.pending, now, None)
    alerts.note_begun(connection, changes.stood)
    alerts.note_found_anew(connection, changes.found_anew, now)
    alerts.note_seen(connection, [*changes.seen, *changes.stood, *changes.back], now)
    alerts.reword(connection, changes.reworded)
    alerts.note_gone(connection, changes.gone, now)
    alerts.note_ended(connection, changes.ended)
    alerts.forget_unbegun(connection, changes.never_began)


def _let_go_by_target(connection: StoreConnection, teller: Teller) -> dict[Target, list[tuple[int, Event]]]:
    """Held messages that need not wait any more: number and event."""
    held = alert_messages.held_messages(connection)
    about = alerts.alerts_by_id(connection, {one.alert_id for one in held if one.alert_id is not None})
    found: dict[Target, list[tuple[int, Event]]] = {}
    for one in held:
        if one.alert_id is None:
            continue
        target, event = target_of(one), Event(one.event, about[one.alert_id])
        if not teller.waits(target, event):
            found.setdefault(target, []).append((one.id, event))
    return found


def _told(
    connection: StoreConnection, teller: Teller, begun: Collection[int], ended: Collection[int]
) -> list[tuple[Target, Event]]:
    """Of an end hears whoever was told of the beginning, whatever usermon.toml says by now."""
    about = alerts.alerts_by_id(connection, [*begun, *ended])
    told = [
        (target, Event(BEGAN, about[number]))
        for number in begun
        for target in dict.fromkeys(teller.told_of_beginning(about[number]))
    ]
    told += (
        (target_of(message), Event(ENDED, about[message.alert_id]))
        for message in alert_messages.told_of(connection, ended)
        if message.alert_id is not None
    )
    return told


def _save_letters(connection: StoreConnection, letters: Iterable[Letter], now: int) -> None:
    singles = []
    for letter in letters:
        if not letter.parts:
            singles.append(letter.message)
            continue
        [digest_id] = alert_messages.add_messages(connection, [letter.message], now)
        parts = [
            alert_messages.NewMessage(
                one.alert_id, one.event, one.channel, one.target, one.state, digest_id=digest_id
            )
            for one in letter.parts
        ]
        alert_messages.add_messages(connection, parts, now)
    alert_messages.add_messages(connection, singles, now)
