"""What usermon.toml says of alerts: read, or refused by name with what to write instead."""

from pathlib import Path

import pytest

from usermon.alert_rules import (
    DEFAULT_RULES,
    GrowthRule,
    HostRule,
    QuotaRule,
    ReferenceRule,
    Rule,
    SourceRule,
    VolumeRule,
)
from usermon.alert_settings import AlertSettings
from usermon.errors import SettingsError
from usermon.site_file import read_site_file
from usermon.units import GIB

MAIL = '[mail]\nhost = "smtp.example.org"\nfrom = "usermon@example.org"\n'


def read(folder: Path, text: str) -> AlertSettings:
    file = folder / "usermon.toml"
    file.write_text(text, encoding="utf-8")
    return read_site_file(file).alerts


def rule(folder: Path, lines: str) -> Rule:
    return read(folder, f"[[alert]]\n{lines}").rules[0]


def test_a_file_that_names_no_rule_has_the_usual_ones(tmp_path: Path) -> None:
    assert read(tmp_path, "") == AlertSettings()
    assert read(tmp_path, "").rules == DEFAULT_RULES


def test_the_usual_rules_know_how_often_each_source_is_read(tmp_path: Path) -> None:
    found = read(tmp_path, '[[source]]\nname = "local"\ncollector = "storage_csv"\nevery = "10m"\n').rules
    assert [one.rhythms for one in found if isinstance(one, SourceRule)] == [{"local": 600}]


def test_a_rule_says_what_how_long_how_bad_and_to_whom(tmp_path: Path) -> None:
    text = """
        [[alert]]
        kind = "quota"
        name = "nearly full"
        over = ["soft", "97.5%"]
        volume = "local"
        users = ["a*"]
        except = "alice"
        for = "10m"
        settle = "1m"
        severity = "serious"
        to = "storage@example.org"
        break_quiet_hours = true
    """.replace("nearly full", "nearly-full")
    [found] = read(tmp_path, MAIL + text).rules
    assert found == QuotaRule(
        name="nearly-full",
        over_soft=True,
        over_percent=97.5,
        volumes=("local",),
        only=("a*",),
        but=("alice",),
        for_seconds=600,
        settle_seconds=60,
        severity="serious",
        to=("storage@example.org",),
        breaks_quiet_hours=True,
    )
    assert found.covers("anna")
    assert not found.covers("alice")
    assert not found.covers("bob")


def test_growth_is_an_amount_within_a_time(tmp_path: Path) -> None:
    found = rule(tmp_path, 'kind = "growth"\nover = "1.5 TB"\nwithin = "3d"')
    assert isinstance(found, GrowthRule)
    assert (found.over_bytes, found.within_seconds) == (1536 * GIB, 3 * 86_400)


def test_reference_values_are_those_of_the_dashboards_unless_the_rule_has_its_own(tmp_path: Path) -> None:
    text = '[reference]\ngb = 100\nfiles = 5000\n[[alert]]\nkind = "reference"\nfiles = 7000\n'
    [found] = read(tmp_path, text).rules
    assert isinstance(found, ReferenceRule)
    assert (found.bytes, found.files) == (100 * GIB, 7000)


@pytest.mark.parametrize(
    ("lines", "percent", "seconds"),
    [
        ("", 90, 30 * 86_400),
        ('over = "85%"', 85, None),
        ('full_within = "14d"', None, 14 * 86_400),
        ('over = "97.5 %"\nfull_within = "7d"', 97.5, 7 * 86_400),
    ],
)
def test_a_rule_of_volumes_asks_what_it_says_or_else_both(
    tmp_path: Path, lines: str, percent: float | None, seconds: int | None
) -> None:
    found = rule(tmp_path, f'kind = "volume"\nvolume = "cryo"\n{lines}')
    assert isinstance(found, VolumeRule)
    assert (found.over_percent, found.full_within_seconds, found.only) == (percent, seconds, ("cryo",))


def test_a_source_of_hosts_is_told_of_where_no_rule_looks_at_hosts(tmp_path: Path) -> None:
    both = read(tmp_path, '[[alert]]\nkind = "source"\n[[alert]]\nkind = "host_silent"\n').rules
    alone = read(tmp_path, '[[alert]]\nkind = "source"\n').rules
    assert [one.leaves_hosts for one in (*both, *alone) if isinstance(one, SourceRule)] == [True, False]


def test_general_settings_are_read_with_the_files_that_they_name(tmp_path: Path) -> None:
    text = (
        MAIL.replace("[mail]", '[mail]\nuser = "usermon"\npassword_file = "smtp-password"')
        + """
        [alerts]
        to = ["it@example.org", "ops@example.org"]
        quiet_hours = "22:00-07:00"
        digest_over = 3
        overview_url = "https://usermon.example.org/"
        users = { mail = true, domain = "example.org", addresses = "addresses.csv" }
        [[alert]]
        kind = "host_silent"
        webhook_file = "hook"
    """
    )
    found = read(tmp_path, text)
    assert found.to == ("it@example.org", "ops@example.org")
    assert str(found.quiet_hours) == "22:00-07:00"
    assert (found.digest_over, found.overview_url) == (3, "https://usermon.example.org")
    assert found.files == (tmp_path / "smtp-password", tmp_path / "addresses.csv", tmp_path / "hook")
    assert found.mail is not None
    assert (found.mail.port, found.mail.security) == (587, "starttls")


def test_users_are_not_mailed_unless_asked_for(tmp_path: Path) -> None:
    assert read(tmp_path, MAIL + '[alerts]\nusers = { domain = "example.org" }\n').user_mail is None


def test_an_address_for_a_webhook_is_not_repeated(tmp_path: Path) -> None:
    found = rule(tmp_path, 'kind = "host_silent"\nwebhook = "https://chat.example.org/hooks/s3cret"')
    assert isinstance(found, HostRule)
    assert found.webhook is not None
    assert "s3cret" not in repr(found)
    assert found.webhook.label.startswith("chat.example.org (")
    for address in ("chat.example.org/hooks/s3cret", "https://user:s3cret@chat.example.org/hooks"):
        with pytest.raises(SettingsError) as refused:
            rule(tmp_path, f'kind = "host_silent"\nwebhook = "{address}"')
        assert "s3cret" not in f"{refused.value.message} {refused.value.remedy}"


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        ('kind = "temperature"', "'temperature'"),
        ("over = 5", "kind"),
        ('kind = "quota"\nover = "95"', "'95'"),
        ('kind = "quota"\nover = "101%"', "'101%'"),
        ('kind = "quota"\nhosts = ["a"]', "unknown key 'hosts'"),
        ('kind = "growth"', "over is None"),
        ('kind = "growth"\nover = "500"', "'500'"),
        ('kind = "growth"\nover = "9000000 TB"', "over is '9000000 TB'"),
        ('kind = "host_silent"\nafter = "soon"', "'soon'"),
        ('kind = "host_silent"\nafter = "2h"\nuntil = "1h"', "until is '1h'"),
        ('kind = "host_silent"\nafter = "31d"', "until is 30d by itself"),
        ('kind = "volume"\nover = "90"', "over is '90'"),
        ('kind = "volume"\nover = 90', "over is 90"),
        ('kind = "volume"\nfull_within = "a month"', "full_within is 'a month'"),
        ('kind = "volume"\nusers = "a"', "unknown key 'users'"),
        ('kind = "backup"\nseverity = "dreadful"', "'dreadful'"),
        ('kind = "backup"\nto = "nobody"', "'nobody'"),
        ('kind = "backup"\nname = "two words"', "'two words'"),
        ('kind = "backup"\nbreak_quiet_hours = "yes"', "'yes'"),
        ('kind = "source"\nrhythms_missed = 0', "rhythms_missed is 0"),
        ('kind = "backup"\nwebhook = "http://a/b"\nwebhook_file = "b"', "webhook and webhook_file"),
        ('kind = "backup"\n[[alert]]\nkind = "backup"', "two alerts are named 'backup'"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_by_name(tmp_path: Path, lines: str, named: str) -> None:
    with pytest.raises(SettingsError) as refused:
        rule(tmp_path, lines)
    assert named in refused.value.message
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[alerts]\nto = ["it@example.org"]', "no [mail]"),
        (MAIL + '[alerts]\nto = ["a@example.org\\nBcc: b@example.org"]', "Bcc"),
        (MAIL + '[alerts]\nto = "a..b@example.org"', "to is 'a..b@example.org'"),
        (MAIL + '[alerts]\nto = "=?utf-8?q?a?=@example.org"', "to is '=?utf-8"),
        (MAIL + '[alerts]\nto = "a.@example.org"', "to is 'a.@example.org'"),
        (MAIL + '[alerts]\nto = "a@example..org"', "to is 'a@example..org'"),
        ('[mail]\nhost = "smtp.example.org"\nfrom = ".a@example.org"', "from is '.a@example.org'"),
        (MAIL + '[alerts]\nquiet_hours = "22-7"', "'22-7'"),
        (MAIL + '[alerts]\nquiet_hours = "07:00-07:00"', "'07:00-07:00'"),
        (MAIL + "[alerts]\ndigest_over = 0", "digest_over is 0"),
        (MAIL + '[alerts]\noverview_url = "usermon.example.org"', "overview_url"),
        (MAIL + '[alerts]\noverview_url = "https://[::1"', "overview_url is 'https://[::1'"),
        (MAIL + '[alerts]\noverview_url = "https://a:99999"', "overview_url is 'https://a:99999'"),
        (MAIL + '[alerts]\noverview_url = "https://a/#top"', "overview_url is 'https://a/#top'"),
        (MAIL + "[alerts]\nusers = { mail = true }", "where users get mail"),
        (MAIL + '[alerts]\nuser = "x"', "unknown key 'user'"),
        ('[mail]\nhost = "smtp.example.org"', "has no from"),
        (MAIL + 'security = "ssl"', "'ssl'"),
        (MAIL + "port = 0", "port is 0"),
        (MAIL + 'security = "none"\nuser = "usermon"', "in the open"),
        (MAIL + 'password_file = "p"', "password_file and no user"),
        ('[mail]\nhost = "a b"\nfrom = "usermon@example.org"', "'a b'"),
        ("alert = 5", "not a list of tables"),
    ],
)
def test_settings_that_nobody_can_send_by_are_refused(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read(tmp_path, text)
    assert named in refused.value.message
    assert refused.value.remedy
