"""The example facility's backups: what `find ... -exec du --block-size=1M` lists on two nodes of one hub."""

import random
import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

DAYS = 60  # after which rotation removes a tarball
NODES = ("north", "south")
SILENT = "south"  # three days before the data were made; no night of it comes any more
_ITEMS = {"svn/methods": 3_400, "wiki/lab": 260, "tracker/microscopes": 41, "folders/settings": 1}
_FOLDER = "/srv/backup/vault"
_LINE = re.compile(rf"(\d+)\t{_FOLDER}/(.+)/(\d{{4}}/\d\d/\d\d/\d{{6}})/[^/]+")


class _Tarball(NamedTuple):
    mib: int
    item: str
    time: datetime

    def line(self) -> str:
        name = self.item.rpartition("/")[2]
        return f"{self.mib}\t{_FOLDER}/{self.item}/{self.time:%Y/%m/%d/%H%M%S}/{name}.tar.gz"


def listing(node: str, now: datetime, chance: random.Random) -> str:
    tarballs = []
    for ago in range(DAYS, -1, -1):
        # One node has been silent for three days, and one tarball of the other was cut short.
        if node == SILENT and ago < 3:
            continue
        night = now.replace(hour=3, minute=0, second=2) - timedelta(days=ago)
        for item, size in _ITEMS.items():
            if night > now:
                continue
            grown = max(1, size + (DAYS - ago) * size // 400 + chance.randint(0, 2))
            if node == "north" and item == "wiki/lab" and ago == 0:
                grown = 12
            tarballs.append(_Tarball(grown, item, night))
    chance.shuffle(tarballs)
    return _text(tarballs)


def more_nights(listed: str, now: datetime, seed: str) -> str:
    """`listed` with the nights after its newest up to `now`, and without what rotation has removed. Raises
    ValueError."""
    tarballs = [_read(line) for line in listed.splitlines()]
    night = max(one.time for one in tarballs) + timedelta(days=1)
    while night <= now:
        for item, size in _ITEMS.items():
            # The largest one: whatever was cut short is whole again the next night.
            largest = max((one.mib for one in tarballs if one.item == item), default=size)
            grown = size // 400 + random.Random(f"{seed} {item} {night:%Y%m%d}").randint(0, 1)
            tarballs.append(_Tarball(largest + grown, item, night))
        oldest = night - timedelta(days=DAYS)
        tarballs = [one for one in tarballs if one.time >= oldest]
        night += timedelta(days=1)
    return _text(tarballs)


def _read(line: str) -> _Tarball:
    match = _LINE.fullmatch(line)
    if match is None:
        raise ValueError(f"no line of a listing: {line!r}")
    return _Tarball(
        int(match[1]), match[2], datetime.strptime(match[3], "%Y/%m/%d/%H%M%S").replace(tzinfo=UTC)
    )


def _text(tarballs: list[_Tarball]) -> str:
    return "".join(f"{one.line()}\n" for one in tarballs)
