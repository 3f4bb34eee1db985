"""Alice's dashboard, served on a real socket for a real browser."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect
from waitress.server import create_server

from tests.user_dashboard.samples import publish
from tests.web_shared.accounts import PASSWORD, write_secrets
from user_dashboard.app import create_app
from user_dashboard.settings import Settings
from usermon.published_storage import PublishedStorage

# A page takes its time on a machine that does much else.
expect.set_options(timeout=20_000)


@dataclass(frozen=True)
class DashboardSite:
    url: str
    data_folder: Path
    secrets_folder: Path

    def publish(self, content: PublishedStorage | bytes) -> None:
        publish(self.data_folder, content)


@contextmanager
def serve(folder: Path, refresh_seconds: float = 300) -> Iterator[DashboardSite]:
    (folder / "data").mkdir()
    secrets = write_secrets(folder / "secrets")
    app = create_app(Settings("alice", folder / "data", secrets, "127.0.0.1", 1, refresh_seconds))
    listener = socket.create_server(("127.0.0.1", 0))
    server: Any = create_server(app, sockets=[listener], threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield DashboardSite(f"http://127.0.0.1:{listener.getsockname()[1]}", folder / "data", secrets)
    server.close()
    thread.join(timeout=10)


def sign_in(page: Page, site: DashboardSite, password: str = PASSWORD) -> None:
    page.goto(f"{site.url}/")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def wait_for_plots(page: Page) -> None:
    for name in ("storage", "files"):
        expect(page.locator(f"#{name}-plot .main-svg").first).to_be_visible()


def plotted(page: Page, plot: str) -> dict[str, list[Any]]:
    """The values of each volume's line, as Plotly holds them in the page."""
    values: dict[str, list[Any]] = page.evaluate(
        "plot => Object.fromEntries(document.querySelector(`#${plot}-plot .js-plotly-plot`).data"
        ".filter(trace => trace.mode === 'lines').map(trace => [trace.name, [...trace.y]]))",
        plot,
    )
    return values


def plot_layout(page: Page, plot: str) -> Any:
    return page.evaluate(
        "plot => document.querySelector(`#${plot}-plot .js-plotly-plot`)._fullLayout.yaxis.type", plot
    )


def has_sideways_scroll(page: Page) -> bool:
    wider: bool = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return wider
