"""Where users get mail, by a file."""

from pathlib import Path

from alerts.addresses import read_addresses


def test_a_line_that_is_far_too_long_is_rejected_by_its_number_and_the_others_are_read(
    tmp_path: Path,
) -> None:
    file = tmp_path / "addresses.csv"
    file.write_text(f"user,address\nalice,{'a' * 200_000}\nbob,bob@example.org\n")
    read = read_addresses(file)
    assert read.by_user == {"bob": "bob@example.org"}
    assert [(one.line, one.reason) for one in read.rejected] == [(2, "not user,address")]


def test_an_address_that_no_mail_can_have_is_rejected(tmp_path: Path) -> None:
    file = tmp_path / "addresses.csv"
    file.write_text("alice,a..b@example.org\nbob,b.@example.org\ndora,d@-x.org\nemil,e.e@example.org\n")
    read = read_addresses(file)
    assert read.by_user == {"emil": "e.e@example.org"}
    assert [(one.line, one.reason) for one in read.rejected] == [(n, "no mail address") for n in (1, 2, 3)]
