"""One user's storage as their own dashboard tells it: a card for each volume, and what plots are drawn from.

Pure. The arithmetic and the words are those of `usermon.histories` and `usermon.quotas`, which the dashboard
uses too.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from overview.shown import number, signed
from usage_store.storage import History as Kept
from usermon.histories import History, change_over, history_of, is_late
from usermon.published_storage import VolumeHistory
from usermon.quotas import Limits, QuotaWords, quota_words

_PERIODS = (("day", 1), ("week", 7), ("month", 30), ("year", 365))
# A level is worth its place when the data comes within this factor of it; a farther one squashes the lines.
_NEAR_REFERENCE, _NEAR_QUOTA = 2, 4


class ChangeWords(NamedTuple):
    """Empty words where no sample is old enough."""

    period: str
    gb: str
    files: str


class Card(NamedTuple):
    volume: str
    gb: float
    files: int
    time: int
    late: bool
    quotas: tuple[QuotaWords, ...]
    changes: tuple[ChangeWords, ...]


class Level(NamedTuple):
    """A line across a plot; `shown` when the data comes near it, else it is only named at the edge."""

    value: float
    words: str
    kind: Literal["soft", "hard", "reference"]
    shown: bool


class References(NamedTuple):
    """Of usermon.toml; what a facility thinks is much. They are of the first volume's plots."""

    gb: float | None = None
    files: int | None = None


def histories_of(kept: Mapping[str, Kept], order: Sequence[str]) -> list[History]:
    """Of the volumes that hold samples, in the page's order."""
    return [
        history_of(
            volume,
            VolumeHistory(
                kept[volume].time,
                kept[volume].used_bytes,
                kept[volume].files,
                kept[volume].soft_limit_bytes,
                kept[volume].hard_limit_bytes,
                kept[volume].soft_limit_files,
                kept[volume].hard_limit_files,
                kept[volume].bytes_grace,
                kept[volume].files_grace,
            ),
        )
        for volume in order
        if volume in kept and kept[volume].time
    ]


def cards_of(histories: Sequence[History], now: float) -> list[Card]:
    return [_card(history, now) for history in histories]


def _card(history: History, now: float) -> Card:
    late = is_late(history, now)
    age = None if late else now - history.time[-1]
    quotas = (
        quota_words(history.gb_limits, history.time, history.gb, "GiB", age),
        quota_words(history.files_limits, history.time, history.files, "files", age),
    )
    return Card(
        history.volume,
        history.gb[-1],
        history.files[-1],
        history.time[-1],
        late,
        tuple(_as_here(words) for words in quotas if words is not None),
        tuple(_change(history, period, days) for period, days in _PERIODS),
    )


def _as_here(words: QuotaWords) -> QuotaWords:
    return QuotaWords(
        words.unit,
        words.level,
        words.share,
        words.soft_share,
        words.fullness,
        words.outlook,
    )


def _change(history: History, period: str, days: int) -> ChangeWords:
    found = change_over(history, days)
    if found is None:
        return ChangeWords(period, "", "")
    return ChangeWords(period, signed(found.gb), signed(found.files))


def plots_of(histories: Sequence[History], references: References) -> list[dict[str, Any]]:
    """For the page's script, a volume each; `holes` are positions whose sample comes after a gap."""
    return [
        {
            "volume": history.volume,
            "time": history.time,
            "holes": history.holes,
            "gb": history.gb,
            "files": history.files,
            "gb_levels": _levels(history.gb_limits, history.gb, "GiB", references.gb if place == 0 else None),
            "files_levels": _levels(
                history.files_limits, history.files, "files", references.files if place == 0 else None
            ),
        }
        for place, history in enumerate(histories)
    ]


def _levels(
    limits: Limits, values: Sequence[float], unit: str, reference: float | None
) -> list[dict[str, Any]]:
    least, most = min(values), max(values)

    def near(level: float, factor: int) -> bool:
        return level / factor <= most and least <= level * factor

    found = [
        Level(
            limit,
            f"{limits.name_of(limit)} {number(limit)} {unit}",
            "hard" if limit == limits.last else "soft",
            near(limit, _NEAR_QUOTA),
        )
        for limit in limits.known
    ]
    if reference is not None:
        words = f"reference {number(reference)} {unit}"
        found.append(Level(reference, words, "reference", near(reference, _NEAR_REFERENCE)))
    return [level._asdict() for level in found]
