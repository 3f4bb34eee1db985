"""usermon.toml: what is read, and how a mistake is named."""

from pathlib import Path

import pytest

from usermon.alert_rules import VolumeRule, default_rules
from usermon.alert_settings import AlertSettings
from usermon.errors import SettingsError
from usermon.retention import DAY_SECONDS, Retention
from usermon.site_file import SiteFile, Source, read_site_file
from usermon.toml_values import parse_period
from usermon.units import GIB

WHOLE = """
timezone = "Europe/Berlin"
[reference]
gb = 12.5
files = 1000
[[source]]
name = "local"
collector = "storage_csv"
path = "quota/local"
every = "5m"
[[source]]
name = "cryo"
collector = "storage_csv"
path = "/srv/quota/cryo"
timezone = "UTC"
"""


def read(folder: Path, text: str) -> SiteFile:
    (folder / "usermon.toml").write_text(text, encoding="utf-8")
    return read_site_file(folder / "usermon.toml", "Asia/Tokyo")


def test_everything_is_read(tmp_path: Path) -> None:
    site = read(tmp_path, WHOLE)
    assert (site.timezone, site.reference_gb, site.reference_files) == ("Europe/Berlin", 12.5, 1000)
    assert site.sources == (
        Source("local", "storage_csv", tmp_path / "quota/local", 300, "Europe/Berlin"),
        Source("cryo", "storage_csv", Path("/srv/quota/cryo"), 1800, "UTC"),
    )


def test_retention_is_read_and_what_it_does_not_name_stays_usual(tmp_path: Path) -> None:
    text = '[retention]\nhosts = "3y"\nhosts_in_full = "forever"\nio = " 90 d "'
    assert read(tmp_path, text).retention == Retention(
        hosts=3 * 365 * DAY_SECONDS, hosts_in_full=None, io=90 * DAY_SECONDS
    )


def test_a_volume_has_the_capacity_that_the_file_tells(tmp_path: Path) -> None:
    text = VOLUME + '[[volume]]\nname = "cryo"\ncapacity = "1.5 PB"\n'
    found = read(tmp_path, text)
    assert found.capacities == {"local": 120 * 1024 * GIB, "cryo": 1536 * 1024 * GIB}
    rules = [rule for rule in found.alerts.rules if isinstance(rule, VolumeRule)]
    assert [rule.capacities for rule in rules] == [found.capacities]


def test_a_linked_folder_keeps_the_name_that_the_admin_gave_it(tmp_path: Path) -> None:
    # In the collectors' container it is mounted under this name, and the link does not exist there.
    (tmp_path / "real").mkdir()
    (tmp_path / "x").symlink_to(tmp_path / "real")
    assert read(tmp_path, SOURCE).sources[0].path == tmp_path / "x"


def test_an_empty_file_is_a_site_without_sources(tmp_path: Path) -> None:
    usual = AlertSettings(rules=default_rules(timezone="Asia/Tokyo"))
    assert read(tmp_path, "") == SiteFile((), "Asia/Tokyo", 25_000, 1_500_000, alerts=usual)


VOLUME = '[[volume]]\nname = "local"\ncapacity = "120 TiB"\n'
SOURCE = '[[source]]\nname = "local"\ncollector = "storage_csv"\npath = "x"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("timezone = ", "is not TOML"),
        ('timezone = "Middle/Earth"', "timezone is 'Middle/Earth'"),
        ('timezone = "../../etc/passwd"', "timezone is '../../etc/passwd'"),
        ("timezone = 7", "timezone is 7"),
        ('timezne = "UTC"', "unknown key 'timezne'"),
        ("reference = 5", "reference is not a table"),
        ("[reference]\ngb = 0", "reference.gb is 0"),
        ("[reference]\ngb = inf", "reference.gb is inf"),
        ("[reference]\ngb = nan", "reference.gb is nan"),
        ("[reference]\ngb = true", "reference.gb is True"),
        ("[reference]\nfiles = 1.5", "reference.files is 1.5"),
        ("[reference]\nusers = 1", "unknown key 'users'"),
        ("retention = 5", "retention is not a table"),
        ("[retention]\ntapes = '5d'", "unknown key 'tapes'"),
        ("[retention]\nhosts = 5", "retention.hosts is 5"),
        ("[retention]\nhosts = '0d'", "retention.hosts is '0d'"),
        ("[retention]\nhosts = '90m'", "retention.hosts is '90m'"),
        ("[source]\nname = 'local'", "source is not a list of tables"),
        ("source = [1]", "source 1 is not a table"),
        ('[[source]]\ncollector = "storage_csv"\npath = "x"', "source 1 has no name"),
        ('[[source]]\nname = "local"\npath = "x"', "source 1 has no collector"),
        (SOURCE + 'ssh = ""', "ssh is ''"),
        (SOURCE + 'ssh = "head\\u0007"', "ssh is 'head"),
        (SOURCE + "command = [1]", "command is"),
        (SOURCE + "command = []", "command is"),
        (SOURCE + 'command = ["a\\u0000b"]', "command is"),
        (SOURCE + "command = 'a \"b'", "command is"),
        (SOURCE + 'timeout = "soon"', "timeout is 'soon'"),
        (SOURCE.replace("local", "../etc"), "name is '../etc'"),
        (SOURCE.replace("local", "(publishing)"), r"name is '\(publishing\)'"),
        (SOURCE + 'every = "5 weeks"', r"source 1 \(local\): every is '5 weeks'"),
        (SOURCE + 'every = "0s"', "every is '0s'"),
        (SOURCE + "every = 5", "every is 5"),
        (SOURCE + 'timezone = "CET-1"', "timezone is 'CET-1'"),
        (SOURCE + SOURCE, "two sources are named 'local'"),
        (VOLUME.replace("[[volume]]", "[volume]"), "volume is not a list of tables"),
        ("volume = [1]", "volume 1 is not a table"),
        ('[[volume]]\ncapacity = "120 TiB"', "volume 1: name is None"),
        ('[[volume]]\nname = "local"', r"volume 1 \(local\): capacity is None"),
        (VOLUME.replace("TiB", "tons"), r"volume 1 \(local\): capacity is '120 tons'"),
        (VOLUME.replace('"120 TiB"', "120"), r"volume 1 \(local\): capacity is 120"),
        (VOLUME.replace("120 TiB", "0 TiB"), r"capacity is '0 TiB'"),
        (VOLUME.replace("120 TiB", "9000 PiB"), r"capacity is '9000 PiB'"),
        (VOLUME + 'size = "1 TB"', "unknown key 'size'"),
        (VOLUME + VOLUME, "two volumes are named 'local'"),
    ],
)
def test_a_mistake_is_named_with_a_remedy(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message) as caught:
        read(tmp_path, text)
    assert caught.value.remedy


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such file") as caught:
        read_site_file(tmp_path / "usermon.toml")
    assert caught.value.name == "USERMON_CONFIG"


def test_a_folder_in_its_place_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_site_file(tmp_path)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "usermon.toml").write_bytes(b"\xff\xfe\0")
    with pytest.raises(SettingsError, match="is not TOML"):
        read_site_file(tmp_path / "usermon.toml")


@pytest.mark.parametrize(
    ("text", "seconds"), [("30s", 30), ("5m", 300), (" 2 h ", 7200), ("1d", 86_400), ("90m", 5400)]
)
def test_periods(text: str, seconds: int) -> None:
    assert parse_period(text, "every") == seconds


@pytest.mark.parametrize(
    "text", ["", "5", "m", "-5m", "5.5m", "5M", "5m 3s", "99999d", "9" * 5000 + "s", None, 5, "٥m"]
)
def test_what_is_no_period_is_refused(text: object) -> None:
    with pytest.raises(SettingsError):
        parse_period(text, "every")
