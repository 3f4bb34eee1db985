"""Alerts begin, go on and end; people are told once, whatever ends in between."""

from pathlib import Path

import pytest

from tests.alerts.facility import MORNING, Facility
from tests.factories import run
from usage_store.collection_runs import note_run
from usage_store.engine import Store
from usage_store.revisions import current_revision


def test_one_mail_when_it_begins_and_one_when_it_ends(facility: Facility) -> None:
    facility.fail("alice")
    assert facility.round().begun == 1
    for _ in range(3):
        facility.round()
    assert facility.mailbox is not None
    assert facility.mailbox.subjects == [
        "[Usermon] Serious: The dashboard of alice failed: it did not answer"
    ]
    facility.mend("alice")
    assert facility.round().ended == 0  # it may fail again at once
    assert facility.round(120).ended == 1
    facility.round()
    began, ended = facility.mailbox.mails
    assert str(ended["Subject"]).startswith("[Usermon] Ended: ")
    assert ended["References"] == began["Message-ID"]
    assert ended["Message-ID"] != began["Message-ID"]
    assert [str(mail["Auto-Submitted"]) for mail in (began, ended)] == ["auto-generated"] * 2
    assert facility.mailbox.recipients == ["it@example.org"] * 2
    assert (facility.open(), facility.ended()) == ([], 1)


def test_a_mail_says_what_since_when_what_to_do_and_where(facility: Facility) -> None:
    facility.fail("alice", error="<b>out of memory</b>")
    facility.round()
    assert facility.mailbox is not None
    [mail] = facility.mailbox.mails
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    text = plain.get_content()
    for part in (
        "The dashboard of alice failed: <b>out of memory</b>",
        "https://usermon.example.org/dashboards",
        "Began: 2026-03-02 10:00 (UTC)",
        "What to do: Look why: `orchestrator logs alice`",
    ):
        assert part in text
    assert "&lt;b&gt;out of memory" in html.get_content()


def test_a_line_end_in_an_error_does_not_become_a_line_of_the_mails_head(facility: Facility) -> None:
    facility.fail("alice", error="it failed\r\nBcc: mallory@example.org\r\n\r\nhello")
    facility.round()
    assert facility.mailbox is not None
    [mail] = facility.mailbox.mails
    assert mail["Bcc"] is None
    assert facility.mailbox.recipients == ["it@example.org"]
    assert "\\x0d\\x0aBcc" in str(mail["Subject"])


def test_a_name_that_looks_like_an_encoded_word_is_not_decoded(facility: Facility) -> None:
    facility.rules += '[site]\nname = "=?utf-8?q?Bank?="\n[[alert]]\nkind = "quota"\n'
    facility.hold("=?utf-8?q?alice?=", 150)
    facility.round()
    assert facility.mailbox is not None
    [mail] = facility.mailbox.mails
    assert str(mail["Subject"]).startswith("[= ?utf-8?q?Bank?=] Serious: = ?utf-8?q?alice?= has 150 GiB")
    assert "Usermon = ?utf-8?q?Bank?=" in str(mail["From"])
    body = mail.get_body(("plain",))
    assert body is not None
    assert "=?utf-8?q?alice?= has 150 GiB" in body.get_content()


def test_a_trouble_that_comes_back_at_once_is_the_same(facility: Facility) -> None:
    facility.fail("alice")
    facility.round()
    facility.mend("alice")
    facility.round()
    facility.fail("alice")
    facility.round(300)
    facility.round(300)
    assert len(facility.open()) == 1
    assert facility.mailbox is not None
    assert len(facility.mailbox.mails) == 1


def test_a_trouble_must_stand_as_long_as_its_rule_asks(facility: Facility) -> None:
    facility.rules = '[[alert]]\nkind = "dashboard_failed"\nfor = "10m"\n'
    facility.fail("alice")
    facility.fail("bob")
    for _ in range(5):
        assert facility.round(60).begun == 0
    facility.mend("bob")
    for _ in range(4):
        assert facility.round(60).begun == 0
    assert facility.round(120).begun == 1
    [alert] = facility.open()
    assert (alert.subject, alert.began_at) == ("alice", alert.found_at)
    assert facility.mailbox is not None
    assert len(facility.mailbox.mails) == 1


def test_time_in_which_nobody_looked_does_not_count(facility: Facility) -> None:
    facility.rules = '[[alert]]\nkind = "dashboard_failed"\nfor = "10m"\n'
    facility.fail("alice")
    facility.round()
    facility.restart()
    assert facility.round(3600).begun == 0
    assert facility.round(300).begun == 0
    assert facility.round(300).begun == 1


def test_nobody_is_told_twice_after_a_restart(facility: Facility) -> None:
    facility.fail("alice")
    facility.round()
    facility.restart()
    facility.round()
    assert facility.mailbox is not None
    assert len(facility.mailbox.mails) == 1
    assert len(facility.open()) == 1


def test_what_was_saved_before_a_crash_is_sent_after_it(
    facility: Facility, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_args: object) -> None:
        raise KeyboardInterrupt

    facility.fail("alice")
    with monkeypatch.context() as broken:
        broken.setattr("alerts.mailing.MailServer.send", crash)
        with pytest.raises(KeyboardInterrupt):
            facility.round()
    other = facility.keeper()
    assert not other.round().leads  # the dead one's lease has not ended
    facility.now += 151
    assert other.round().sent == 1
    assert facility.mailbox is not None
    assert len(facility.mailbox.mails) == 1


def test_two_overviews_on_one_store_do_not_both_send(facility: Facility) -> None:
    first, second = facility.keeper(), facility.keeper()
    facility.fail("alice")
    assert [first.round().leads, second.round().leads] == [True, False]
    facility.now += 100
    assert [second.round().leads, first.round().leads] == [False, True]
    first.close()
    facility.mend("alice")
    assert second.round().leads
    facility.now += 130
    assert second.round().ended == 1
    assert facility.mailbox is not None
    assert len(facility.mailbox.mails) == 2


def test_a_rule_that_was_taken_out_ends_its_alerts_and_those_who_knew_are_told(facility: Facility) -> None:
    facility.fail("alice")
    facility.round()
    facility.rules = '[[alert]]\nkind = "backup"\n'
    assert facility.round().ended == 1
    assert facility.mailbox is not None
    assert len(facility.mailbox.mails) == 2


def test_a_round_in_which_nothing_happens_writes_nothing(facility: Facility) -> None:
    facility.fail("alice")
    facility.round()
    with facility.store.reading() as connection:
        before = current_revision(connection, "alerts")
    facility.round()
    facility.round(600)
    with facility.store.reading() as connection:
        assert current_revision(connection, "alerts") == before


def test_a_source_that_never_runs_is_told_of_when_its_times_have_passed(facility: Facility) -> None:
    facility.rules = "".join(
        f'[[source]]\nname = "{name}"\ncollector = "io_log"\npath = "{name}"\nevery = "10m"\n'
        for name in ("reads", "writes")
    )
    assert facility.round().begun == 0  # it was only just written down
    facility.round(1_000)
    facility.restart()
    with facility.store.writing() as connection:
        note_run(connection, run("writes", facility.now))
    facility.round(1_500)
    begun = sum(facility.round(200).begun for _ in range(3))
    assert begun == 1
    [alert] = facility.open()
    assert (alert.kind, alert.subject, alert.severity) == ("source", "reads", "serious")
    assert alert.words == "reads never ran: several of its times passed without a first run"
    assert alert.since == int(MORNING) + 30
    with facility.store.writing() as connection:
        note_run(connection, run("reads", facility.now))
    facility.round()
    assert facility.round(120).ended == 1


def test_without_usermon_toml_alerts_are_kept_and_nobody_is_mailed(
    tmp_path: Path, sqlite_store: Store
) -> None:
    alone = Facility(tmp_path, sqlite_store)
    alone.fail("alice")
    assert alone.round().begun == 1
    assert alone.messages() == []


def test_a_rule_that_cannot_be_asked_is_told_of_and_takes_no_other_with_it(
    facility: Facility, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_args: object) -> None:
        raise OverflowError("too large")

    facility.rules += '[[alert]]\nkind = "quota"\nsettle = "2m"\n'
    facility.hold("bob", 100)
    facility.round()
    with monkeypatch.context() as broken:
        broken.setattr("alerts.quotas.over_limits", fail)
        facility.hold("bob", 99)  # its newest sample makes the rule asked anew
        facility.fail("alice")
        assert facility.round().begun == 2
        assert facility.round(600).ended == 0  # nobody knows whether it is over
        facility.hold("bob", 98)
        assert facility.round(600).ended == 0
    assert {one.kind for one in facility.open()} == {"quota", "rule", "dashboard"}
    assert caplog.text.count("The alert rule quota cannot be asked") == 1
    facility.round()
    facility.round(120)
    assert {one.kind for one in facility.open()} == {"quota", "dashboard"}
