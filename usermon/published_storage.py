"""The file that carries a user's own storage history to their dashboard: published/USER/storage.json.

Written by the collectors, read by the dashboard; in columns, so that a year is read in milliseconds:

    {"format": 1, "user": "alice", "timezone": "Europe/Berlin", "published_at": 1700000000,
     "reference_gb": 25000, "reference_files": 1500000,
     "volumes": {"local": {"time": [1690000000, ...], "used_bytes": [...], "files": [...],
                           "soft_limit_bytes": null, "hard_limit_bytes": null,
                           "soft_limit_files": null, "hard_limit_files": null,
                           "bytes_grace": null, "files_grace": null}}}

Times are UTC epoch seconds, ascending. Limits and graces ("6 days", "expired") are those of the newest
sample. The timezone is the facility's, in which pages show times.
"""

import json
from dataclasses import asdict, dataclass

from usermon.errors import UsermonError

FORMAT = 1


@dataclass(frozen=True, slots=True)
class VolumeHistory:
    time: list[int]
    used_bytes: list[int]
    files: list[int]
    soft_limit_bytes: int | None = None
    hard_limit_bytes: int | None = None
    soft_limit_files: int | None = None
    hard_limit_files: int | None = None
    bytes_grace: str | None = None
    files_grace: str | None = None


@dataclass(frozen=True, slots=True)
class PublishedStorage:
    user: str
    timezone: str
    published_at: int
    reference_gb: float | None
    reference_files: int | None
    volumes: dict[str, VolumeHistory]


class UnreadablePublishedFile(UsermonError):
    """A published file is not what this version writes."""


def to_json(published: PublishedStorage) -> bytes:
    return json.dumps({"format": FORMAT, **asdict(published)}, separators=(",", ":")).encode()


def from_json(content: bytes) -> PublishedStorage:
    """Raises UnreadablePublishedFile for anything that `to_json` of this format did not write."""
    try:
        fields = json.loads(content)
        if fields.pop("format") != FORMAT:
            raise ValueError("another format")
        fields["volumes"] = {name: VolumeHistory(**columns) for name, columns in fields["volumes"].items()}
        return PublishedStorage(**fields)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UnreadablePublishedFile(
            "the published data is damaged or of another version",
            "The collector writes it anew at its next pass; if this stays, tell your administrators.",
        ) from error
