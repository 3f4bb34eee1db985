"""The nginx of docs/install.md before the overview and a dashboard, as a browser meets both."""

import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from overview import create_app
from tests.alerts.servers import make_certificate
from tests.browser.conftest import OpenWindow
from tests.browser.dashboard_site import serve
from tests.browser.serving import overview_served
from tests.factories import NOON, usage
from tests.overview.site import PASSWORD, make_state
from tests.shared_data import REPOSITORY
from tests.user_dashboard.jobs_samples import publish_jobs, published_jobs
from tests.web_shared.accounts import PASSWORD as OF_ALICE
from usage_store.engine import Store
from usage_store.storage_saving import save_storage

# Another address of this machine: the proxy takes the ports that the programs have at 127.0.0.1.
PUBLIC = "127.0.0.2"


def test_the_proxy_of_the_manual_carries_login_live_pages_and_a_server_that_starts_anew(
    tmp_path: Path, sqlite_store: Store, open_window: OpenWindow, console: list[str]
) -> None:
    def save(gb: float, minutes: int) -> None:
        with sqlite_store.writing() as connection:
            save_storage(connection, [usage("alice", time=NOON + timedelta(minutes=minutes), gb=gb)])

    save(7, 0)
    app = create_app(make_state(tmp_path / "state"), sqlite_store)
    dashboards = tmp_path / "dashboard"
    dashboards.mkdir()
    with ExitStack() as running, serve(dashboards, refresh_seconds=3600) as dashboard:
        first = running.enter_context(ExitStack())
        address, _ = first.enter_context(overview_served(app))
        port, dashboard_port = port_of(address), port_of(dashboard.url)
        running.enter_context(nginx(tmp_path, port, dashboard_port))
        page = open_window(ignore_https_errors=True)
        page.goto(f"https://{PUBLIC}:{port}/storage")
        sign_in(page, PASSWORD)
        row = page.locator(".tabulator-row", has=page.get_by_role("link", name="alice", exact=True))
        expect(row).to_contain_text("7")
        assert all(cookie["secure"] for cookie in page.context.cookies())
        # What people copy has the proxy's address.
        manual = page.request.get(f"https://{PUBLIC}:{port}/api/docs").text()
        assert f"https://{PUBLIC}:{port}/api/storage" in manual
        save(1_234, 30)
        expect(row).to_contain_text("1,234")

        first.close()
        expect(page.get_by_role("alert").filter(has_text="does not answer")).to_be_visible()
        save(2_345, 60)
        running.enter_context(overview_served(app, port))
        expect(row).to_contain_text("2,345")
        console.clear()  # the browser notes each 502 of the proxy

        publish_jobs(dashboard.data_folder, published_jobs(heard_at=int(time.time())))
        own = open_window(ignore_https_errors=True)
        own.goto(f"https://{PUBLIC}:{dashboard_port}/")
        with own.expect_response("**/events"):
            sign_in(own, OF_ALICE)
        own.get_by_role("tab", name="Jobs").click()
        expect(own.locator("#jobs-current-table")).to_contain_text("relax")
        publish_jobs(dashboard.data_folder, published_jobs(heard_at=int(time.time()), name="refined"))
        expect(own.locator("#jobs-current-table")).to_contain_text("refined")
        assert all(cookie["secure"] for cookie in own.context.cookies())
        page.close()
        own.close()


@contextmanager
def nginx(folder: Path, *ports: int) -> Iterator[None]:
    """The first port is the overview's, the second a dashboard's; both at PUBLIC with TLS."""
    manual = (REPOSITORY / "docs" / "install.md").read_text(encoding="utf-8")
    [server] = re.findall(r"```nginx\n(.*?)```", manual, re.DOTALL)
    certificate = str(make_certificate(folder))
    written = ("192.0.2.10:8080", "192.0.2.10:8100-8199", "/etc/ssl/stats.pem", "/etc/ssl/private/stats.key")
    here = (*(f"{PUBLIC}:{port}" for port in ports), certificate, certificate)
    for of_manual, ours in zip(written, here, strict=True):
        assert server.count(of_manual) == 1
        server = server.replace(of_manual, ours)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    beside = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/nginx.pid; events {{ worker_connections 128; }}\n"
        f"http {{ access_log off; gzip on; {beside}{server}}}\n"
    )
    with (folder / "nginx.log").open("wb") as log:
        process = subprocess.Popen(
            ["/usr/sbin/nginx", "-c", str(folder / "nginx.conf"), "-e", "stderr"], stdout=log, stderr=log
        )
    try:
        wait_until_it_listens(process, ports[0])
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_until_it_listens(process: "subprocess.Popen[bytes]", port: int) -> None:
    for _ in range(200):
        assert process.poll() is None, "see nginx.log"
        with suppress(ConnectionRefusedError), socket.create_connection((PUBLIC, port)):
            return
        time.sleep(0.05)
    raise AssertionError("nginx does not listen")


def sign_in(page: Page, password: str) -> None:
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def port_of(address: str) -> int:
    port = urlsplit(address).port
    assert port is not None
    return port
