"""usermon-collect as people and programs call it: results on stdout, complaints on stderr, exit codes."""

import io
import json
import logging
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from collectors.cli import main
from collectors.pass_lock import only_pass
from tests.shared_data import expected_storage


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]

GOOD = "2026-03-02 09:00,118,20411\n2026-03-02 09:30,121,20977\n"


@pytest.fixture
def facility(tmp_path: Path) -> Path:
    for volume in ("local", "cryo"):
        (tmp_path / volume).mkdir()
        (tmp_path / volume / "alice.csv").write_text(GOOD)
    (tmp_path / "local" / "bob.csv").write_text(GOOD + "rubbish\n")
    (tmp_path / "usermon.toml").write_text(
        'timezone = "Europe/Berlin"\n'
        '[[source]]\nname = "local"\ncollector = "storage_csv"\npath = "local"\n'
        '[[source]]\nname = "cryo"\ncollector = "storage_csv"\npath = "cryo"\nevery = "1h"\n'
    )
    return tmp_path


@pytest.fixture
def collect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the program in a folder of its own, with a state folder of its own."""
    for name in [name for name in os.environ if name.startswith("USERMON_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("USERMON_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("USERMON_TIMEZONE", "Europe/Berlin")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str | Path, stdin: str = "") -> Done:
        monkeypatch.setattr(sys, "argv", ["usermon-collect", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
        finally:
            # Its log goes to this test's stderr, which ends with the test.
            logging.getLogger().handlers.clear()
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return run


def result(done: Done, code: int = 0) -> Any:
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


def test_once_reads_every_source(facility: Path, collect: Run) -> None:
    (facility / "state" / "published" / "alice").mkdir(parents=True)
    said = result(collect("once", "--json"))
    assert [(r["source"], r["taken"], r["rejected"]) for r in said["runs"]] == [
        ("local", 4, 1),
        ("cryo", 2, 0),
    ]
    assert said["published"] == 1
    again = result(collect("once", "--json"))
    assert [(r["taken"], r["known"], r["rejected"]) for r in again["runs"]] == [(0, 0, 0), (0, 0, 0)]


def test_once_reads_one_source_when_named(facility: Path, collect: Run) -> None:
    said = result(collect("once", "--source", "cryo", "--json"))
    assert [r["source"] for r in said["runs"]] == ["cryo"]


def test_once_names_a_source_that_fails_and_goes_on(facility: Path, collect: Run) -> None:
    (facility / "local").rename(facility / "elsewhere")
    said = result(collect("once", "--json"), code=1)
    assert "No such file or directory" in said["runs"][0]["error"]
    assert said["runs"][1]["taken"] == 2


def test_once_does_not_read_what_another_reads(facility: Path, collect: Run) -> None:
    with only_pass("local", facility / "state" / "store"):
        done = collect("once", "--json")
    assert [r["source"] for r in result(done, code=1)["runs"]] == ["cryo"]
    assert "error: local: another pass over it is under way" in done.stderr


def test_an_unknown_source_is_wrong_use(facility: Path, collect: Run) -> None:
    done = collect("once", "--source", "tape")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "error: there is no source 'tape'",
        "fix: usermon.toml names: local, cryo.",
    ]


@pytest.mark.parametrize("command", ["once", "forever", "list", "check"])
def test_without_usermon_toml_it_says_what_to_do(tmp_path: Path, collect: Run, command: str) -> None:
    done = collect(command)
    assert done.returncode == 2
    assert "error: no such file:" in done.stderr
    assert "fix: Name your usermon.toml in USERMON_CONFIG or --config." in done.stderr


def test_list_shows_the_sources_and_how_the_last_pass_went(facility: Path, collect: Run) -> None:
    collect("once", "--source", "local")
    local, cryo = result(collect("list", "--json"))["sources"]
    assert (local["name"], local["every_seconds"], local["last_run"]["taken"]) == ("local", 1800, 4)
    assert (cryo["name"], cryo["every_seconds"], cryo["last_run"]) == ("cryo", 3600, None)
    first, second = collect("list").stdout.splitlines()[1:]
    assert re.search(r"local +storage_csv .* 30m +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d CES?T +4 ", first)
    assert re.search(r"cryo +storage_csv .* 1h +never", second)


@pytest.mark.parametrize(("every", "shown"), [("90s", "90s"), ("90m", "90m"), ("120m", "2h"), ("48h", "2d")])
def test_list_shows_periods_as_one_writes_them(facility: Path, collect: Run, every: str, shown: str) -> None:
    site = facility / "usermon.toml"
    site.write_text(site.read_text().replace('"1h"', f'"{every}"'))
    assert f" {shown} " in collect("list").stdout.splitlines()[2]


def test_check_tries_everything_and_saves_nothing(facility: Path, collect: Run) -> None:
    local, cryo = result(collect("check", "--json"))["sources"]
    assert (local["files"], local["records"], local["rejected"]) == (2, 4, 1)
    assert local["first_rejected"] == [
        {
            "file": "bob.csv",
            "line": 3,
            "text": "rubbish",
            "reason": "1 column instead of the three date,GB,nfiles",
        }
    ]
    assert cryo["error"] is None
    assert [s["last_run"] for s in result(collect("list", "--json"))["sources"]] == [None, None]


def test_check_fails_when_a_source_cannot_be_read(facility: Path, collect: Run) -> None:
    (facility / "cryo" / "alice.csv").unlink()
    (facility / "cryo").rmdir()
    said = result(collect("check", "--json"), code=1)
    assert said["sources"][1]["remedy"]


def test_import_reads_files_given_by_hand(facility: Path, collect: Run) -> None:
    files = sorted((facility / "local").glob("*.csv"))
    said = result(collect("import", "--collector", "storage_csv", "--json", *files))
    assert said["source"] == "local"
    assert (said["records"], said["taken"], said["already_known"], said["rejected"]) == (4, 4, 0, 1)
    assert said["rejected_lines"][0]["line"] == 3
    again = result(collect("import", "--collector", "storage_csv", "--source", "local", "--json", *files))
    assert (again["taken"], again["already_known"]) == (0, 4)


def test_import_reads_standard_input_for_a_user_that_is_named(tmp_path: Path, collect: Run) -> None:
    arguments = ("import", "--collector", "storage_csv", "--source", "local", "-", "--json")
    said = result(collect(*arguments, "--user", "alice", stdin=GOOD))
    assert said["taken"] == 2


def test_standard_input_without_a_user_is_wrong_use(tmp_path: Path, collect: Run) -> None:
    done = collect("import", "--collector", "storage_csv", "--source", "local", "-", stdin=GOOD)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "error: standard input names no user",
        "fix: Say whose report it is: --user NAME.",
    ]
    assert not (tmp_path / "state").exists()


def test_import_refuses_a_source_that_usermon_toml_does_not_name(facility: Path, collect: Run) -> None:
    arguments = (
        "import",
        "--collector",
        "storage_csv",
        "--source",
        "lokal",
        facility / "local" / "alice.csv",
    )
    done = collect(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "error: there is no source 'lokal'",
        "fix: usermon.toml names: local, cryo. With --new-source the name is a new one's.",
    ]
    assert not (facility / "state").exists()
    assert result(collect(*arguments, "--new-source", "--json"))["source"] == "lokal"


def test_import_does_not_make_a_source_of_the_folder_that_files_lie_in(facility: Path, collect: Run) -> None:
    (facility / "elsewhere").mkdir()
    file = (facility / "local" / "alice.csv").rename(facility / "elsewhere" / "alice.csv")
    for toml in ("there", "gone"):
        done = collect("import", "--collector", "storage_csv", file)
        assert done.returncode == 2, toml
        assert f"error: no source lies in {file.parent}" in done.stderr
        assert "fix: Name the one that is meant: --source NAME." in done.stderr
        (facility / "usermon.toml").unlink(missing_ok=True)


@pytest.mark.parametrize("named_by", ["option", "environment"])
def test_import_wants_the_usermon_toml_that_is_named(
    facility: Path, collect: Run, monkeypatch: pytest.MonkeyPatch, named_by: str
) -> None:
    named = ["--config", "nosuch.toml"] if named_by == "option" else []
    if not named:
        monkeypatch.setenv("USERMON_CONFIG", "nosuch.toml")
    file = facility / "local" / "alice.csv"
    done = collect("import", "--collector", "storage_csv", "--source", "local", *named, file)
    assert done.returncode == 2
    assert "error: no such file:" in done.stderr


def test_import_publishes_what_it_took(facility: Path, collect: Run) -> None:
    (facility / "state" / "published" / "alice").mkdir(parents=True)
    collect("import", "--collector", "storage_csv", facility / "cryo" / "alice.csv")
    assert (facility / "state" / "published" / "alice" / "storage.json").exists()


def test_a_file_that_is_not_there_is_wrong_use_and_nothing_is_imported(facility: Path, collect: Run) -> None:
    files = (facility / "local" / "alice.csv", "no\x1b[2Jbody.csv")
    done = collect("import", "--collector", "storage_csv", *files)
    assert done.returncode == 2
    assert done.stderr == "error: no such file: no\\x1b[2Jbody.csv\nfix: Check the name.\n"
    assert not (facility / "state").exists()


def test_import_says_which_file_it_cannot_read_and_keeps_what_came_before(
    facility: Path, collect: Run
) -> None:
    folder = facility / "local" / "charlie.csv"
    folder.mkdir()
    done = collect("import", "--collector", "storage_csv", facility / "local" / "alice.csv", folder)
    assert done.returncode == 1
    assert f"error: {folder}: not a regular file" in done.stderr
    file = facility / "local" / "alice.csv"
    assert result(collect("import", "--collector", "storage_csv", "--json", file))["already_known"] == 2


@pytest.mark.parametrize("command", ["check", "import", "parse"])
def test_no_file_name_reaches_the_terminal_with_its_control_characters(
    facility: Path, collect: Run, command: str
) -> None:
    # check meets it as a user's name that is none, the others find rubbish in it.
    file = facility / "local" / "e\x1b[2Jvil\n.csv"
    file.write_text("rubbish\n")
    by_hand = {
        "check": (),
        "import": ("--collector", "storage_csv", "--user", "alice", file),
        "parse": ("--collector", "storage_csv", file, facility / "local" / "bob.csv"),
    }
    done = collect(command, *by_hand[command])
    assert done.returncode == 0
    assert "e\\x1b[2Jvil\\x0a.csv" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr


def test_parse_shows_records_and_rejected_lines_and_saves_nothing(facility: Path, collect: Run) -> None:
    done = collect("parse", "--collector", "storage_csv", facility / "local" / "bob.csv", "--json")
    assert result(done) == {
        "records": [
            {"date": "2026-03-02 09:00", "gb": 118, "nfiles": 20411},
            {"date": "2026-03-02 09:30", "gb": 121, "nfiles": 20977},
        ],
        "rejected": [
            {"line": 3, "text": "rubbish", "reason": "1 column instead of the three date,GB,nfiles"}
        ],
    }
    assert not (facility / "state").exists()


def test_parse_names_the_file_when_there_are_several(facility: Path, collect: Run) -> None:
    files = sorted((facility / "local").glob("*.csv"))
    said = result(collect("parse", "--collector", "storage_csv", "--json", *files))
    assert {record["file"] for record in said["records"]} == {str(file) for file in files}
    assert said["rejected"][0]["file"].endswith("bob.csv")


QSTAT = """Job Id: 7.head
    Job_Name = fit
    Job_Owner = alice@head
    job_state = Q
    queue = batch

Job Id: 8.head
    Job_Name = fit
    Job_Owner = bob@head
    job_state = Q
    queue = batch
"""


def test_the_last_job_of_a_file_is_read_when_it_is_whole_and_refused_when_the_file_was_cut(
    collect: Run, tmp_path: Path
) -> None:
    file = tmp_path / "qstat.txt"
    for text, users in ((QSTAT, ["alice", "bob"]), (QSTAT[:-20], ["alice"]), (f"{QSTAT}    Re", ["alice"])):
        file.write_text(text)
        from_file = result(collect("parse", "--collector", "torque", "--json", file))
        assert [record["user"] for record in from_file["records"]] == users
        piped = result(collect("parse", "--collector", "torque", "--json", "-", stdin=text))
        assert piped == from_file


def test_parse_shows_people_the_end_and_what_is_bad(facility: Path, collect: Run) -> None:
    said = collect("parse", "--collector", "storage_csv", "-", stdin=GOOD + "rubbish\n").stdout
    assert "2 records, 1 lines rejected" in said
    assert "line 3: 1 column instead of the three date,GB,nfiles: rubbish" in said


def test_an_unknown_collector_is_wrong_use(tmp_path: Path, collect: Run) -> None:
    done = collect("parse", "--collector", "horoscope", "x")
    assert done.returncode == 2
    assert "storage_csv" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message", "command"),
    [
        (["twice"], "No such command 'twice'.", "usermon-collect"),
        (["once", "--sauce", "local"], "No such option", "usermon-collect once"),
        (["import", "--collector", "storage_csv"], "Missing argument 'FILE...'.", "usermon-collect import"),
        (["parse", "x"], "Missing option '--collector'. Choose from: ", "usermon-collect parse"),
    ],
)
def test_wrong_use_is_told_in_two_lines(
    collect: Run, arguments: list[str], message: str, command: str
) -> None:
    done = collect(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    error, fix = done.stderr.splitlines()
    assert error.startswith(f"error: {message}")
    assert fix == f"fix: `{command} --help` shows how it is called."


def test_without_a_command_it_shows_what_it_can_do(collect: Run) -> None:
    done = collect()
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: usermon-collect [OPTIONS] COMMAND")
    assert collect("--help").returncode == 0


def test_the_shared_tricky_files_parse_as_expected(collect: Run, shared_storage: Path) -> None:
    expected = expected_storage(shared_storage / "tricky")["csv"]
    for name in ("with_header.csv", "truncated_last_line.csv", "no_final_newline.csv", "nan.csv"):
        file = shared_storage / "tricky" / "csv" / name
        said = result(collect("parse", "--collector", "storage_csv", file, "--json"))
        assert [r["line"] for r in said["rejected"]] == expected[name]["bad_lines"]
        assert said["records"][-1] == expected[name]["last"]
