"""A state folder with users' folders, a publisher for it, and what it published."""

from pathlib import Path

from collectors.publish import Publisher
from usage_store.engine import Store
from usermon.site_file import SiteFile
from usermon.state_folder import StateFolder


class PublishingSite:
    def __init__(self, folder: Path, store: Store) -> None:
        self.state = StateFolder(folder / "state")
        self.state.all_published_folder.mkdir(parents=True)
        self.store = store

    def make_folders(self, *users: str) -> None:
        for user in users:
            self.state.published_folder(user).mkdir()

    def publisher(self, site: SiteFile) -> Publisher:
        return Publisher(self.store, self.state, site)

    def file(self, user: str, name: str) -> Path:
        return self.state.published_folder(user) / name

    def users_with(self, name: str) -> set[str]:
        return {path.parent.name for path in self.state.all_published_folder.glob(f"*/{name}")}
