"""Users are told of their own quota."""

from datetime import UTC, datetime

from tests.alerts.facility import Facility
from tests.factories import usage
from usage_store.storage_saving import save_storage


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
