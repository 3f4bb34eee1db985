"""Digests, quiet hours and what was acknowledged: mails that wait, and what becomes of them."""

from tests.alerts.facility import Facility
from usage_store.alerts import acknowledge


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
