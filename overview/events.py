"""What the event stream says, and the line that the server offers for saying it.

A view cannot keep a connection by itself: it would keep a thread too. So the server puts an `EventLine` into
the request; a view that takes it answers with the first event, and the server goes on with what comes after.
Where there is no such line (Flask's test client, another server) the answer just ends after its first event.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

# In app.extensions: what reads the store's revisions.
REVISIONS = "usermon_revisions"
# In a request's environment.
EVENT_LINE = "usermon.event_line"
MIMETYPE = "text/event-stream"
HEARTBEAT = b": still here\n\n"
# How long a browser waits after a lost connection, at least; at most twice that.
_RETRY_MS = 1_500


@dataclass(slots=True)
class EventLine:
    """`is_free` says whether the server keeps one more; `revisions` what the one who took it was told."""

    is_free: bool
    revisions: Mapping[str, int] | None = None

    def take(self, revisions: Mapping[str, int]) -> None:
        self.revisions = revisions


def first_event(revisions: Mapping[str, int]) -> bytes:
    """All revisions: whoever comes back compares them with what they saw last."""
    # Not all in one instant after the server was started anew.
    retry_ms = _RETRY_MS + secrets.randbelow(_RETRY_MS)
    return f"retry: {retry_ms}\n".encode() + changed_event({}, revisions)


def changed_event(seen: Mapping[str, int], revisions: Mapping[str, int]) -> bytes:
    """Of which topics `revisions` are others than `seen`, as `event: changed`."""
    changed = {topic: revision for topic, revision in revisions.items() if seen.get(topic) != revision}
    # Revisions only grow, so their sum names a state of the store.
    number = sum(revisions.values())
    return f"id: {number}\nevent: changed\ndata: {json.dumps(changed, separators=(',', ':'))}\n\n".encode()
