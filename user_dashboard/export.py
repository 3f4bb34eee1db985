"""The user's own data as CSV: exactly the numbers of the quota reports, times in the facility's zone."""

from datetime import datetime

from user_dashboard.published import Storage
from user_dashboard.wording import plain

HEADER = "volume,date,GB,nfiles\n"


def storage_csv(storage: Storage | None) -> str:
    """A header alone when there are no samples yet."""
    lines = [HEADER]
    for history in storage.histories if storage is not None else ():
        pattern = "%Y-%m-%d %H:%M:%S" if any(second % 60 for second in history.time) else "%Y-%m-%d %H:%M"
        zone = storage.zone if storage is not None else None
        lines += [
            f"{history.volume},{datetime.fromtimestamp(second, zone).strftime(pattern)},{plain(gb)},{files}\n"
            for second, gb, files in zip(history.time, history.gb, history.files, strict=True)
        ]
    return "".join(lines)
