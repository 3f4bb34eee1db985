"""What happens when the mail server, or a webhook, does not take what it is told."""

from pathlib import Path
from typing import Any

import pytest

from alerts.delivering import NotDelivered
from alerts.mail_content import MailContent
from alerts.mailing import MailServer
from alerts.webhooks import call_webhook
from tests.alerts.facility import Facility
from tests.alerts.servers import Hook, Mailbox
from usage_store.engine import Store
from usermon.alert_rules import Webhook
from usermon.errors import SettingsError, UsermonError
from usermon.mail_settings import MailSettings
from usermon.secret import Secret


def the_only_message(facility: Facility) -> tuple[str, int, str]:
    [message] = facility.messages()
    return message.state, message.attempts, message.error or ""


def test_a_server_that_is_busy_is_tried_again_later_and_later(facility: Facility, mailbox: Mailbox) -> None:
    mailbox.answer = "451 try again later"
    facility.fail("alice")
    assert facility.round().failed == 1
    assert the_only_message(facility)[:2] == ("waiting", 1)
    assert "451 try again later" in the_only_message(facility)[2]
    assert facility.round(30).failed == 0  # not yet
    assert facility.round(31).failed == 1
    assert facility.round(60).failed == 0
    mailbox.answer = None
    assert facility.round(61).sent == 1
    assert the_only_message(facility) == ("sent", 3, "")
    assert len(mailbox.mails) == 1


def test_an_address_that_is_refused_is_given_up_and_the_others_get_their_mail(
    facility: Facility, mailbox: Mailbox
) -> None:
    facility.rules = '[[alert]]\nkind = "dashboard_failed"\nto = ["gone@example.org", "it@example.org"]\n'
    mailbox.refused = frozenset({"gone@example.org"})
    facility.fail("alice")
    round_ = facility.round()
    assert (round_.sent, round_.failed) == (1, 1)
    assert mailbox.recipients == ["it@example.org"]
    states = {one.target: (one.state, one.error) for one in facility.messages()}
    assert states["it@example.org"] == ("sent", None)
    assert states["gone@example.org"][0] == "failed"
    assert "550 no such mailbox" in (states["gone@example.org"][1] or "")


def test_after_days_an_alert_is_no_news_any_more(facility: Facility, mailbox: Mailbox) -> None:
    mailbox.answer = "451 try again later"
    facility.fail("alice")
    facility.round()
    facility.round(3 * 86_400)
    assert the_only_message(facility)[0] == "failed"


def test_after_hours_without_a_server_each_beginning_and_end_is_told_once_and_in_order(
    facility: Facility, mailbox: Mailbox
) -> None:
    port, mailbox.port = mailbox.port, 1
    facility.fail("alice")
    for _ in range(12):
        facility.round(3_600)
    facility.restart()
    facility.mend("alice")
    facility.fail("bob")
    facility.round()
    facility.round(121)
    mailbox.port = port
    facility.fail("carol")
    facility.round()
    facility.round()
    assert [one.partition("] ")[2] for one in mailbox.subjects] == [
        "Serious: The dashboard of carol failed: it did not answer",  # finds the server there again
        "Serious: The dashboard of alice failed: it did not answer",
        "Serious: The dashboard of bob failed: it did not answer",
        "Ended: The dashboard of alice failed: it did not answer",
    ]
    assert {one.state for one in facility.messages()} == {"sent"}
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 4


def test_whoever_never_heard_of_a_beginning_does_not_hear_of_its_end(
    facility: Facility, mailbox: Mailbox
) -> None:
    port, mailbox.port = mailbox.port, 1
    facility.fail("alice")
    facility.round()
    facility.mend("alice")
    facility.round(2 * 86_400)
    facility.round(121)
    facility.round(86_400)  # now the beginning is no news any more
    mailbox.port = port
    facility.round(3_600)
    assert mailbox.mails == []
    assert [(one.event, one.state) for one in facility.messages()] == [
        ("began", "failed"),
        ("ended", "failed"),
    ]


def test_whoever_never_got_a_digest_does_not_hear_of_the_ends_of_what_was_in_it(
    facility: Facility, mailbox: Mailbox
) -> None:
    facility.more = "digest_over = 1"
    mailbox.refused = frozenset({"it@example.org"})
    facility.fail("alice", "bob")
    facility.round()
    mailbox.refused = frozenset()
    facility.mend("alice")
    facility.round()
    assert facility.round(120).ended == 1
    assert mailbox.mails == []


def test_an_address_that_did_not_take_the_beginning_is_not_told_of_the_end_first(
    facility: Facility, mailbox: Mailbox
) -> None:
    mailbox.refused, mailbox.refusal = frozenset({"it@example.org"}), "450 greylisted"
    facility.fail("alice")
    facility.round()
    facility.mend("alice")
    facility.round(1)
    facility.round(1_000)
    assert [(one.event, one.state) for one in facility.messages()] == [
        ("began", "waiting"),
        ("ended", "waiting"),
    ]
    mailbox.refused = frozenset()
    facility.round(3_600)
    assert [one.split(": ")[0] for one in mailbox.subjects] == ["[Usermon] Serious", "[Usermon] Ended"]


def test_a_server_may_look_at_a_mail_for_a_while_before_it_takes_it(
    facility: Facility, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To leave before that would send the mail again, and again."""
    monkeypatch.setattr("alerts.mailing.TIMEOUT_SECONDS", 0.5)
    mailbox.seconds = 0.8
    facility.fail("alice")
    assert facility.round().sent == 1
    assert len(mailbox.mails) == 1


def test_an_overview_that_ends_sends_no_more_than_the_mail_that_it_is_at(
    facility: Facility, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    facility.fail("alice", "bob", "carol")
    ending, send = facility.keeper(), MailServer.send

    def send_and_end(*args: Any) -> None:
        send(*args)
        ending.end_soon()

    with monkeypatch.context() as patched:
        patched.setattr("alerts.mailing.MailServer.send", send_and_end)
        assert ending.round().sent == 1
    ending.close()
    assert facility.round().sent == 2
    assert len(set(mailbox.subjects)) == len(mailbox.mails) == 3


def test_a_wrong_password_is_told_with_its_remedy_and_never_shown(
    facility: Facility, caplog: pytest.LogCaptureFixture
) -> None:
    facility.fail("alice")
    site = facility.usermon_toml()
    (facility.folder / "smtp-password").write_text("a wrong one\n")
    keeper = facility.keeper()
    keeper._site = lambda: site
    assert keeper.round().failed == 1
    _, _, error = the_only_message(facility)
    assert "refuses the login" in error
    assert "password_file" in error
    assert "a wrong one" not in error + caplog.text


def test_a_password_may_have_letters_beyond_ascii(facility: Facility, mailbox: Mailbox) -> None:
    mailbox.password = "größer"
    facility.fail("alice")
    assert facility.round().sent == 1


def test_a_wrong_password_beyond_ascii_is_a_wrong_password(facility: Facility) -> None:
    facility.fail("alice")
    site = facility.usermon_toml()
    (facility.folder / "smtp-password").write_text("größer\n")
    keeper = facility.keeper()
    keeper._site = lambda: site
    keeper.round()
    state, _, error = the_only_message(facility)
    assert state == "waiting"
    assert "refuses the login" in error


def test_a_server_without_a_login_for_such_letters_is_said_so(
    facility: Facility, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox.password = "größer"
    monkeypatch.delattr("aiosmtpd.smtp.SMTP.auth_PLAIN")
    facility.fail("alice")
    facility.round()
    state, _, error = the_only_message(facility)
    assert state == "waiting"
    assert "letters beyond ASCII" in error


def test_a_mail_that_cannot_be_made_is_put_off_without_what_it_held(
    facility: Facility, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise ValueError("s3cret")

    with monkeypatch.context() as broken:
        broken.setattr("alerts.mailing.made_mail", fail)
        facility.fail("alice")
        facility.round()
    state, _, error = the_only_message(facility)
    assert state == "waiting"
    assert "ValueError" in error
    assert "s3cret" not in error
    assert facility.round(61).sent == 1


def test_a_host_of_mail_that_is_no_name_is_put_in_words() -> None:
    settings = MailSettings(host="a..example.org", sender="usermon@example.org")
    with pytest.raises(UsermonError) as failed:
        MailServer(settings, "Usermon").send("it@example.org", MailContent("", "", "", "<1@a>"), 0)
    assert "'a..example.org', which is no name" in failed.value.message


def test_an_address_that_is_refused_for_now_is_tried_again(facility: Facility, mailbox: Mailbox) -> None:
    mailbox.refused, mailbox.refusal = frozenset({"it@example.org"}), "450 greylisted"
    facility.fail("alice")
    facility.round()
    state, _, error = the_only_message(facility)
    assert state == "waiting"
    assert "for now: 450 greylisted. It is tried again." in error
    assert "usermon.toml" not in error
    mailbox.refused = frozenset()
    assert facility.round(61).sent == 1


def test_a_certificate_that_nobody_vouches_for_ends_it_before_the_login(
    facility: Facility, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    facility.fail("alice")
    assert facility.round().failed == 1
    assert "not trusted" in the_only_message(facility)[2]


def test_a_server_that_is_not_there_holds_up_no_other_mail_for_long(facility: Facility) -> None:
    users = [f"user{n}" for n in range(4)]
    facility.fail(*users)
    assert facility.mailbox is not None
    facility.mailbox.port = 1
    assert facility.round().failed == 4
    assert {(one.state, one.attempts) for one in facility.messages()} == {("waiting", 1)}
    assert facility.round(30).failed == 0


def test_a_webhook_is_told_once_for_each_round(tmp_path: Path, sqlite_store: Store, hook: Hook) -> None:
    facility = Facility(tmp_path, sqlite_store)
    facility.rules = f'[[alert]]\nkind = "dashboard_failed"\nwebhook = "{hook.address}"\n'
    facility.fail("alice", "bob")
    facility.round()
    facility.mend("alice")
    facility.round()
    facility.round(120)
    began, ended = hook.calls
    assert began["text"] == "2 alerts: 2 began, 0 ended"
    assert [(one["event"], one["alert"]["subject"]) for one in began["events"]] == [
        ("began", "alice"),
        ("began", "bob"),
    ]
    [one] = ended["events"]
    assert (one["event"], one["alert"]["id"]) == ("ended", began["events"][0]["alert"]["id"])
    assert one["alert"]["began_at"] == "2026-03-02T10:00:30Z"
    assert one["alert"]["ended_at"] == "2026-03-02T10:01:00Z"
    assert "s3cret" not in str(facility.messages())


def test_two_files_of_one_name_in_two_folders_are_two_webhooks(
    tmp_path: Path, sqlite_store: Store, hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    facility = Facility(tmp_path, sqlite_store)
    facility.rules = ""
    for kind, folder in (("dashboard_failed", "people"), ("quota", "storage" + "/deep" * 50)):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "hook").write_text(f"{hook.address}/{kind}\n")
        facility.rules += f'[[alert]]\nkind = "{kind}"\nwebhook_file = "{folder}/hook"\n'
    facility.fail("alice")
    facility.hold("bob", 150)
    assert facility.round().sent == 2
    told = {path.split("/")[-1]: call["text"] for path, call in zip(hook.paths, hook.calls, strict=True)}
    assert told == {
        "dashboard_failed": "Serious: The dashboard of alice failed: it did not answer",
        "quota": "Serious: bob has 150 GiB, the hard limit of 100 GiB is reached on local",
    }
    assert max(len(one.target) for one in facility.messages()) < 320
    assert "[mail]" not in caplog.text  # where nobody is mailed nobody misses it


def test_a_webhook_that_fails_is_tried_again_with_the_same_number(
    tmp_path: Path, sqlite_store: Store, hook: Hook
) -> None:
    (tmp_path / "hook").write_text(f"{hook.address}\n")
    facility = Facility(tmp_path, sqlite_store)
    facility.rules = '[[alert]]\nkind = "dashboard_failed"\nwebhook_file = "hook"\n'
    hook.status = 503
    facility.fail("alice")
    assert facility.round().failed == 1
    hook.status = 200
    assert facility.round(61).sent == 1
    assert len(hook.calls) == 1
    assert len(set(hook.deliveries)) == 1
    assert len(hook.deliveries) == 2


def test_a_webhook_sends_us_nowhere_else(tmp_path: Path, sqlite_store: Store, hook: Hook) -> None:
    facility = Facility(tmp_path, sqlite_store)
    facility.rules = f'[[alert]]\nkind = "dashboard_failed"\nwebhook = "{hook.address}"\n'
    hook.status = 302
    facility.fail("alice")
    assert facility.round().failed == 1
    assert "redirects are not followed" in the_only_message(facility)[2]
    assert hook.paths == ["/hooks/s3cret"]


def test_a_webhook_that_was_taken_out_of_usermon_toml_is_not_called(
    tmp_path: Path, sqlite_store: Store, hook: Hook
) -> None:
    facility = Facility(tmp_path, sqlite_store)
    facility.rules = f'[[alert]]\nkind = "dashboard_failed"\nwebhook = "{hook.address}"\n'
    hook.status = 503
    facility.fail("alice")
    facility.round()
    facility.rules = '[[alert]]\nkind = "dashboard_failed"\n'
    facility.round(120)
    assert the_only_message(facility)[0] == "failed"
    assert len(hook.paths) == 1


def test_what_an_address_of_a_webhook_hides_is_in_no_error(tmp_path: Path) -> None:
    (tmp_path / "hook").write_text("http://user:s3cret@localhost/hook\n")
    webhook = Webhook("the address in hook", file=tmp_path / "hook")
    with pytest.raises(SettingsError) as refused:
        call_webhook(webhook, "{}", "1")
    assert "holds no address" in refused.value.message
    assert "s3cret" not in refused.value.message
    # Should one get through: errors of HTTP repeat addresses.
    known = Webhook("the hook", address=Secret("http://user:s3cret@localhost/hook"))
    with pytest.raises(NotDelivered) as failed:
        call_webhook(known, "{}", "1")
    assert failed.value.message == "the hook cannot be reached: InvalidURL"
    nowhere = Webhook("the hook", address=Secret(f"http://{'s3cret' * 20}.example.org/hook"))
    with pytest.raises(NotDelivered) as failed:
        call_webhook(nowhere, "{}", "1")
    assert "s3cret" not in failed.value.message
