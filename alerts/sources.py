"""Sources that fail, give nothing, or hold lines that cannot be used."""

from collections.abc import Iterator
from dataclasses import dataclass

from alerts.trouble import SERIOUS, WARNING, Trouble
from usage_store.awaited_sources import awaited_since, never_ran
from usage_store.collection_runs import RejectedCount, count_rejected_by_source
from usage_store.engine import StoreConnection
from usage_store.queues import all_clusters
from usage_store.watched_machines import SourceRuns, delivered_sources, runs_by_source
from usermon.alert_rules import SourceRule

# A rhythm of seconds is no promise to the second.
_LEAST_SILENCE_SECONDS = 300
_OF_HOSTS = "host"


def source_troubles(connection: StoreConnection, rule: SourceRule, now: int) -> Iterator[Trouble]:
    expected = _Expected.of(connection, rule)
    for runs in runs_by_source(connection):
        if not rule.covers(runs.source):
            continue
        if runs.error is not None and runs.source not in expected.clusters and expected.knows(runs.source):
            yield _trouble(
                runs.source,
                "failing",
                rule.severity or SERIOUS,
                _whole(runs.good_at),
                f"Collecting {runs.source} fails: {runs.error}",
                runs.remedy or "Try it by hand: `usermon-collect check`.",
                rule,
            )
        elif expected.is_silent(runs, now):
            yield _trouble(
                runs.source,
                "silent",
                rule.severity or SERIOUS,
                _whole(runs.finished_at),
                f"{runs.source} is not collected any more: several of its times passed without a run",
                "Look whether the collectors, or the agent that delivers it, still run.",
                rule,
            )
    yield from _that_never_ran(connection, rule, now)
    for source, count in count_rejected_by_source(connection).items():
        if rule.covers(source):
            yield _trouble(
                source,
                "rejecting",
                rule.severity or WARNING,
                None,
                f"{_lines_and_files(count)} of {source} cannot be used",
                "The collection page shows each with its reason: mend it at its source.",
                rule,
            )


def _that_never_ran(connection: StoreConnection, rule: SourceRule, now: int) -> Iterator[Trouble]:
    """From when an overview first waited for them: what was just written down is no trouble."""
    since = awaited_since(connection)
    for source in never_ran(connection, since):
        rhythm = (rule.rhythms or {}).get(source)
        if rhythm is None or not rule.covers(source) or now - since[source] <= _silence(rule, rhythm):
            continue
        yield _trouble(
            source,
            "silent",
            rule.severity or SERIOUS,
            since[source],
            f"{source} never ran: several of its times passed without a first run",
            "Look whether the collectors read this usermon.toml: `usermon-collect check`, then"
            " `usermon-collect forever`.",
            rule,
        )


def _lines_and_files(count: RejectedCount) -> str:
    parts = ((count.lines, "line"), (count.files, "file"))
    return " and ".join(f"{many:,} {one}{'s' * (many != 1)}" for many, one in parts if many)


def _silence(rule: SourceRule, rhythm: float) -> float:
    return max(_LEAST_SILENCE_SECONDS, rule.rhythms_missed * rhythm)


@dataclass(frozen=True, slots=True)
class _Expected:
    """Which sources should run, and which other rules tell of."""

    rule: SourceRule
    delivered: frozenset[str]
    clusters: frozenset[str]

    @classmethod
    def of(cls, connection: StoreConnection, rule: SourceRule) -> "_Expected":
        clusters = all_clusters(connection) if rule.leaves_clusters else []
        return cls(
            rule,
            delivered_sources(connection),
            frozenset(cluster.name for cluster in clusters if cluster.time is not None),
        )

    def knows(self, source: str) -> bool:
        """Whether it is read still: a source that left usermon.toml is silent for good."""
        return self.rule.rhythms is None or source in self.rule.rhythms or source in self.delivered

    def is_silent(self, runs: SourceRuns, now: int) -> bool:
        if runs.source in self.clusters or not self.knows(runs.source):
            return False
        if runs.collector == _OF_HOSTS and self.rule.leaves_hosts:
            return False
        rhythm = (self.rule.rhythms or {}).get(runs.source, runs.usual_seconds)
        if rhythm is None:
            return False
        return now - runs.finished_at > _silence(self.rule, rhythm)


def _whole(time: float | None) -> int | None:
    return None if time is None else int(time)


def _trouble(
    source: str, part: str, severity: str, since: int | None, words: str, remedy: str, rule: SourceRule
) -> Trouble:
    return Trouble(
        "source", "/collection", source, severity, since, words, remedy, "/collection", part, rule.name
    )
