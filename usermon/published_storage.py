"""The file that carries a user's own storage history to their dashboard: published/USER/storage.json.

Written by the collectors, read by the dashboard; in columns, so that a year is read in milliseconds:

    {"format": 1, "user": "alice", "timezone": "Europe/Berlin", "published_at": 1700000000,
     "reference_gb": 25000, "reference_files": 1500000,
     "volumes": {"local": {"time": [1690000000, ...], "used_bytes": [...], "files": [...],
                           "soft_limit_bytes": null, "hard_limit_bytes": null,
                           "soft_limit_files": null, "hard_limit_files": null,
                           "bytes_grace": null, "files_grace": null}},
     "medians": {"local": {"users": 35, "used_bytes": 118111600640, "files": 1200}}}

Times are UTC epoch seconds, ascending. Limits and graces ("6 days", "expired") are those of the newest
sample. The timezone is the facility's, in which pages show times. Medians are of all users who have samples
on a volume, rounded; a volume with too few users has none.
"""

from dataclasses import dataclass, field

from usermon.published_file import UnreadablePublishedFile, check_each, only_ours, pack, unpack

__all__ = [
    "FORMAT",
    "PublishedStorage",
    "UnreadablePublishedFile",
    "VolumeHistory",
    "VolumeMedian",
    "from_json",
    "to_json",
]

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
class VolumeMedian:
    users: int
    used_bytes: int
    files: int


@dataclass(frozen=True, slots=True)
class PublishedStorage:
    user: str
    timezone: str
    published_at: int
    reference_gb: float | None
    reference_files: int | None
    volumes: dict[str, VolumeHistory]
    medians: dict[str, VolumeMedian] = field(default_factory=dict)


def to_json(published: PublishedStorage) -> bytes:
    return pack(FORMAT, published)


def from_json(content: bytes) -> PublishedStorage:
    """Raises UnreadablePublishedFile for anything that `to_json` of this format did not write."""
    with only_ours():
        fields = unpack(content, FORMAT)
        fields["volumes"] = {name: VolumeHistory(**columns) for name, columns in fields["volumes"].items()}
        medians = fields.get("medians", {})
        fields["medians"] = {volume: VolumeMedian(**median) for volume, median in medians.items()}
        for median in fields["medians"].values():
            check_each((int,), [median.users, median.used_bytes, median.files])
        return PublishedStorage(**fields)
