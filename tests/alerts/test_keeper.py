"""Alerts begin, go on and end; people are told once, whatever ends in between."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.alerts.facility import MORNING, Facility
from tests.alerts.servers import Mailbox
from tests.factories import run, usage
from usage_store.alerts import acknowledge
from usage_store.collection_runs import note_run
from usage_store.engine import Store
from usage_store.revisions import current_revision
from usage_store.storage_saving import save_storage


@pytest.fixture
def facility(tmp_path: Path, sqlite_store: Store, mailbox: Mailbox) -> Facility:
    return Facility(tmp_path, sqlite_store, mailbox)


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


def test_many_at_once_are_one_mail(facility: Facility) -> None:
    users = [f"user{n}" for n in range(10, 18)]
    facility.fail(*users)
    assert facility.round().sent == 1
    facility.mend(*users[:7])
    facility.round()
    facility.round(120)
    assert facility.mailbox is not None
    assert facility.mailbox.subjects == [
        "[Usermon] 8 alerts: 8 began",
        "[Usermon] 7 alerts: 7 ended",
    ]
    body = facility.mailbox.mails[0].get_body(("plain",))
    assert body is not None
    assert all(user in body.get_content() for user in users)
    assert {(one.event, one.state) for one in facility.messages()} == {("began", "sent"), ("ended", "sent")}


def test_quiet_hours_hold_mails_back_and_end_with_one_digest(facility: Facility) -> None:
    facility.more = 'quiet_hours = "22:00-07:00"'
    facility.now += 13 * 3600  # 23:00
    facility.fail("alice")
    facility.fail("alice", "bob")
    facility.round()
    facility.mend("alice")
    facility.round()
    facility.round(120)
    assert facility.mailbox is not None
    assert facility.mailbox.mails == []
    facility.restart()
    facility.round(8 * 3600)  # past seven
    facility.round()
    assert facility.mailbox.subjects == ["[Usermon] 3 alerts: 2 began, 1 ended"]


def test_serious_ones_break_quiet_hours_where_the_rule_says_so(facility: Facility) -> None:
    facility.more = 'quiet_hours = "22:00-07:00"'
    facility.rules = '[[alert]]\nkind = "dashboard_failed"\nbreak_quiet_hours = true\n'
    facility.now += 13 * 3600
    facility.fail("alice")
    assert facility.round().sent == 1


def test_what_becomes_serious_in_quiet_hours_breaks_them_where_the_rule_says_so(facility: Facility) -> None:
    facility.more = 'quiet_hours = "22:00-07:00"'
    facility.rules = (
        '[[alert]]\nkind = "quota"\nover = "90%"\nbreak_quiet_hours = true\n'
        '[[alert]]\nkind = "quota"\nname = "patient"\nover = "90%"\nto = ["others@example.org"]\n'
    )
    facility.now += 13 * 3600
    facility.hold("alice", 95)
    facility.hold("bob", 95)
    facility.round()
    facility.hold("alice", 120)
    assert facility.round(600).sent == 1
    assert facility.round().sent == 0
    assert facility.mailbox is not None
    assert facility.mailbox.recipients == ["it@example.org"]
    assert facility.mailbox.subjects[0].startswith("[Usermon] Serious: alice has 120 GiB, the hard limit")
    facility.round(8 * 3600)  # past seven
    assert sorted(facility.mailbox.subjects[1:]) == [
        "[Usermon] 2 alerts: 2 began",
        "[Usermon] Warning: bob has 95 GiB, 95 % of the hard limit of 100 GiB on local",
    ]


def test_who_has_seen_it_is_not_told_after_quiet_hours(facility: Facility) -> None:
    facility.more = 'quiet_hours = "22:00-07:00"'
    facility.now += 13 * 3600
    facility.fail("alice")
    facility.round()
    [alert] = facility.open()
    with facility.store.writing() as connection:
        assert acknowledge(connection, alert.id, "the night shift", "on it", int(facility.now))
    facility.round(9 * 3600)
    facility.mend("alice")
    facility.round()
    facility.round(120)
    assert facility.mailbox is not None
    assert facility.mailbox.mails == []
    assert [one.state for one in facility.messages()] == ["dropped"]


def test_what_was_seen_before_its_digest_was_sent_is_not_in_it(facility: Facility) -> None:
    facility.more = "digest_over = 1"
    box = facility.mailbox
    assert box is not None

    def acknowledge_all_but(*users: str) -> None:
        with facility.store.writing() as connection:
            for alert in facility.open():
                if alert.subject not in users:
                    acknowledge(connection, alert.id, "the night shift", "", int(facility.now))

    port, box.port = box.port, 1
    facility.fail("alice", "bob", "carol")
    facility.round()
    acknowledge_all_but("alice", "bob")
    assert facility.round(61).failed == 1
    box.port = port
    assert facility.round(121).sent == 1
    body = box.mails[0].get_body(("plain",))
    assert body is not None
    assert box.subjects == ["[Usermon] 2 alerts: 2 began"]
    assert "carol" not in body.get_content()

    box.port = 1
    facility.fail("dora", "emil")
    facility.round()
    acknowledge_all_but("alice", "bob", "dora")
    facility.fail("fred", "gerd")
    facility.round()
    acknowledge_all_but("alice", "bob", "dora")
    box.port = port
    facility.round(240)
    facility.round(3_600)
    assert [one.partition("] ")[2] for one in box.subjects[1:]] == [
        "Serious: The dashboard of dora failed: it did not answer"
    ]
    facility.mend("carol", "gerd")
    facility.round()
    facility.round(120)
    assert len(box.mails) == 2
    states = {alert.subject: alert.id for alert in facility.open()}
    assert {one.state for one in facility.messages() if one.alert_id not in states.values()} == {"dropped"}


def test_an_acknowledged_alert_still_tells_that_it_ended(facility: Facility) -> None:
    facility.fail("alice")
    facility.round()
    [alert] = facility.open()
    with facility.store.writing() as connection:
        acknowledge(connection, alert.id, "an operator", "memory ordered", int(facility.now))
    facility.fail("alice", error="it failed in another way")
    facility.round()
    facility.mend("alice")
    facility.round()
    facility.round(120)
    assert facility.mailbox is not None
    assert len(facility.mailbox.mails) == 2
    body = facility.mailbox.mails[1].get_body(("plain",))
    assert body is not None
    assert "Seen by: an operator: memory ordered" in body.get_content()


def test_a_rule_that_was_taken_out_ends_its_alerts_and_those_who_knew_are_told(facility: Facility) -> None:
    facility.fail("alice")
    facility.round()
    facility.rules = '[[alert]]\nkind = "backup"\n'
    assert facility.round().ended == 1
    assert facility.mailbox is not None
    assert len(facility.mailbox.mails) == 2


def test_users_are_told_of_their_own_quota_and_of_nothing_else(facility: Facility) -> None:
    (facility.folder / "addresses.csv").write_text(
        "user,address\nalice,alice.a@example.com\nbob,not an address\n"
    )
    facility.more = 'users = { mail = true, domain = "example.org", addresses = "addresses.csv" }'
    facility.rules = '[[alert]]\nkind = "quota"\nto = []\n[[alert]]\nkind = "dashboard_failed"\nto = []\n'
    for user in ("alice", "bob", "charlie"):
        facility.hold(user, 100)
    facility.hold("dora", 50)
    facility.fail("alice")
    facility.round()
    assert facility.mailbox is not None
    assert facility.mailbox.recipients == ["alice.a@example.com", "bob@example.org", "charlie@example.org"]
    body = facility.mailbox.mails[0].get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert text.startswith("Your storage on local: 100 GiB, the hard limit of 100 GiB is reached")
    assert "bob" not in text + str(facility.mailbox.mails[0]["Subject"])
    assert "usermon.example.org" not in text  # the overview is the admins'
    facility.hold("alice", 10)
    facility.round()
    facility.round(120)
    assert facility.mailbox.subjects[-1] == "[Usermon] Ended: the warning about your storage on local"
    assert facility.mailbox.recipients[-1] == "alice.a@example.com"


def test_users_hear_once_of_a_quota_that_several_rules_find(facility: Facility) -> None:
    facility.more = 'users = { mail = true, domain = "example.org" }\nquiet_hours = "22:00-07:00"'
    usual = '[[alert]]\nkind = "quota"\nto = []\n'
    facility.rules = f'{usual}[[alert]]\nkind = "quota"\nname = "hard"\nover = "hard"\n'
    box = facility.mailbox
    assert box is not None

    def to_users() -> list[tuple[str, str]]:
        """Since it was asked the last time."""
        found = [(str(one["To"]), str(one["Subject"]).strip()) for one in box.mails]
        box.mails.clear()
        return sorted(one for one in found if one[0] != "it@example.org")

    began = "[Usermon] {}: your storage on local: {}"
    over = began.format("Serious", "150 GiB, the hard limit of 100 GiB is reached")
    near = began.format("Warning", "96 GiB, 96 % of the hard limit of 100 GiB")
    ended = "[Usermon] Ended: the warning about your storage on local"
    facility.hold("alice", 150)
    facility.hold("bob", 96)
    facility.round()
    assert to_users() == [("alice@example.org", over), ("bob@example.org", near)]
    facility.hold("alice", 97)  # the limit is kept again, and near still
    facility.hold("bob", 150)  # he knows since he came near
    facility.round()
    facility.round(120)
    assert to_users() == []
    facility.rules = usual.replace("quota", 'quota"\nname = "renamed')
    facility.round()
    facility.round(120)
    assert to_users() == []
    facility.hold("alice", 10)
    facility.hold("bob", 10)
    facility.round()
    facility.round(120)
    assert to_users() == [("alice@example.org", ended), ("bob@example.org", ended)]

    facility.rules = f'{usual}[[alert]]\nkind = "quota"\nname = "hard"\nover = "hard"\n'
    facility.now += 12.5 * 3600  # quiet hours
    facility.hold("alice", 150)
    facility.round()
    facility.round(9 * 3600)  # past seven
    assert to_users() == [("alice@example.org", over)]
    facility.hold("alice", 10)
    facility.round()
    facility.round(120)
    assert to_users() == [("alice@example.org", ended)]
    assert {(one.state, one.event) for one in facility.messages()} == {("sent", "began"), ("sent", "ended")}


def test_a_user_whose_limit_is_gone_is_not_told_to_be_below_it(facility: Facility) -> None:
    facility.more = 'users = { mail = true, domain = "example.org" }'
    facility.rules = '[[alert]]\nkind = "quota"\nto = []\n'
    facility.hold("alice", 100)
    facility.round()
    later = datetime.fromtimestamp(facility.now, UTC)
    with facility.store.writing() as connection:
        save_storage(connection, [usage("alice", "local", later, 100, 10)])
    facility.round()
    assert facility.round(120).ended == 1
    assert facility.mailbox is not None
    body = facility.mailbox.mails[-1].get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines()[:2] == [
        "Ended: the warning about your storage on local.",
        "It is below its limit again, or no limit is known or watched any more.",
    ]


def test_a_user_whose_name_makes_no_address_gets_no_mail(facility: Facility) -> None:
    facility.more = 'users = { mail = true, domain = "example.org" }'
    facility.rules = '[[alert]]\nkind = "quota"\nto = []\n'
    for user in ("a..b", "trail.", "good.name"):
        facility.hold(user, 100)
    facility.round()
    assert facility.mailbox is not None
    assert [one.target for one in facility.messages()] == ["good.name@example.org"]
    assert facility.mailbox.recipients == ["good.name@example.org"]


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
