"""jobs.json: what a user's jobs are on all clusters, and what they were."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any, NamedTuple

from collectors.publishing.kind import Around, digest_of
from collectors.publishing.offered import sources_of
from collectors.publishing.steady import Medians, SteadyMedians
from usage_store.delivered_sources import delivered_sources
from usage_store.engine import StoreConnection
from usage_store.medians import cpu_median, newest_finished_day
from usage_store.queues import Cluster, all_clusters
from usage_store.user_jobs import JobsReach, Sum, UserJobs, jobs_of_users, users_with_jobs
from usermon.published_jobs import (
    MONTHS,
    MOST_CURRENT,
    MOST_FINISHED,
    REFRESH_SECONDS,
    WEEKS,
    Clusters,
    CurrentJobs,
    EndedJobs,
    JobsMedian,
    PublishedJobs,
    Spans,
    Used,
    to_json,
)
from usermon.site_file import SiteFile
from usermon.state_folder import PUBLISHED_JOBS

# Where a column of the file is not named as the store's.
_NAMES = {"nodes": "n_nodes", "reason": "error"}
_NAMES_OF_ENDED = {"status": "state", "seconds": "elapsed_seconds"}


class _Facts(NamedTuple):
    clusters: list[Cluster]
    newest_day: int
    median: JobsMedian | None


class JobsFiles:
    kind = "queues"
    file = PUBLISHED_JOBS
    is_for_all = True
    looks_again_seconds: int | None = None

    def __init__(self, site: SiteFile) -> None:
        self._site = site
        self._every = sources_of(site, self.kind)
        self._medians = SteadyMedians(_medians)

    def is_offered(self, connection: StoreConnection) -> bool:
        return bool(self._every or delivered_sources(connection, self.kind))

    def around(self, connection: StoreConnection, now: float) -> Around:
        found = self._medians.get(connection, now).get("all")
        median = None if found is None else JobsMedian(found.users, found.amounts[0])
        told = None if median is None else median.cpu_hours
        clusters = all_clusters(connection)
        names = [cluster.name for cluster in clusters]
        return Around(
            digest_of((self._site.timezone, names, told)),
            _Facts(clusters, newest_finished_day(connection) or 0, median),
            users_with_jobs(connection),
            REFRESH_SECONDS,
        )

    def contents(
        self, connection: StoreConnection, users: Sequence[str], around: Around
    ) -> Iterator[tuple[str, bytes]]:
        facts: _Facts = around.facts
        reach = JobsReach(facts.newest_day, MOST_CURRENT, MOST_FINISHED, WEEKS, MONTHS)
        known = jobs_of_users(connection, users, facts.clusters, reach)
        for user in users:
            yield user, self._content(user, known[user], facts)

    def _content(self, user: str, jobs: UserJobs, facts: _Facts) -> bytes:
        return to_json(
            PublishedJobs(
                user=user,
                timezone=self._site.timezone,
                published_at=int(time.time()),
                clusters=self._clusters(facts.clusters),
                current=_columns(CurrentJobs, jobs.current, _NAMES),
                more_current=jobs.more_current,
                finished=_columns(EndedJobs, jobs.finished, _NAMES_OF_ENDED),
                more_finished=jobs.more_finished,
                weeks=_spans(jobs.weeks),
                months=_spans(jobs.months),
                month=Used(jobs.month.jobs, jobs.month.cpu_hours, jobs.month.gpu_hours),
                median=facts.median,
            )
        )

    def _clusters(self, clusters: list[Cluster]) -> Clusters:
        seen = [(cluster.name, cluster.time) for cluster in clusters if cluster.time is not None]
        return Clusters(
            name=[name for name, _ in seen],
            time=[time_ for _, time_ in seen],
            every_seconds=[self._every.get(name) for name, _ in seen],
        )


def _medians(connection: StoreConnection) -> Medians:
    median = cpu_median(connection)
    return {} if median is None else {"all": median}


def _columns(table: Any, rows: list[dict[str, Any]], names: Mapping[str, str]) -> Any:
    return table(**{one.name: [row[names.get(one.name, one.name)] for row in rows] for one in fields(table)})


def _spans(sums: list[Sum]) -> Spans:
    return Spans(*([getattr(one, name) for one in sums] for name in Sum._fields))
