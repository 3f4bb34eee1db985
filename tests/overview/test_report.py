"""The summary of a week: right numbers from a known store, one page, nothing from outside that acts."""

import email
import email.policy
import json
import re
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from cli_shared import ending
from overview.cli import commands
from overview.pictures.drawing import drawing
from overview.pictures.lettering import inches
from overview.pictures.sheet import Frame
from overview.pictures.source import Source
from overview.report.facts import Jobs, ReportFacts, VolumeFacts, report_facts
from overview.report.mail import as_text
from overview.report.page import html_page
from overview.report.paper import pdf_page
from overview.report.period import Period, period
from overview.report.plots import report_sheets
from overview.report.told import Section, Table, Told, told
from overview.snapshots import Snapshots
from tests.factories import dashboard_state, ledger_entry, usage
from tests.io_samples import client, session
from tests.queue_samples import finished_job, snapshot
from usage_store.collection_runs import note_run
from usage_store.dashboards import save_ledger, save_states
from usage_store.engine import Store, open_store
from usage_store.io_saving import save_io
from usage_store.period_sums import Held, Reads
from usage_store.queue_saving import save_queues
from usage_store.storage_saving import save_storage
from usage_store.volume_fullness import Fullness
from usermon.alert_rules import DEFAULT_RULES
from usermon.collection import CollectionRun
from usermon.growth import Outlook
from usermon.units import GIB
from web_shared.chart_theme import LIGHT

SUNDAY = date(2026, 3, 8)
WEEK = period("week", SUNDAY, 0.0, ZoneInfo("Europe/Berlin"))
NOW = WEEK.end + 3600
HOSTILE = "<script>alert(1)</script>"


def at(day: int, hour: int = 12) -> datetime:
    """In March 2026, UTC."""
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def fill(store: Store) -> None:
    """A week in which alice grew by 100 GiB, bob shrank and passed his limit, carol came."""
    with store.writing() as connection:
        save_storage(
            connection,
            [
                usage("alice", "local", at(1), 400, 1_000),
                usage("alice", "local", at(8), 500, 2_000),
                usage("bob", "local", at(1), 300, 500),
                usage("bob", "local", at(8), 250, 400, hard_limit_bytes=200 * GIB),
                usage("carol", "local", at(5), 50, 10),
                usage("carol", "local", at(9), 5_000, 999_999),  # after the week
            ],
        )
        ended = [int(at(day).timestamp()) for day in (1, 2, 3, 8, 9)]
        jobs = [finished_job(n, ended=end) for n, end in enumerate(ended)]
        jobs.append(finished_job(9, ended=ended[1], user="bob"))
        save_queues(connection, "cluster-a", [snapshot(int(at(8, 20).timestamp())), *jobs])
        times = [int(at(day).timestamp()) for day in (1, 3, 4, 9)]
        reads = [session(time, {"[4K, 8K)": 30}) for time in times]
        reads.append(session(times[1], {"[4K, 8K)": 40}, client("bob", "calc01")))
        save_io(connection, "reads", reads)
        save_ledger(connection, [ledger_entry("bob", 8101)])
        save_states(connection, [dashboard_state("bob", state="failed", error=f"its data is {HOSTILE}")])


@pytest.fixture
def facts(store: Store) -> ReportFacts:
    fill(store)
    return report_facts(Source(Snapshots(store), store, NOW), WEEK, DEFAULT_RULES)


def test_a_week_is_seven_whole_days_by_the_facilitys_clock() -> None:
    assert (WEEK.first, WEEK.last) == (date(2026, 3, 2), SUNDAY)
    assert WEEK.start == at(1, 23).timestamp()
    assert WEEK.end == at(8, 23).timestamp()
    berlin = ZoneInfo("Europe/Berlin")
    assert period("week", None, at(9, 22).timestamp(), berlin).last == SUNDAY
    assert period("month", date(2026, 3, 31), 0.0, berlin).first == date(2026, 3, 2)
    # The clocks go forward on the 29th.
    assert (
        Period("day", date(2026, 3, 29), date(2026, 3, 29), berlin).end
        - Period("day", date(2026, 3, 29), date(2026, 3, 29), berlin).start
        == 23 * 3600
    )


def test_storage_is_told_as_it_stood_at_both_ends(facts: ReportFacts) -> None:
    # Who is new has not grown, but come.
    assert facts.volumes == (VolumeFacts("local", 800 * GIB, 50 * GIB, 2_410, 900, 3, 1, 50 * GIB),)
    assert facts.growers == (Held("alice", "local", 400 * GIB, 1_000, 500 * GIB, 2_000),)
    assert (facts.over, facts.limited) == (1, 1)
    assert [(use.user, use.share) for use in facts.fullest] == [("bob", 1.25)]


def test_how_full_a_volume_was_at_the_end_is_told_where_its_capacity_is(store: Store) -> None:
    fill(store)
    source = Source(Snapshots(store), store, NOW, {"local": 1_000 * GIB, "cryo": GIB})
    section = told(report_facts(source, WEEK, DEFAULT_RULES), "Example Facility").sections[1]
    assert section.words.endswith(" How full at its end: local 80 % of 1,000 GiB.")
    growing = Fullness("local", 800 * GIB, 1_000 * GIB, Outlook("full", 12.4))
    facts = report_facts(source, WEEK, DEFAULT_RULES)
    soon = replace(facts, volumes=(facts.volumes[0]._replace(fullness=growing),))
    assert (
        told(soon, "Example Facility")
        .sections[1]
        .words.endswith("local 80 % of 1,000 GiB, full in about 12 days at the present growth.")
    )


def test_jobs_that_ended_within_the_week_are_summed(facts: ReportFacts) -> None:
    queues = facts.queues
    assert queues is not None
    assert queues.all == Jobs("", 4, 16.0, 8.0)
    assert queues.users == (Jobs("alice", 3, 12.0, 6.0), Jobs("bob", 1, 4.0, 2.0))
    assert queues.groups == (Jobs("lab", 3, 12.0, 6.0),)


def test_reads_within_the_week_are_summed(facts: ReportFacts) -> None:
    assert facts.io == Reads(100, (("alice", 60), ("bob", 40)), (("gpu08", 60), ("calc01", 40)))


def test_what_is_wrong_now_stands_first_and_quotas_stand_apart(facts: ReportFacts) -> None:
    assert {trouble.kind for trouble in facts.troubles} >= {"dashboard"}
    assert "quota" not in {trouble.kind for trouble in facts.troubles}
    sections = told(facts, "Example Facility").sections
    assert [section.title for section in sections] == [
        *("What is wrong now", "Storage", "Quotas", "Queues", "I/O")
    ]
    assert sections[0].is_bad
    assert sections[2].words == "Now 1 user passed a limit and 0 users are near one, of 1 with quotas."


def test_what_one_user_holds_is_told_in_gib_and_a_volume_in_the_unit_that_fits(facts: ReportFacts) -> None:
    large = replace(
        facts,
        volumes=(facts.volumes[0]._replace(bytes=16_384 * GIB),),
        growers=(Held("alice", "local", 70 * GIB, 1, 1_200 * GIB, 2),),
        fullest=tuple(use._replace(value=1_130.4) for use in facts.fullest),
    )
    storage, quotas = told(large, "Example Facility").sections[1:3]
    assert storage.tables[0].rows[0][:2] == ("local", "16 TiB")
    assert storage.tables[1].rows == (("alice · local", "1,200 GiB", "+1,130 GiB"),)
    assert quotas.tables[0].rows == (("bob · local", "125 %", "1,130 GiB"),)


def test_an_empty_store_gives_a_short_report(sqlite_store: Store) -> None:
    source = Source(Snapshots(sqlite_store), sqlite_store, NOW)
    short = told(report_facts(source, WEEK, DEFAULT_RULES), "Usermon")
    assert [section.title for section in short.sections] == ["What is wrong now"]
    assert report_sheets(source, WEEK) == []
    waits = told(report_facts(source, WEEK, DEFAULT_RULES, ["reads", "local"]), "Usermon").sections[0]
    assert (waits.is_bad, waits.words) == (
        True,
        "No hosts, backups, clusters or dashboards are known yet. 2 sources never ran: local, reads.",
    )
    # That it is well is said of what is measured alone.
    none = "No hosts, backups, clusters, sources or dashboards are known yet."
    assert (short.sections[0].is_bad, short.sections[0].words) == (False, none)
    with sqlite_store.writing() as connection:
        save_ledger(connection, [ledger_entry("bob", 8101)])
        note_run(connection, CollectionRun("local", "storage_csv", NOW - 60, NOW - 58, 1, 0, 0))
    some = told(report_facts(source, WEEK, DEFAULT_RULES), "Usermon").sections[0]
    assert some.words == "Nothing: sources and dashboards are well."
    page = pdf_page(short, [], Frame(LIGHT, WEEK.zone, "Usermon"))
    assert pages_of(page) == 1
    assert places_of_text(page)["What is wrong now"][0] < 100  # it stands alone, on the left


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def places_of_text(pdf: bytes) -> dict[str, tuple[float, float]]:
    """What is written, with its distance from the left and its size, in points."""
    streams = (
        zlib.decompress(one) for one in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)[:1]
    )
    written = re.findall(
        rb"1 0 -?0 1 ([\d.]+) [\d.]+ cm\nBT\n/F\d+ ([\d.]+) Tf(.*?)\nET", b"".join(streams), re.DOTALL
    )
    return {
        b"".join(re.findall(rb"\(((?:\\.|[^()\\])*)\)", words)).decode("latin1"): (float(left), float(size))
        for left, size, words in written
    }


def test_however_much_there_is_to_say_it_is_one_page() -> None:
    rows = tuple((f"user{n}" * 9, "1", "2", "3") for n in range(40))
    tables = tuple(Table(f"Table {n}", ("Name", "a", "b", "c"), rows) for n in range(6))
    lines = tuple("word " * 60 for _ in range(30))
    much = Told("Much", "to say", tuple(Section(f"Section {n}", "x " * 400, tables, lines) for n in range(6)))
    assert pages_of(pdf_page(much, [], Frame(LIGHT, WEEK.zone, "Usermon"))) == 1


def test_long_names_stay_on_the_paper_and_apart(caplog: pytest.LogCaptureFixture) -> None:
    rows = tuple(
        (f"{'long' * 12}{user} · {volume}", "1 TiB", "2 %") for user in "ab" for volume in ("local", "cryo")
    )
    table = Table("Grew most", ("User", "Holds", "Change"), rows)
    name = "Zentrum für Hochleistungsrechnen und Datenmanagement 計算機"
    told_of = Told(f"{name}: the month in numbers", "", (Section("Storage", "", (table,)),))
    page = places_of_text(pdf_page(told_of, [], Frame(LIGHT, WEEK.zone, name)))
    with drawing():
        for words, (left, size) in page.items():
            assert left / 72 + inches(words, size) < 8.27, words
    assert "the month in numbers" in page
    assert (
        len([words for words in page if words.startswith("longlong") and words.endswith(("local", "cryo"))])
        == 4
    )
    # A letter that the font lacks is told in our words, once, and without a warning of Python's.
    assert [record.getMessage()[-3:] for record in caplog.records if "lacks" in record.getMessage()] == [
        "機算計"
    ]


def test_names_are_text_and_nothing_else() -> None:
    hostile = Told(
        HOSTILE, HOSTILE, (Section(HOSTILE, HOSTILE, (Table(HOSTILE, (HOSTILE,), ((HOSTILE,),)),)),)
    )
    page = html_page(hostile, [], None)
    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 8


def test_the_text_of_a_mail_has_its_numbers_in_columns() -> None:
    table = Table("Volumes", ("Volume", "Held"), (("local", "1 TiB"), ("cryogenic", "12.5 TiB")))
    text = as_text(Told("Title", "Subtitle", (Section("Storage", "Words.", (table,), ("line",)),)))
    assert text.splitlines()[-4:] == [
        *("Volumes:", "  Volume         Held", "  local         1 TiB", "  cryogenic  12.5 TiB")
    ]


class Done(NamedTuple):
    code: int
    out: bytes
    told: str


@pytest.fixture
def command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Callable[..., Done]:
    """`usermon-overview report`, in this process: loading everything anew takes a second each time."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("USERMON_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("USERMON_TIMEZONE", "Europe/Berlin")
    monkeypatch.delenv("USERMON_CONFIG", raising=False)

    def run(*arguments: str) -> Done:
        code = ending.run(commands, "usermon-overview", ["report", *arguments])
        said = capfdbinary.readouterr()
        return Done(code, said.out, said.err.decode())

    return run


@pytest.fixture
def facility(tmp_path: Path) -> Path:
    """A state folder with a known store, and usermon.toml."""
    (tmp_path / "store").mkdir()
    store = open_store(f"sqlite:///{tmp_path / 'store' / 'usermon.db'}")
    fill(store)
    store.close()
    (tmp_path / "usermon.toml").write_text(
        f'timezone = "Europe/Berlin"\n[site]\nname = {json.dumps("Facility & Sons")}\naccent = "#7a1f5c"\n'
        '[mail]\nhost = "smtp.example.org"\nfrom = "usermon@example.org"\n'
    )
    return tmp_path


def test_the_command_writes_a_page_a_mail_and_paper(facility: Path, command: Callable[..., Done]) -> None:
    page = command("--week", "--until", "2026-03-08")
    assert page.code == 0, page.told
    html = page.out.decode()
    assert "<h1" in html
    assert "Facility &amp; Sons: the week in numbers" in html
    for number in (
        "800 GiB",
        "+50 GiB",
        "1 user with 50 GiB on local",
        "4 jobs ended: 16 processor hours, 8.0 GPU hours.",
        "100 operations.",
    ):
        assert number in html
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    assert html.count("data:image/png;base64,") == 1  # of a week long past storage alone is drawn

    arguments = ("--until", "2026-03-08", "--format", "eml", "--to", "board@example.org")
    sent = email.message_from_bytes(command(*arguments).out, policy=email.policy.default)
    assert isinstance(sent, EmailMessage)
    assert (sent["From"], sent["To"]) == ("usermon@example.org", "board@example.org")
    text, html_part = sent.get_body(("plain",)), sent.get_body(("html",))
    assert text is not None
    assert "800 GiB" in text.get_content()
    assert html_part is not None
    picture = next(part for part in sent.walk() if part.get_content_type() == "image/png")
    assert f'src="cid:{picture["Content-ID"][1:-1]}"' in html_part.get_content()

    out = facility / "week.pdf"
    assert command("--until", "2026-03-08", "--format", "pdf", "--out", str(out)).code == 0
    assert out.read_bytes().startswith(b"%PDF-")
    assert pages_of(out.read_bytes()) == 1
    assert out.stat().st_mode & 0o777 == 0o600


def test_wrong_use_is_told_in_two_lines(facility: Path, command: Callable[..., Done]) -> None:
    for code, words, arguments in (
        (2, "--until", ("--until", "yesterday")),
        (2, "has not begun", ("--until", f"{date.today() + timedelta(days=90)}")),  # noqa: DTZ011 - far enough
        # A week is of whole days: today is none yet, by any clock on earth.
        (2, "is not over", ("--until", f"{datetime.now(UTC).date() + timedelta(days=1)}")),
        (2, "nothing was measured in 1", ("--until", "0001-01-01")),
        (2, "--to is of a mail", ("--to", "a@example.org")),
        (2, "not an address", ("--format", "eml", "--to", "a@example.org\nBcc: b@example.org")),
        (1, "cannot write", ("--out", str(facility / "nowhere" / "week.html"))),
    ):
        done = command(*arguments)
        assert done.code == code
        assert words in done.told
        assert "fix: " in done.told
        assert done.out == b""


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path, command: Callable[..., Done]) -> None:
    done = command()
    assert done.code == 1
    assert "error: " in done.told
    assert not (tmp_path / "store").exists()


def test_many_troubles_of_one_kind_hide_no_other(facts: ReportFacts) -> None:
    one = facts.troubles[0]
    many = [replace(one, kind="host", subject=f"n{n}", words=f"n{n} is silent") for n in range(50)]
    many.append(replace(one, kind="backup", words="vault has no backup"))
    wrong = told(replace(facts, troubles=tuple(many)), "Usermon").sections[0]
    assert wrong.words == "In trouble: 50 hosts, 1 backup."
    assert len(wrong.lines) == 9
    assert wrong.lines[-2:] == ("vault has no backup", "and 43 more")
