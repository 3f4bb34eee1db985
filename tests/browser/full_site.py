"""Facilities with everything in them, served read-only and made once a session. To look at one by hand:

python -m tests.browser.full_site small --port 8088
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from overview import create_app
from tests.browser.serving import served, sign_in_beforehand
from tests.facilities import large, small
from tests.overview.site import PASSWORD, make_state
from usage_store.engine import open_store

FACILITIES = {"small": small, "large": large}


@dataclass(frozen=True, slots=True)
class ReadOnlySite:
    """A served facility that all tests of a session share: nothing may be saved to it."""

    address: str

    def sign_in(self, open_window: Callable[..., Page], path: str = "/", **options: Any) -> Page:
        """A new window on `path` of somebody who is signed in; `open_window` is the test's fixture."""
        page = open_window(**options)
        sign_in_beforehand(page.context, self.address, PASSWORD)
        page.goto(f"{self.address}{path}")
        return page


@contextmanager
def facility_served(name: str, folder: Path, port: int = 0) -> Iterator[ReadOnlySite]:
    """The facility `small` or `large`, filled anew: its numbers are those of a moment ago."""
    facility = FACILITIES[name]
    state = make_state(folder / "state")
    store = open_store(f"sqlite:///{folder / 'usermon.db'}")
    facility.fill(store, int(time.time()))
    with served(create_app(state, store, facility.usermon_toml()), port) as address:
        yield ReadOnlySite(address)
    store.close()


@pytest.fixture(scope="session")
def full_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReadOnlySite]:
    """The small facility, with every kind of data and of trouble."""
    with facility_served("small", tmp_path_factory.mktemp("small")) as site:
        yield site


@pytest.fixture(scope="session")
def large_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReadOnlySite]:
    """10 000 users, 2 000 hosts, 50 000 jobs on 20 clusters, I/O of 1 000 users, 50 nodes with backups."""
    with facility_served("large", tmp_path_factory.mktemp("large")) as site:
        yield site


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.browser.full_site", description=__doc__)
    parser.add_argument("facility", choices=FACILITIES)
    parser.add_argument("--port", type=int, default=8088)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="usermon-full-site-") as folder:
        started = time.perf_counter()
        with facility_served(asked.facility, Path(folder), asked.port) as site:
            seconds = time.perf_counter() - started
            told = f"{site.address}/ (password: {PASSWORD}), made in {seconds:.1f} s; Ctrl-C ends it"
            sys.stderr.write(told + "\n")
            while True:
                time.sleep(3600)


if __name__ == "__main__":
    main()
