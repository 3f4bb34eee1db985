"""io.json: how often a user read, when, in which sizes, on which machines."""

import time
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from collectors.publishing.kind import Around, digest_of
from collectors.publishing.offered import sources_of
from collectors.publishing.steady import Medians, SteadyMedians
from usage_store.delivered_sources import delivered_sources
from usage_store.engine import StoreConnection
from usage_store.io_sources import Silence, silence_of_logs
from usage_store.medians import io_median, newest_io_day
from usage_store.user_io import IoReach, UserIo, io_of_users
from usermon.histories import local_milliseconds
from usermon.published_io import (
    DAILY_DAYS,
    HOURLY_DAYS,
    MOST_MACHINES,
    IoMedian,
    LogSilence,
    Operations,
    OperationsByMachine,
    OperationsBySize,
    PublishedIo,
    to_json,
)
from usermon.site_file import SiteFile
from usermon.state_folder import PUBLISHED_IO

# A log is silent for users after a day: an hour without an entry is no news to them.
_SILENT_SECONDS = 86_400
_LOOKED_AT_SECONDS = 600


class _Facts(NamedTuple):
    newest_day: int
    median: IoMedian | None
    silence: LogSilence | None


class IoFiles:
    kind = "io"
    file = PUBLISHED_IO
    is_for_all = True
    looks_again_seconds: int | None = 3600  # a log falls silent by itself

    def __init__(self, site: SiteFile) -> None:
        self._site = site
        self._medians = SteadyMedians(_medians)
        self._silence: tuple[float, LogSilence | None] | None = None

    def is_offered(self, connection: StoreConnection) -> bool:
        return bool(sources_of(self._site, self.kind) or delivered_sources(connection, self.kind))

    def around(self, connection: StoreConnection, now: float) -> Around:
        found = self._medians.get(connection, now).get("all")
        median = None if found is None else IoMedian(found.users, round(found.amounts[0]))
        told = None if median is None else median.total_of_month
        silence = self._steady_silence(connection, now)
        facts = _Facts(newest_io_day(connection) or 0, median, silence)
        return Around(digest_of((self._site.timezone, told, silence)), facts)

    def _steady_silence(self, connection: StoreConnection, now: float) -> LogSilence | None:
        """Looked at now and then: while an old log is read, its newest entry is another one all the time, and
        everybody's file would be written anew each time."""
        if self._silence is None or now - self._silence[0] >= _LOOKED_AT_SECONDS:
            found = silence_of_logs(connection, time.time(), _SILENT_SECONDS)
            self._silence = (now, None if found is None else self._on_the_wall(found))
        return self._silence[1]

    def _on_the_wall(self, found: Silence) -> LogSilence:
        zone = ZoneInfo(self._site.timezone)
        return LogSilence(local_milliseconds([found.since], zone)[0] // 1000, found.of_all)

    def contents(
        self, connection: StoreConnection, users: Sequence[str], around: Around
    ) -> Iterator[tuple[str, bytes]]:
        facts: _Facts = around.facts
        known = io_of_users(connection, users, IoReach(facts.newest_day, HOURLY_DAYS, DAILY_DAYS))
        for user in users:
            yield user, self._content(user, known[user], facts)

    def _content(self, user: str, io: UserIo, facts: _Facts) -> bytes:
        return to_json(
            PublishedIo(
                user=user,
                timezone=self._site.timezone,
                published_at=int(time.time()),
                hours=Operations(*_columns(io.hours, 2)),
                days=Operations(*_columns(io.days, 2)),
                sizes=OperationsBySize(*_columns(io.sizes, 4)),
                machines=OperationsByMachine(*_columns(io.machines[:MOST_MACHINES], 4)),
                more_machines=max(0, len(io.machines) - MOST_MACHINES),
                total=io.total,
                total_of_month=io.total_of_month,
                median=facts.median,
                silence=facts.silence,
            )
        )


def _medians(connection: StoreConnection) -> Medians:
    median = io_median(connection)
    return {} if median is None else {"all": median}


def _columns(rows: Sequence[tuple[Any, ...]], count: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(count)]
