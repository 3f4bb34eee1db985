"""The example facility's backups: what `find ... -exec du --block-size=1M` lists on two nodes of one hub."""

import random
from datetime import datetime, timedelta

DAYS = 60
NODES = ("north", "south")
_ITEMS = {"svn/methods": 3_400, "wiki/lab": 260, "tracker/microscopes": 41, "folders/settings": 1}


def listing(node: str, now: datetime, chance: random.Random) -> str:
    lines = []
    for ago in range(DAYS, -1, -1):
        # One node has been silent for three days, and one tarball of the other was cut short.
        if node == "south" and ago < 3:
            continue
        day = now.replace(hour=3, minute=0, second=2) - timedelta(days=ago)
        for item, size in _ITEMS.items():
            if day > now:
                continue
            grown = max(1, size + (DAYS - ago) * size // 400 + chance.randint(0, 2))
            if node == "north" and item == "wiki/lab" and ago == 0:
                grown = 12
            name = item.rpartition("/")[2]
            lines.append(f"{grown}\t/srv/backup/vault/{item}/{day:%Y/%m/%d/%H%M%S}/{name}.tar.gz")
    chance.shuffle(lines)
    return "\n".join(lines) + "\n"
