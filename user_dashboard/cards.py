"""The cards: one for each volume, with what it holds now and what came or went. Pure data, no components."""

from dataclasses import dataclass
from datetime import UTC, datetime

from user_dashboard.comparison import Comparison, compared
from user_dashboard.published import Storage
from user_dashboard.wording import age, change, date_and_time, listed, number
from usermon.histories import DAY, History, change_over, is_late
from usermon.quotas import QuotaWords, over_words, quota_words
from usermon.units import gb_from_bytes

_PERIODS = (("day", 1), ("week", 7), ("month", 30))


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """Signs and words of one period; empty words when no sample is old enough."""

    period: str
    gb_sign: str
    gb: str
    files_sign: str
    files: str


@dataclass(frozen=True, slots=True)
class Card:
    volume: str
    gb: str
    files: str
    quotas: tuple[QuotaWords, ...]  # of GiB, of files: those that have limits
    changes: tuple[ChangeRow, ...]
    comparison: Comparison | None
    sampled: str
    sampled_iso: str
    age: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the reader should know: a warning, or a mere note."""

    text: str
    warning: bool = False


def make_cards(storage: Storage, now: float) -> tuple[Card, ...]:
    return tuple(_card(storage, history, now) for history in storage.histories)


def is_stale(storage: Storage, now: float) -> bool:
    """Whether samples should have come long since."""
    return any(is_late(history, now) for history in storage.histories)


def make_notices(storage: Storage, now: float) -> tuple[Notice, ...]:
    """What is odd about this data, in words. No samples at all is the caller's matter."""
    notices = [
        Notice(f"{history.volume}: {words}", warning=True)
        for history in storage.histories
        for words in _over(history)
    ]
    late = [history for history in storage.histories if is_late(history, now)]
    if late:
        newest = listed([f"{h.volume} {date_and_time(h.time[-1], storage.zone)}" for h in late])
        notices.append(
            Notice(
                f"Newer samples should have come. The newest: {newest}. Your administrators can see why.",
                warning=True,
            )
        )
    volumes = [history.volume for history in storage.histories]
    if storage.empty_volumes:
        notices.append(Notice(f"There are no samples of {listed(list(storage.empty_volumes))} for you."))
    elif len(volumes) == 1:
        notices.append(Notice(f"You have samples on one volume only: {volumes[0]}."))
    single = [history.volume for history in storage.histories if len(history.time) == 1]
    if single:
        notices.append(Notice(f"One sample of {listed(single)} so far: a line needs two."))
    if not late and _ends_differ(storage):
        ends = [f"{h.volume} until {date_and_time(h.time[-1], storage.zone)}" for h in storage.histories]
        notices.append(Notice(f"The volumes are sampled at different times: {listed(ends)}."))
    holes = [history.volume for history in storage.histories if history.holes]
    if holes:
        notices.append(Notice(f"Where a line breaks ({listed(holes)}), no samples were taken."))
    return tuple(notices)


def _card(storage: Storage, history: History, now: float) -> Card:
    newest = history.time[-1]
    return Card(
        volume=history.volume,
        gb=number(history.gb[-1]),
        files=number(history.files[-1]),
        quotas=_quotas(history, now),
        changes=tuple(_change_row(history, period, days) for period, days in _PERIODS),
        comparison=_comparison(storage, history),
        sampled=date_and_time(newest, storage.zone),
        sampled_iso=datetime.fromtimestamp(newest, UTC).isoformat().replace("+00:00", "Z"),
        age=age(now - newest),
    )


def _comparison(storage: Storage, history: History) -> Comparison | None:
    median = storage.published.medians.get(history.volume)
    if median is None:
        return None
    gb = compared("GiB", "GiB", history.gb[-1], gb_from_bytes(median.used_bytes))
    return Comparison(median.users, (gb, compared("Files", "files", history.files[-1], median.files)))


def _change_row(history: History, period: str, days: int) -> ChangeRow:
    found = change_over(history, days)
    if found is None:
        return ChangeRow(period, "", "", "", "")
    return ChangeRow(period, *change(found.gb), *change(found.files))


def _quotas(history: History, now: float) -> tuple[QuotaWords, ...]:
    age_seconds = None if is_late(history, now) else now - history.time[-1]
    words = (
        quota_words(history.gb_limits, history.time, history.gb, "GiB", age_seconds),
        quota_words(history.files_limits, history.time, history.files, "files", age_seconds),
    )
    return tuple(one for one in words if one is not None)


def _over(history: History) -> list[str]:
    """What is over its limits on this volume."""
    words = (
        over_words(history.gb_limits, history.gb[-1], "GiB"),
        over_words(history.files_limits, history.files[-1], "files"),
    )
    return [one for one in words if one is not None]


def _ends_differ(storage: Storage) -> bool:
    ends = [history.time[-1] for history in storage.histories]
    return max(ends) - min(ends) > DAY
