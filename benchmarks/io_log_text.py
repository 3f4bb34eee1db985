"""A log as a facility of fifty users has it: what the shared one says in the mean, made by dice."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from usermon.io_records import IoClient, IoEntry, IoSession
from usermon.io_sizes import SizeRange

ROLES = ("guest", "staff", "student", "course")
USERS, MACHINES, PAIRS, SESSIONS_AN_HOUR = 50, 26, 160, 17
SIZES = tuple(str(SizeRange(2**power, 2 ** (power + 1))) for power in range(1, 21))
_BEGINNING = 1_600_000_000
_BAR = 52


def hours(seed: int = 1, sessions: int = SESSIONS_AN_HOUR, pairs: int = PAIRS) -> Iterator[list[IoSession]]:
    """The sessions of one hour after another, without end."""
    dice = Random(seed)
    clients = [_client(dice) for _ in range(pairs)]
    # A few are there in most hours, most of them now and then.
    weights = [1 / (number + 1) ** 0.5 for number in range(pairs)]
    time = _BEGINNING
    while True:
        entry = IoEntry(time, str(datetime.fromtimestamp(time + 3600, UTC))[:19])
        here = dict.fromkeys(dice.choices(clients, weights, k=sessions + sessions // 10))
        yield [IoSession(entry, client, *_rows(dice)) for client in here]
        time += 3600


def write_log(file: Path, lines: int) -> int:
    """Returns the lines that were written, whole entries."""
    written = 0
    with file.open("w", encoding="utf-8") as log:
        for sessions in hours():
            text = [f"Log: {sessions[0].entry.local_time} ({sessions[0].entry.time})", ""]
            for session in sessions:
                client = session.client
                status = f"{client.role}/{client.affiliation}"
                text.append(f"@rd_client({client.machine},{client.machine_type})[{client.user}({status})]:")
                most = max(*session.counts, 1)
                text += [
                    f"{size:<16}{count:>8} |{'@' * (_BAR * count // most):<{_BAR}}|"
                    for size, count in zip(session.sizes, session.counts, strict=True)
                ]
                text.append("")
            log.write("\n".join(text) + "\n")
            written += len(text)
            if written >= lines:
                return written
    raise AssertionError


def _client(dice: Random) -> IoClient:
    machine = dice.randrange(MACHINES)
    kind = "vela" if machine < MACHINES // 2 else "dept"
    user = dice.randrange(USERS)
    return IoClient(f"user{user:02}", ROLES[user % len(ROLES)], "vela", f"node{machine:02}", kind)


def _rows(dice: Random) -> tuple[tuple[str, ...], tuple[int, ...]]:
    first = dice.randrange(12)
    sizes = SIZES[first : first + dice.randrange(3, 17)]
    return sizes, tuple(int(10 ** dice.uniform(-0.3, dice.choice((1, 2, 3, 4)))) for _ in sizes)
