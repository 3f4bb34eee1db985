"""What is wrong with hosts, as the hosts page judges them, beside what the rules of alerts find."""

from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote

from alerts import Trouble
from alerts.survey import in_order
from overview.host_board import Tile

_SILENT = "Look whether the host is up, and whether its agent runs: `usermon-collect` there."
_REMEDIES = {
    "silent": _SILENT,
    "late": "Wait whether it comes back: it may be restarting.",
    "memory": "Look which programs hold it.",
    "disk": "Make room on it.",
    "cpu": "Look what runs there.",
    "clock": "Set its clock: `timedatectl` says whether it follows a time server.",
}


def with_hosts(found: Sequence[Trouble], tiles: Iterable[Tile]) -> list[Trouble]:
    """`found` and what the tiles say, each host once: its tile says more of it."""
    of_hosts = list(host_troubles(tiles))
    told = {trouble.subject for trouble in of_hosts}
    return in_order([one for one in found if one.kind != "host" or one.subject not in told] + of_hosts)


def host_troubles(tiles: Iterable[Tile]) -> Iterator[Trouble]:
    """One for each host in trouble; those that are gone are nobody's trouble."""
    for tile in tiles:
        if not tile.troubles or tile.state == "gone":
            continue
        worst = tile.troubles[0]
        yield Trouble(
            kind="host",
            area="/hosts",
            subject=tile.host.name,
            severity=worst.severity,
            since=tile.host.newest_time if worst.kind in ("silent", "late") else None,
            words=f"{tile.host.name}: {'; '.join(one.words for one in tile.troubles)}",
            remedy=_REMEDIES[worst.kind],
            link=f"/hosts/{quote(tile.host.name, safe='')}",
        )
