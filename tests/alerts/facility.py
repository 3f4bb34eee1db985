"""A facility that alerts are kept of: its store, usermon.toml, mail server and clock."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from alerts.keeper import Keeper, Round
from tests.alerts.servers import USER, Mailbox
from tests.factories import usage
from usage_store.alert_messages import Message, messages_of
from usage_store.alerts import Alert, alerts_page, open_alerts
from usage_store.dashboards import DashboardState, LedgerEntry, save_ledger, save_states
from usage_store.engine import Store
from usage_store.paging import Window
from usage_store.storage_saving import save_storage
from usermon.site_file import SiteFile, read_site_file
from usermon.units import GIB

MORNING = 1_772_445_600.0  # 2026-03-02 10:00 UTC
ALL = Window(10_000)


@dataclass
class Facility:
    folder: Path
    store: Store
    mailbox: Mailbox | None = None
    now: float = MORNING
    rules: str = '[[alert]]\nkind = "dashboard_failed"\nsettle = "2m"\n'
    more: str = ""
    _keeper: Keeper | None = field(default=None, init=False)

    def usermon_toml(self) -> SiteFile:
        text = f'timezone = "UTC"\n{self.mail()}\n{self.rules}'
        file = self.folder / "usermon.toml"
        file.write_text(text)
        return read_site_file(file)

    def mail(self) -> str:
        if self.mailbox is None:
            return ""
        (self.folder / "smtp-password").write_text(f"{self.mailbox.password}\n")
        return f"""
            [alerts]
            to = ["it@example.org"]
            overview_url = "https://usermon.example.org"
            {self.more}
            [mail]
            host = "localhost"
            port = {self.mailbox.port}
            from = "usermon@example.org"
            user = "{USER}"
            password_file = "smtp-password"
        """

    def keeper(self) -> Keeper:
        return Keeper(self.store, self.usermon_toml, clock=lambda: self.now)

    def round(self, seconds: float = 30) -> Round:
        """One more, so many seconds later."""
        self.now += seconds
        if self._keeper is None:
            self._keeper = self.keeper()
        return self._keeper.round()

    def restart(self) -> None:
        """As after a clean end; what a killed one leaves behind is another test's."""
        if self._keeper is not None:
            self._keeper.close()
        self._keeper = None

    def fail(self, *users: str, error: str = "it did not answer") -> None:
        self._dashboards(users, "failed", error)

    def mend(self, *users: str) -> None:
        self._dashboards(users, "ready", None)

    def hold(self, user: str, gb: float, volume: str = "local") -> None:
        """So much of a quota of 100 GB."""
        moment = datetime.fromtimestamp(self.now, UTC)
        with self.store.writing() as connection:
            save_storage(connection, [usage(user, volume, moment, gb, 10, hard_limit_bytes=100 * GIB)])

    def open(self) -> list[Alert]:
        with self.store.reading() as connection:
            return open_alerts(connection)

    def ended(self) -> int:
        with self.store.reading() as connection:
            return alerts_page(connection, "ended", None, None, ALL).total

    def messages(self) -> list[Message]:
        with self.store.reading() as connection:
            numbers = [row["id"] for row in alerts_page(connection, "all", None, None, ALL).rows]
            return [one for some in messages_of(connection, numbers).values() for one in some]

    def _dashboards(self, users: tuple[str, ...], state: str, error: str | None) -> None:
        ports = {user: 8100 + int.from_bytes(user.encode()[-3:]) for user in users}
        with self.store.writing() as connection:
            save_ledger(connection, [LedgerEntry(u, ports[u], True, "local", 1.0) for u in users])
            seen = [
                DashboardState(u, state, f"http://h:{ports[u]}", None, None, None, 1.0, 1, error, self.now)
                for u in users
            ]
            save_states(connection, seen)
