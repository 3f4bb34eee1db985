"""Alice's dashboard, served on a real socket for a real browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.serving import served, sign_in_beforehand
from tests.user_dashboard.samples import publish
from tests.web_shared.accounts import PASSWORD, write_secrets
from user_dashboard.app import create_app
from user_dashboard.settings import Settings
from usermon.published_storage import PublishedStorage


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
    with served(app) as address:
        yield DashboardSite(address, folder / "data", secrets)


def sign_in(page: Page, site: DashboardSite, password: str = PASSWORD) -> None:
    page.goto(f"{site.url}/")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def enter(page: Page, site: DashboardSite) -> None:
    """The dashboard, signed in already."""
    sign_in_beforehand(page.context, site.url, PASSWORD)
    page.goto(f"{site.url}/")


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
