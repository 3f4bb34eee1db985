"""Where everything lies in the state folder. Programs that never import each other agree here.

STATE/
  deployment            random id: two Usermons on one engine never touch each other's containers
  credentials.csv       0600: user, url, password as they were handed out
  lock                  held by a running `up`, `down`, `forget`
  store/usermon.db      the store, when it is SQLite
  admin/                what the overview may read: password-hash, session-key, link-key
  secrets/USER/         what a dashboard may read: password-hash, session-key, link-key (its own)
  published/USER/       storage.json, io.json, jobs.json: the user's own slice of the store;
                        site.json: how pages look
  agent/                of an agent that delivers to a hub: spool/ (batches that wait), progress/ (of files)
"""

from dataclasses import dataclass
from pathlib import Path

from usermon.user_names import check_user_name

PASSWORD_HASH = "password-hash"  # noqa: S105 - the name of a file
SESSION_KEY = "session-key"
LINK_KEY = "link-key"
PUBLISHED_STORAGE = "storage.json"
PUBLISHED_IO = "io.json"
PUBLISHED_JOBS = "jobs.json"


@dataclass(frozen=True, slots=True)
class StateFolder:
    root: Path

    @property
    def deployment_file(self) -> Path:
        return self.root / "deployment"

    @property
    def credentials_file(self) -> Path:
        return self.root / "credentials.csv"

    @property
    def lock_file(self) -> Path:
        return self.root / "lock"

    @property
    def store_folder(self) -> Path:
        return self.root / "store"

    @property
    def admin_folder(self) -> Path:
        return self.root / "admin"

    @property
    def all_secrets_folder(self) -> Path:
        return self.root / "secrets"

    @property
    def all_published_folder(self) -> Path:
        return self.root / "published"

    @property
    def spool_folder(self) -> Path:
        return self.root / "agent" / "spool"

    @property
    def progress_folder(self) -> Path:
        return self.root / "agent" / "progress"

    def secrets_folder(self, user: str) -> Path:
        return self.all_secrets_folder / check_user_name(user)

    def published_folder(self, user: str) -> Path:
        return self.all_published_folder / check_user_name(user)

    @property
    def default_store_url(self) -> str:
        return f"sqlite:///{self.store_folder / 'usermon.db'}"
