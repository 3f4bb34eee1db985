"""What pages and answers are made from, read once for each revision of the store and kept as bytes.

Asking costs one small query while nothing changed. An answer carries a fingerprint (ETag) of its content:
a browser that holds the same gets 304, whatever else changed in the store meanwhile.
"""

import gc
import gzip
import hashlib
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from flask import Response, request

from overview.storage_table import StorageTable, storage_table
from usage_store.dashboards import DashboardView, dashboard_views
from usage_store.engine import Store, StoreConnection
from usage_store.revisions import current_revisions
from usage_store.storage import LatestUsage, StandingLimits, latest_storage, standing_limits

Content = TypeVar("Content")

_SMALLEST_WORTH_PACKING = 1024
# Of the answers that depend on what a browser asked for.
_KEPT_FEEDS = 300

# Feeds of more CPU than this rest ten times as long as they took: one takes a tenth of a core at most.
ASK_AGAIN = "Usermon-Ask-Again"
_COSTLY_SECONDS = 0.1
_RESTS = 10
_LONGEST_REST_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Body:
    """One answer, ready to be sent."""

    content: bytes
    packed: bytes
    etag: str
    mimetype: str


@dataclass(frozen=True, slots=True)
class _Feed:
    """`rests_until` on the monotonic clock."""

    made_from: object
    body: Body
    rests_until: float


class Snapshots:
    """Safe to share between threads: each content is made by one of them, the others wait for it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[Hashable, tuple[object, object]] = {}
        self._making: dict[Hashable, threading.Lock] = {}
        self._latest_usages: dict[tuple[str, str], LatestUsage] = {}
        self._latest_revision = 0
        self._limits: dict[tuple[str, str], StandingLimits] = {}
        self._limits_revision = 0
        self._asked: OrderedDict[Hashable, None] = OrderedDict()
        self._asked_lock = threading.Lock()

    def storage(self) -> StorageTable:
        revisions = self.revisions()
        return self._keep(
            "table",
            (revisions.get("storage", 0), revisions.get("dashboards", 0)),
            lambda: storage_table(self._latest(revisions), self.dashboards(revisions)),
        )

    def latest(self) -> list[LatestUsage]:
        """The newest sample of every series."""
        return self._latest(self.revisions())

    def limits(self) -> dict[tuple[str, str], StandingLimits]:
        revision = self.revisions().get("storage", 0)
        return self._keep("limits", revision, lambda: self._read_limits(revision))

    def dashboards(self, revisions: dict[str, int] | None = None) -> list[DashboardView]:
        revisions = self.revisions() if revisions is None else revisions
        return self._keep("dashboards", revisions.get("dashboards", 0), self._read_dashboards)

    def body(self, name: Hashable, mimetype: str, made_from: object, render: Callable[[], bytes]) -> Body:
        """What `render` gives, packed and fingerprinted; rendered anew when `made_from` is not what it was.

        Name and maker belong together: `name` says which answer it is, one entry is kept of each.
        """
        return self._keep(("body", name), made_from, lambda: _body(render(), mimetype))

    def content(
        self,
        name: Hashable,
        topics: Sequence[str],
        read: Callable[[StoreConnection], Content],
        *,
        also: Hashable = None,
    ) -> Content:
        """What `read(connection)` gives, kept until a topic or `also` changes: for pages and feeds that are
        made from the same. Name and reader belong together, and names hold nothing that browsers ask for."""
        revisions = self.revisions()
        made_from = (tuple(revisions.get(topic, 0) for topic in topics), also)

        def make() -> Content:
            with self._store.reading() as connection:
                return read(connection)

        return self._keep(("content", name), made_from, make)

    def feed(
        self,
        name: tuple[Hashable, ...],
        topics: Sequence[str],
        read: Callable[[StoreConnection], Any],
        *,
        also: Hashable = None,
    ) -> Response:
        """What `read(connection)` gives, as JSON for a page's script: made once until a topic changes.

        `name` is the page and all that the answer depends on besides `topics` and `also` (the minute of the
        clock, where ages matter). Names may hold what browsers ask for: only the newest are kept.

        What costs much is not made again at once when hundreds of agents save all the time: until its rest is
        over the last one is given, and the answer says when to ask again (ASK_AGAIN, in seconds).
        """
        key = ("feed", *name)
        with self._making.setdefault(key, threading.Lock()):
            # Read in here: whoever waited gets what was made meanwhile, and no older one is made after it.
            revisions = self.revisions()
            made_from = (tuple(revisions.get(topic, 0) for topic in topics), also)
            kept = cast("_Feed | None", self._kept.get(key, (None, None))[1])
            now = time.monotonic()
            if kept is None or (kept.made_from != made_from and now >= kept.rests_until):
                kept = self._make_feed(made_from, read)
                self._kept[key] = (made_from, kept)
        self._forget_oldest(key)
        response = answer(kept.body)
        if kept.made_from != made_from:
            response.headers[ASK_AGAIN] = f"{kept.rests_until - now:.2f}"
        return response

    def _make_feed(self, made_from: object, read: Callable[[StoreConnection], Any]) -> "_Feed":
        started = time.thread_time()
        with _uninterrupted(), self._store.reading() as connection:
            content = json.dumps(read(connection), separators=(",", ":"), allow_nan=False).encode()
        body = _body(content, "application/json")
        # By the CPU that it took, not by the clock: a busy machine makes nothing costly.
        took = time.thread_time() - started
        rest = min(took * _RESTS, _LONGEST_REST_SECONDS) if took > _COSTLY_SECONDS else 0
        return _Feed(made_from, body, time.monotonic() + rest)

    def _forget_oldest(self, used: Hashable) -> None:
        with self._asked_lock:
            self._asked[used] = None
            self._asked.move_to_end(used)
            while len(self._asked) > _KEPT_FEEDS:
                oldest, _ = self._asked.popitem(last=False)
                self._kept.pop(oldest, None)
                self._making.pop(oldest, None)

    def _latest(self, revisions: dict[str, int]) -> list[LatestUsage]:
        revision = revisions.get("storage", 0)
        return self._keep("latest", revision, lambda: self._read_latest(revision))

    def revisions(self) -> dict[str, int]:
        with self._store.reading() as connection:
            return current_revisions(connection)

    def _read_latest(self, revision: int) -> list[LatestUsage]:
        """Reads only what changed since it last read: with many users, a fifth of a second less."""
        if revision < self._latest_revision:  # another store, or a backup that was restored
            self._latest_usages, self._latest_revision = {}, 0
        with self._store.reading() as connection:
            changed = latest_storage(connection, changed_after=self._latest_revision)
        self._latest_usages |= {(usage.user, usage.volume): usage for usage in changed}
        self._latest_revision = revision
        return list(self._latest_usages.values())

    def _read_limits(self, revision: int) -> dict[tuple[str, str], StandingLimits]:
        """As `_read_latest`; a new dictionary, since others may be reading the one before."""
        if revision < self._limits_revision:
            self._limits, self._limits_revision = {}, 0
        with self._store.reading() as connection:
            changed = standing_limits(connection, changed_after=self._limits_revision)
        both = {**self._limits, **changed}
        self._limits = {series: limits for series, limits in both.items() if limits is not None}
        self._limits_revision = revision
        return self._limits

    def _read_dashboards(self) -> list[DashboardView]:
        with self._store.reading() as connection:
            return dashboard_views(connection)

    def _keep(self, name: Hashable, made_from: object, make: Callable[[], Content]) -> Content:
        with self._making.setdefault(name, threading.Lock()):
            kept = self._kept.get(name)
            if kept is None or kept[0] != made_from:
                with _uninterrupted():
                    kept = (made_from, make())
                self._kept[name] = kept
            return cast(Content, kept[1])


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold back the garbage collector: it would go through a hundred thousand fresh rows again and again,
    a third of all time, and find nothing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _body(content: bytes, mimetype: str) -> Body:
    # Level 2: of ten thousand users a tenth larger than level 6, in half of its time, and not kept for long.
    packed = gzip.compress(content, 2, mtime=0) if len(content) >= _SMALLEST_WORTH_PACKING else b""
    return Body(content, packed, hashlib.sha256(content).hexdigest()[:20], mimetype)


def answer(body: Body) -> Response:
    """`body` to whoever asks now: packed where they can unpack, 304 where they hold it already."""
    packed = bool(body.packed) and request.accept_encodings["gzip"] > 0
    response = Response(body.packed if packed else body.content, mimetype=body.mimetype)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.update(("Accept-Encoding", "Cookie"))
    response.set_etag(body.etag, weak=True)
    response.make_conditional(request)
    return response


def download(response: Response, file_name: str) -> Response:
    response.headers.set("Content-Disposition", "attachment", filename=file_name)
    return response
