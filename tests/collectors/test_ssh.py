"""Reading other machines over ssh: a real sshd, whose key must be known and who must know ours."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from collectors import ssh
from collectors.command import CommandFailed
from collectors.reach import output_of, text_of
from collectors.ssh import parse_address
from tests.factories import source
from tests.sshd import Sshd, make_key, running_sshd
from usermon.errors import SettingsError
from usermon.site_file import Source, read_site_file


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with running_sshd(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture
def machine(sshd: Sshd, monkeypatch: pytest.MonkeyPatch) -> Iterator[Source]:
    """A source on a machine that is known."""
    monkeypatch.setenv("HOME", str(sshd.home))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    sshd.is_known()
    yield replace(source("elsewhere"), path=None, ssh=sshd.address, ssh_key=sshd.key, timeout_seconds=10)
    ssh.close_connections()
    (sshd.home / ".ssh" / "config").unlink(missing_ok=True)


def refused(machine: Source, *argv: str) -> CommandFailed:
    with pytest.raises(CommandFailed) as caught:
        text_of(machine, argv or ("true",))
    return caught.value


def test_a_command_runs_there_word_for_word(machine: Source) -> None:
    odd = "a b; echo $HOME '\"* \\ \n\t€"
    output = output_of(machine, ["sh", "-c", 'printf %s "$1"; echo bad >&2; exit 3', "sh", odd])
    assert (output.text, output.complaints, output.exit_code) == (odd, "bad\n", 3)


def test_reports_come_in_the_language_that_parsers_know(machine: Source) -> None:
    assert text_of(machine, ["sh", "-c", "echo $LC_ALL"]) == "C\n"


def test_what_is_not_utf8_is_shown(machine: Source) -> None:
    assert text_of(machine, ["printf", r"a\377b"]) == r"a\xffb"


def test_output_and_complaints_of_any_size_come_whole_or_not_at_all(
    machine: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    noisy = 'head -c 5000000 /dev/zero | tr "\\0" x; head -c 5000000 /dev/zero | tr "\\0" y >&2'
    output = output_of(machine, ["sh", "-c", noisy])
    assert len(output.text) == 5_000_000
    assert 0 < len(output.complaints) <= 1 << 16
    monkeypatch.setattr("collectors.ssh.LARGEST_REPORT_BYTES", 1 << 20)
    assert "printed more than" in refused(machine, "cat", "/dev/zero").message
    assert text_of(machine, ["echo", "still there"]) == "still there\n"


def test_a_command_that_fails_or_is_not_there_is_told_in_its_own_words(machine: Source) -> None:
    assert "ended with 2: ls: cannot access '/nowhere'" in refused(machine, "ls", "/nowhere").message
    error = refused(machine, "mmrepquota", "-Y")
    assert "mmrepquota" in error.message
    assert "elsewhere" in error.message


def test_a_command_that_does_not_end_is_ended_there_too(machine: Source, tmp_path: Path) -> None:
    alive = tmp_path / "alive"
    script = f"while true; do date >{alive}; sleep 0.1; done"
    error = refused(replace(machine, timeout_seconds=1), "sh", "-c", script)
    assert "did not end within 1 s" in error.message
    ended = alive.stat().st_mtime_ns
    time.sleep(0.4)
    assert alive.stat().st_mtime_ns == ended


def test_where_the_other_end_hangs_the_limit_here_counts(
    machine: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collectors.ssh._BOUNDED", 'exec "$@"')
    monkeypatch.setattr("collectors.ssh._GRACE_SECONDS", 0)
    started = time.monotonic()
    assert "did not end within 1 s" in refused(replace(machine, timeout_seconds=1), "sleep", "30").message
    assert time.monotonic() - started < 20


def test_one_connection_serves_a_machine_and_a_lost_one_is_made_again(machine: Source, sshd: Sshd) -> None:
    def connections() -> int:
        return (sshd.folder / "sshd.log").read_text().count("Accepted publickey")

    before = connections()
    threads = [threading.Thread(target=text_of, args=(machine, ["sleep", "0.1"])) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert connections() == before + 1
    # Our session's parent is the process that serves this connection.
    refused(machine, "sh", "-c", "kill -9 $(ps -o ppid= -p $(ps -o ppid= -p $$))")
    assert text_of(machine, ["echo", "again"]) == "again\n"
    assert connections() == before + 2


def test_a_machine_whose_key_is_not_known_is_refused_and_not_made_known(machine: Source, sshd: Sshd) -> None:
    known = sshd.home / ".ssh" / "known_hosts"
    known.write_text("")
    error = refused(machine)
    assert f"the key of 127.0.0.1:{sshd.port} is not known here" in error.message
    assert f"`ssh -p {sshd.port} " in error.remedy
    assert "compare the fingerprint" in error.remedy
    assert known.read_text() == ""


def test_a_machine_that_shows_another_key_is_refused(machine: Source, sshd: Sshd, tmp_path: Path) -> None:
    other = make_key(tmp_path / "other").with_suffix(".pub").read_text()
    sshd.is_known(" ".join(other.split()[:2]))
    error = refused(machine)
    assert "shows another key than the one that is known for it" in error.message
    assert "ssh-keygen -R" in error.remedy


def test_a_key_that_is_not_taken_there_or_cannot_be_read_is_told(machine: Source, tmp_path: Path) -> None:
    stranger = replace(machine, ssh_key=make_key(tmp_path / "stranger"))
    assert "takes none of the keys" in refused(stranger).message
    locked = replace(machine, ssh_key=make_key(tmp_path / "locked", "a passphrase"))
    assert "has a passphrase" in refused(locked).message
    missing = refused(replace(machine, ssh_key=tmp_path / "missing"))
    assert "No such file" in missing.message


def test_a_machine_that_does_not_answer_is_told(machine: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    error = refused(replace(machine, ssh="somebody@127.0.0.1:9"), "sh", "-c", "a long script")
    assert "cannot be reached" in error.message
    assert "Run `ssh -p 9 somebody@127.0.0.1` once as the collectors' account" in error.remedy
    monkeypatch.setattr("collectors.ssh.CONNECT_SECONDS", 1)

    with socket.create_server(("127.0.0.1", 0)) as silent:
        error = refused(replace(machine, ssh=f"127.0.0.1:{silent.getsockname()[1]}"))
    assert "cannot be reached" in error.message


def test_the_ssh_configuration_is_respected(machine: Source, sshd: Sshd) -> None:
    elsewhere = sshd.home / ".ssh" / "known_elsewhere"
    elsewhere.write_text((sshd.home / ".ssh" / "known_hosts").read_text())
    (sshd.home / ".ssh" / "known_hosts").write_text("")
    (sshd.home / ".ssh" / "config").write_text(
        f"Host head-a\n  HostName 127.0.0.1\n  Port {sshd.port}\n  IdentityFile {sshd.key}\n"
        f"  UserKnownHostsFile {elsewhere}\n"
    )
    assert text_of(replace(machine, ssh="head-a", ssh_key=None), ["echo", "hello"]) == "hello\n"


def test_a_report_is_read_from_a_file_there(machine: Source, tmp_path: Path) -> None:
    report = tmp_path / "a report"
    report.write_text("alice\t5\n")
    assert text_of(machine, ["cat", "--", str(report)]) == "alice\t5\n"


def test_usermon_toml_names_machine_and_key(tmp_path: Path) -> None:
    (tmp_path / "usermon.toml").write_text(
        '[[source]]\nname = "a"\ncollector = "torque"\nssh = "root@head-a:2222"\nssh_key = "keys/a"\n'
    )
    (read,) = read_site_file(tmp_path / "usermon.toml").sources
    assert (read.ssh, read.ssh_key) == ("root@head-a:2222", tmp_path / "keys" / "a")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("head-a", ("head-a", None, None)),
        ("root@10.0.0.1:2222", ("10.0.0.1", "root", 2222)),
        ("[fe80::1%eth0]:22", ("fe80::1%eth0", None, 22)),
    ],
)
def test_addresses(text: str, address: tuple[str, str | None, int | None]) -> None:
    assert parse_address(text, "ssh") == address


@pytest.mark.parametrize("text", ["", "-oProxyCommand=x", "a b", "head:99999", "head:x", "@head", "fe80::1"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="ssh is"):
        parse_address(text, "ssh")


def test_a_key_that_is_not_there_is_named(machine: Source, tmp_path: Path) -> None:
    ssh.close_connections()
    error = refused(replace(machine, ssh_key=tmp_path / "no-key"))
    assert f"the key {tmp_path / 'no-key'} cannot be read: No such file" in error.message
    assert "ssh_key" in error.remedy
