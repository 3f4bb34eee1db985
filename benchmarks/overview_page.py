"""The overview's first page with 10 000 users: what the server spends, and when a browser is ready."""

import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from argon2 import PasswordHasher
from flask import Flask

from benchmarks.facility import some_users
from benchmarks.figures import Figure
from overview.app import create_app
from tests.browser.serving import served
from usage_store.dashboards import DashboardState, LedgerEntry, save_ledger, save_states
from usage_store.engine import Store, open_store
from usage_store.storage_saving import save_storage
from usermon.records import StorageUsage
from usermon.secret import Secret
from usermon.state_folder import LINK_KEY, PASSWORD_HASH, SESSION_KEY, StateFolder
from usermon.units import bytes_from_gb

USERS = 10_000
RUNS = 5
PASSWORD = "correct horse battery staple"


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="usermon-overview-") as folder:
        state = StateFolder(Path(folder))
        make_admin(state)
        store = open_store(state.default_store_url)
        _fill(store)
        app = create_app(state, store)
        yield _server_figure(app, store)
        yield _browser_figure(app)
        store.close()


def _server_figure(app: Flask, store: Store) -> Figure:
    client = app.test_client()
    client.get("/", auth=("admin", PASSWORD))  # the password's hash is computed once, not at each request
    data = ("table.json", "bubbles/local.json?scale=log", "bubbles/cryo.json?scale=log")
    paths = ("/storage", *(f"/storage/{part}" for part in data))
    fresh: list[float] = []
    again: list[float] = []
    for number in range(RUNS):
        # A change makes every cached answer old.
        with store.writing() as connection:
            save_storage(connection, [_usage("user00001", "local", datetime.now(UTC), number)])
        for runs in (fresh, again):
            started = time.perf_counter()
            for path in paths:
                answer = client.get(path, auth=("admin", PASSWORD), headers={"Accept-Encoding": "gzip"})
                if answer.status_code != 200:
                    raise RuntimeError(f"{path}: {answer.status}")
            runs.append(time.perf_counter() - started)
    return Figure(
        f"overview page and its data, {USERS} users, in the server",
        1000 * statistics.median(fresh),
        "ms",
        300,
        f"{', '.join(paths)} after a change, median of {RUNS}; "
        f"unchanged {1000 * statistics.median(again):.0f} ms",
    )


def _browser_figure(app: Flask) -> Figure:
    from playwright.sync_api import sync_playwright

    with served(app) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=[
                "--no-sandbox",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        runs = []
        for _ in range(RUNS):
            page = browser.new_context().new_page()
            page.goto(f"{address}/login?next=/storage")
            page.fill("#password", PASSWORD)
            started = time.perf_counter()
            page.press("#password", "Enter")
            page.wait_for_selector(".tabulator-row", state="attached")
            page.wait_for_selector(".js-plotly-plot .point", state="attached")
            runs.append(time.perf_counter() - started)
            page.context.close()
        browser.close()
    return Figure(
        f"overview page, {USERS} users, usable in Chromium",
        statistics.median(runs),
        "s",
        2.0,
        f"from login to table rows and bubbles, empty cache, median of {RUNS} "
        f"({min(runs):.1f} to {max(runs):.1f} s)",
    )


def make_admin(state: StateFolder) -> None:
    state.admin_folder.mkdir(parents=True)
    state.store_folder.mkdir()
    hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
    contents = {
        PASSWORD_HASH: hasher.hash(PASSWORD),
        SESSION_KEY: Secret.random().reveal(),
        LINK_KEY: Secret.random().reveal(),
    }
    for name, content in contents.items():
        (state.admin_folder / name).write_text(content, encoding="utf-8")


def _fill(store: Store) -> None:
    chance = Random(7)
    users = some_users(USERS)
    now = datetime.now(UTC).replace(microsecond=0)
    seen = now.timestamp()
    with store.writing() as connection:
        save_storage(
            connection,
            [
                _usage(
                    user,
                    volume,
                    now - timedelta(days=age),
                    chance.lognormvariate(6, 2),
                    chance.randint(1, 6_000_000),
                )
                for user in users
                for volume in ("local", "cryo")
                for age in (8, 7, 1, 0)
            ],
        )
        save_ledger(connection, [LedgerEntry(u, 8100 + n, True, "both", seen) for n, u in enumerate(users)])
        save_states(
            connection,
            [
                DashboardState(
                    u,
                    "ready",
                    f"http://localhost:{8100 + n}/",
                    "image",
                    None,
                    "abc",
                    seen,
                    45_000_000,
                    None,
                    seen,
                )
                for n, u in enumerate(users)
            ],
        )


def _usage(user: str, volume: str, time_: datetime, gb: float, files: int = 1) -> StorageUsage:
    return StorageUsage(user, volume, time_, bytes_from_gb(round(gb)), files)
