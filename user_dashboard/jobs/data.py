"""This user's jobs.json, made ready for showing once, however often it is drawn."""

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from user_dashboard.own_file import OwnFile, check_owner, zone_named
from usermon.published_jobs import PublishedJobs, from_json
from usermon.state_folder import PUBLISHED_JOBS


@dataclass(frozen=True, slots=True)
class Jobs:
    published: PublishedJobs
    zone: ZoneInfo

    @property
    def is_empty(self) -> bool:
        """Whether this user never had a job."""
        return not (
            self.published.current.job_id or self.published.weeks.start or self.published.months.start
        )


class JobsFile(OwnFile[Jobs]):
    def __init__(self, folder: Path, user: str) -> None:
        def parse(content: bytes) -> Jobs:
            published = from_json(content)
            check_owner(published.user, user)
            return prepare(published)

        super().__init__(folder / PUBLISHED_JOBS, parse)


def prepare(published: PublishedJobs) -> Jobs:
    return Jobs(published, zone_named(published.timezone))
