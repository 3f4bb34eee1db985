"""What the search field and its page show of what was found: a name, a fact, an address."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from alerts.words import amount_held
from overview.queue_words import job_words
from usage_store.engine import StoreConnection
from usage_store.search import Found, Kind, find

TITLES: Mapping[Kind, str] = {
    "user": "Users",
    "host": "Hosts",
    "cluster": "Clusters",
    "machine": "Machines of I/O logs",
    "backup": "Backups",
    "job": "Jobs",
}
# All that anything found is made from.
TOPICS = ("storage", "dashboards", "hosts", "queues", "io", "backups")


class Hit(NamedTuple):
    """`time` is epoch seconds, of what `fact` says, where that grows old."""

    kind: Kind
    name: str
    fact: str
    time: int | None
    link: str


def hits(connection: StoreConnection, text: str) -> list[Hit]:
    """Kinds in the order of TITLES."""
    return [_HITS[found.kind](found) for found in find(connection, text)]


def _path(*parts: str) -> str:
    return "".join(f"/{quote(part, safe='')}" for part in parts)


def _user(found: Found) -> Hit:
    held = [f"{amount_held(used)} on {volume}" for volume, used in found.facts["held"].items()]
    state = found.facts["state"]
    facts = [*held, *([f"dashboard {state}"] if state else [])]
    fact = ", ".join(facts) or "no storage measured"
    return Hit("user", found.name, fact, None, _path("users", *found.parts))


def _host(found: Found) -> Hit:
    fact = "last sample" if found.facts["time"] is not None else "no sample yet"
    return Hit("host", found.name, fact, found.facts["time"], _path("hosts", *found.parts))


def _cluster(found: Found) -> Hit:
    totals: Mapping[str, Any] = found.facts["totals"]
    fact = "ended jobs only"
    if found.facts["time"] is not None:
        busy, all_of_them = totals.get("procs_running") or 0, totals.get("procs") or 0
        fact = f"{busy:,} of {all_of_them:,} processors busy, {totals.get('jobs') or 0:,} jobs"
    return Hit("cluster", found.name, fact, found.facts["time"], _path("queues", *found.parts))


def _machine(found: Found) -> Hit:
    return Hit("machine", found.name, found.facts["type"], None, _path("io", "machines", *found.parts))


def _backup(found: Found) -> Hit:
    return Hit("backup", found.name, "listed", found.facts["time"], _path("backups", *found.parts))


def _job(found: Found) -> Hit:
    """One in a queue leads there; one that ended to the page of its cluster, which shows it."""
    facts = found.facts
    name = f"{found.name} {facts['job_name']}".strip()
    many = f"{facts['processors']:,} processor{'s' if facts['processors'] != 1 else ''}"
    fact = f"{job_words(facts['status'])}, {facts['user']} on {facts['cluster']}, {many}"
    if facts["ended"]:
        link = f"{_path('queues', facts['cluster'])}?{urlencode({'job': found.name})}"
        return Hit("job", name, f"ended: {fact}", None, link)
    asked = urlencode({"cluster": facts["cluster"], "name": found.name})
    return Hit("job", name, fact, None, f"/queues?{asked}#jobs")


_HITS: Mapping[Kind, Callable[[Found], Hit]] = {
    "user": _user,
    "host": _host,
    "cluster": _cluster,
    "machine": _machine,
    "backup": _backup,
    "job": _job,
}
