"""What this user holds on the storage, as it is published, made ready for showing."""

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from user_dashboard.own_file import OwnFile, check_owner, zone_named
from usermon.histories import History, history_of, times_of_one_clock
from usermon.published_storage import (
    PublishedStorage,
    UnreadablePublishedFile,
    VolumeHistory,
    from_json,
)
from usermon.state_folder import PUBLISHED_STORAGE

# Volumes stand in this order, all others behind by name: colours and axes stay where people know them.
_KNOWN_VOLUMES = ("local", "cryo")


@dataclass(frozen=True, slots=True)
class Storage:
    """A published file, made ready for showing once, however often it is drawn."""

    published: PublishedStorage
    zone: ZoneInfo
    histories: tuple[History, ...]  # of the volumes that hold samples
    empty_volumes: tuple[str, ...]
    plotted_time: dict[str, list[int]]  # per volume, in milliseconds of the wall clock, ascending
    # Seconds by which the clock of all plotted times is ahead of UTC, where it is not simply the wall's.
    plotted_ahead: int | None

    @property
    def newest(self) -> int:
        """Time of the newest sample of any volume. There must be one."""
        return max(history.time[-1] for history in self.histories)


class PublishedFile(OwnFile[Storage]):
    """A user's storage.json."""

    def __init__(self, folder: Path, user: str) -> None:
        def parse(content: bytes) -> Storage:
            published = from_json(content)
            check_owner(published.user, user)
            return prepare(published)

        super().__init__(folder / PUBLISHED_STORAGE, parse)


def prepare(published: PublishedStorage) -> Storage:
    """Raises UnreadablePublishedFile when the columns do not fit together."""
    zone = zone_named(published.timezone)
    histories = []
    for volume in sorted(published.volumes, key=_place):
        columns = published.volumes[volume]
        _check(volume, columns)
        _check_limits(volume, columns)
        if columns.time:
            histories.append(history_of(volume, columns))
    plotted, ahead = times_of_one_clock({history.volume: history.time for history in histories}, zone)
    return Storage(
        published,
        zone,
        tuple(histories),
        tuple(
            volume for volume in sorted(published.volumes, key=_place) if not published.volumes[volume].time
        ),
        plotted,
        ahead,
    )


def _place(volume: str) -> tuple[int, str]:
    known = volume in _KNOWN_VOLUMES
    return (_KNOWN_VOLUMES.index(volume) if known else len(_KNOWN_VOLUMES)), volume


def _check(volume: str, columns: VolumeHistory) -> None:
    for column in (columns.time, columns.used_bytes, columns.files):
        if not isinstance(column, list) or len(column) != len(columns.time):
            raise UnreadablePublishedFile(
                f"the published data of {volume} has columns of different lengths",
                "The collector writes it anew at its next pass; if this stays, tell your administrators.",
            )
        if not all(type(number) is int for number in column):
            raise UnreadablePublishedFile(
                f"the published data of {volume} holds something that is no number",
                "The collector writes it anew at its next pass; if this stays, tell your administrators.",
            )


def _check_limits(volume: str, columns: VolumeHistory) -> None:
    limits = (
        *(columns.soft_limit_bytes, columns.hard_limit_bytes),
        *(columns.soft_limit_files, columns.hard_limit_files),
    )
    graces = (columns.bytes_grace, columns.files_grace)
    are_limits = all(limit is None or (type(limit) is int and limit >= 0) for limit in limits)
    if not are_limits or not all(grace is None or isinstance(grace, str) for grace in graces):
        raise UnreadablePublishedFile(
            f"the published data of {volume} holds a limit that is none",
            "The collector writes it anew at its next pass; if this stays, tell your administrators.",
        )
