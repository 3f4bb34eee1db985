"""The thread that keeps alerts while the overview is served, and the commands about them."""

import json
import threading
from pathlib import Path

import pytest

from alerts.keeper import Round
from cli_shared import ending
from overview.alert_service import AlertService
from overview.cli import commands
from tests.alert_samples import finding, save_alerts
from tests.factories import dashboard_state, ledger_entry
from usage_store.alerts import find_alert
from usage_store.dashboards import save_ledger, save_states
from usage_store.engine import Store
from usermon.errors import UsermonError


class Rounds:
    """A keeper that does what it is told, round by round."""

    def __init__(self, *results: Round | Exception) -> None:
        self._results = list(results)
        self.done = threading.Event()
        self.ends_soon = self.closed = False

    def round(self) -> Round:
        if not self._results:
            self.done.set()
            return Round(leads=True)
        result = self._results.pop(0)
        if isinstance(result, Exception):
            raise result
        return result

    def end_soon(self) -> None:
        self.ends_soon = True

    def close(self) -> None:
        assert self.ends_soon
        self.closed = True


def test_a_round_that_fails_is_told_once_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    lost = UsermonError("the store does not answer", "Start it.")
    rounds = Rounds(lost, lost, ValueError("odd"), Round(True, begun=2, sent=1))
    service = AlertService(rounds, every_seconds=0.001)  # type: ignore[arg-type]
    service.start()
    assert rounds.done.wait(10)
    service.stop()
    assert rounds.closed
    said = [record.getMessage() for record in caplog.records if record.name == "overview.alert_service"]
    assert said == [
        "alerts are not kept: the store does not answer. Start it. It is tried again twice a minute.",
        "alerts are not kept: ValueError: odd It is tried again twice a minute.",
        "this is a fault of Usermon: please report it",
        "alerts: 2 began, 0 ended, 1 messages sent",
    ]


@pytest.fixture
def facility(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("USERMON_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("USERMON_STORE_URL", sqlite_url)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = ending.run(commands, "usermon-overview", arguments)
    said = capsys.readouterr()
    return code, said.out, said.err


def test_now_says_what_is_wrong_and_ends_with_1(
    facility: Path, sqlite_store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "alerts", "now") == (0, "", "nothing is wrong\n")
    source = '[[source]]\nname = "reads"\ncollector = "io_log"\npath = "reads"\n'
    (facility / "usermon.toml").write_text(source)
    assert run(capsys, "alerts", "now") == (0, "", "nothing is wrong\nnever ran: reads\n")
    with sqlite_store.writing() as connection:
        save_ledger(connection, [ledger_entry("alice")])
        save_states(connection, [dashboard_state("alice", "failed", error="\x1b[31mred")])
    code, out, _ = run(capsys, "alerts", "now")
    assert code == 1
    assert out.splitlines()[0] == "serious: The dashboard of alice failed: \\x1b[31mred"
    code, out, _ = run(capsys, "alerts", "now", "--json")
    [trouble] = json.loads(out)["troubles"]
    assert (code, trouble["kind"], trouble["link"]) == (1, "dashboard", "/dashboards")


def test_check_shows_rules_and_what_they_lack(facility: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "alerts", "check")
    assert code == 0
    assert "host_silent (host_silent): nobody is told" in out
    assert "no [mail]: nobody is mailed" in out
    (facility / "usermon.toml").write_text("""
        [alerts]
        users = { mail = true, addresses = "addresses.csv" }
        [mail]
        host = "localhost"
        from = "usermon@example.org"
        user = "usermon"
        password_file = "password"
        [[alert]]
        kind = "host_silent"
        hosts = ["calc-*"]
        to = ["it@example.org"]
        webhook_file = "hook"
    """)
    (facility / "hook").write_text("https://chat.example.org/hooks/s3cret\n")
    (facility / "addresses.csv").write_text("alice,alice@example.org\nbob\n")
    code, out, err = run(capsys, "alerts", "check")
    assert code == 1
    assert "host_silent (host_silent of calc-*): it@example.org, the address in hook" in out
    assert "password, which cannot be read: No such file or directory" in err
    assert "addresses.csv, line 2: not user,address" in err
    assert "s3cret" not in out + err
    (facility / "hook").write_text("https://user:s3cret@chat.example.org/hooks\n")
    code, out, err = run(capsys, "alerts", "check")
    assert "hook, which holds no address" in err
    assert "s3cret" not in out + err


def test_check_sees_a_login_without_a_password(
    facility: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (facility / "usermon.toml").write_text(
        '[mail]\nhost = "localhost"\nfrom = "usermon@example.org"\nuser = "usermon"\n'
    )
    code, _, err = run(capsys, "alerts", "check")
    assert code == 1
    assert "mail.user is set and no password is" in err
    (facility / "password").write_text("correct horse\n")
    monkeypatch.setenv("USERMON_SMTP_PASSWORD_FILE", str(facility / "password"))
    assert run(capsys, "alerts", "check")[0] == 0


def test_check_sends_a_test_to_everybody(facility: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (facility / "usermon.toml").write_text("""
        [alerts]
        to = ["it@example.org"]
        [mail]
        host = "localhost"
        port = 1
        security = "none"
        from = "usermon@example.org"
        [[alert]]
        kind = "host_silent"
        webhook = "http://localhost:1/hook"
    """)
    code, out, err = run(capsys, "alerts", "check", "--send")
    assert code == 1
    assert "it@example.org: failed" in out
    assert err.count("fix: ") == 2


def test_a_test_that_fails_unforeseen_does_not_end_the_others(
    facility: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise ValueError("odd")

    (facility / "usermon.toml").write_text("""
        [alerts]
        to = ["it@example.org", "ops@example.org"]
        [mail]
        host = "localhost"
        security = "none"
        from = "usermon@example.org"
    """)
    monkeypatch.setattr("alerts.mailing.MailServer.send", fail)
    code, out, err = run(capsys, "alerts", "check", "--send")
    assert code == 1
    assert "it@example.org: failed\nops@example.org: failed" in out
    assert "unexpected ValueError" in err


def test_ack_notes_who_has_seen_an_open_alert(
    facility: Path, sqlite_store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    [number] = save_alerts(sqlite_store, finding())
    assert run(capsys, "alerts", "ack", str(number), "--by", "Kim", "--note", "cable")[0] == 0
    with sqlite_store.reading() as connection:
        alert = find_alert(connection, number)
    assert alert is not None
    assert (alert.acknowledged_by, alert.acknowledged_note) == ("Kim", "cable")
    assert run(capsys, "alerts", "ack", "99", "--by", "Kim")[0] == 2
    assert run(capsys, "alerts", "ack", str(number), "--by", " ")[0] == 2
