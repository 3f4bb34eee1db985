"""Wrong passwords are slowed, then refused for a while: per client, and for all clients together.

Only attempts that would cost a guess come here. Sessions and right passwords seen before pass without, so
that a flood from one address (behind a container's proxy all visitors share one) locks out nobody inside.
"""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

REMEMBERED_CLIENTS = 1000


@dataclass(frozen=True, slots=True)
class Limit:
    """After `wrong_allowed` wrong ones a pause of `first_pause` seconds; each further one doubles it."""

    wrong_allowed: int
    first_pause: float
    longest_pause: float
    forgotten_after: float


PER_CLIENT = Limit(wrong_allowed=8, first_pause=30, longest_pause=900, forgotten_after=1800)
ALL_CLIENTS = Limit(wrong_allowed=100, first_pause=10, longest_pause=60, forgotten_after=600)


@dataclass(frozen=True, slots=True)
class Pause:
    """Guesses are refused from now on: of one client, or `of_all`."""

    seconds: int
    of_all: bool


@dataclass(slots=True)
class _Count:
    wrong: int = 0
    refused_until: float = 0
    told_until: float = 0  # the end of the pause that `begun_pauses` told last
    last: float = 0


class Throttle:
    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        per_client: Limit = PER_CLIENT,
        all_clients: Limit = ALL_CLIENTS,
    ) -> None:
        self._clock = clock
        self._per_client = per_client
        self._all_clients = all_clients
        self._clients: OrderedDict[str, _Count] = OrderedDict()
        self._all = _Count()
        self._lock = threading.Lock()

    def begin(self, client: str, known_device: bool = False) -> int:
        """Count an attempt as wrong before it is checked, so that attempts side by side cannot slip through.

        Returns 0, or the whole seconds to wait. A device that signed in before answers for itself only.
        """
        with self._lock:
            now = self._clock()
            counts = [(self._count_of(client, now), self._per_client)]
            if not known_device:
                _forget(self._all, self._all_clients, now)
                counts.append((self._all, self._all_clients))
            wait = max(count.refused_until - now for count, _ in counts)
            if wait > 0:
                return math.ceil(wait)
            for count, limit in counts:
                _note_wrong(count, limit, now)
            return 0

    def was_right(self, client: str, known_device: bool = False) -> None:
        """Take the attempt back, and all earlier wrong ones of this client."""
        with self._lock:
            self._clients.pop(client, None)
            if not known_device:
                self._all.wrong = max(0, self._all.wrong - 1)
                if self._all.wrong < self._all_clients.wrong_allowed:
                    self._all.refused_until = 0

    def begun_pauses(self, client: str, known_device: bool = False) -> list[Pause]:
        """The pauses that wrong ones of `client` set off; each is told once."""
        with self._lock:
            now = self._clock()
            counts = [] if known_device else [(self._all, True)]
            if client in self._clients:
                counts.insert(0, (self._clients[client], False))
            begun = []
            for count, of_all in counts:
                if now < count.refused_until != count.told_until:
                    count.told_until = count.refused_until
                    begun.append(Pause(math.ceil(count.refused_until - now), of_all))
            return begun

    def slow_seconds(self, client: str) -> float:
        """How long the answer to a wrong password of this client should take."""
        with self._lock:
            count = self._clients.get(client)
            return min(1.0, 0.2 * count.wrong) if count else 0.0

    def _count_of(self, client: str, now: float) -> _Count:
        count = self._clients.setdefault(client, _Count(last=now))
        self._clients.move_to_end(client)
        while len(self._clients) > REMEMBERED_CLIENTS:
            self._clients.popitem(last=False)
        _forget(count, self._per_client, now)
        return count


def _forget(count: _Count, limit: Limit, now: float) -> None:
    if now - count.last > limit.forgotten_after:
        count.wrong, count.refused_until = 0, 0


def _note_wrong(count: _Count, limit: Limit, now: float) -> None:
    count.wrong += 1
    count.last = now
    beyond = count.wrong - limit.wrong_allowed
    if beyond >= 0:
        count.refused_until = now + min(limit.first_pause * 2 ** min(beyond, 20), limit.longest_pause)
