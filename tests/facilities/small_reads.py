"""I/O of the small facility: three weeks by the hour, busy in working hours, alice heavy, one burst."""

from datetime import UTC, datetime
from random import Random

from usermon.io_records import IoClient, IoEntry, IoSession
from usermon.io_sizes import SizeRange

DAYS = 21
_HOUR = 3600
_SIZES = tuple(str(SizeRange(1 << bit, 2 << bit)) for bit in range(9, 24))

_CLIENTS = {
    # client: reads in a busy hour
    IoClient("alice", "staff", "imaging", "gpu01", "vela"): 90_000,
    IoClient("alice", "staff", "imaging", "login1", "atlas"): 4_000,
    IoClient("bob", "staff", "theory", "calc01", "atlas"): 30_000,
    IoClient("emeka", "staff", "imaging", "gpu02", "vela"): 16_000,
    IoClient("farida", "student", "theory", "calc02", "atlas"): 9_000,
    IoClient("goran", "guest", None, "login1", "atlas"): 700,
    IoClient("kwame", "student", "imaging", "scope1", "microscope"): 22_000,
    IoClient("lumi", None, None, "gpu02", "vela"): 1_500,
}


def read_entries(now: int) -> list[IoSession]:
    chance = Random(13)
    newest = now // _HOUR * _HOUR
    sessions: list[IoSession] = []
    for back in range(DAYS * 24, -1, -1):
        time = newest - back * _HOUR
        entry = IoEntry(time, _clock(time))
        hour, weekday = time // _HOUR % 24, (time // 86_400 + 3) % 7
        busy = (1.0 if 7 <= hour <= 18 else 0.25) * (0.3 if weekday >= 5 else 1.0)
        for number, (client, reads) in enumerate(_CLIENTS.items()):
            if chance.random() > 0.3 + busy / 2:
                continue
            burst = 6 if client.user == "farida" and 70 <= back < 82 else 1
            total = reads * busy * burst * (0.5 + chance.random())
            first = (number * 3) % 8
            sizes = _SIZES[first : first + 6]
            counts = tuple(max(1, round(total * share)) for share in (0.1, 0.35, 0.25, 0.15, 0.1, 0.05))
            sessions.append(IoSession(entry, client, sizes, counts))
    return sessions


def _clock(time: int) -> str:
    """By a clock one hour ahead of UTC, as the machines of the facility show it."""
    return str(datetime.fromtimestamp(time + _HOUR, UTC))[:19]
