"""A real sshd on loopback with throw-away keys, for whoever reads over ssh.

It runs as the account of the tests, which is the only one that may sign in. `home` is a home folder for the
tests' side: what stands in its .ssh is all that is known there.
"""

import getpass
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 20.0


@dataclass(frozen=True)
class Sshd:
    port: int
    key: Path  # that may sign in
    home: Path
    folder: Path

    @property
    def address(self) -> str:
        """As `ssh` in usermon.toml names it."""
        return f"{getpass.getuser()}@127.0.0.1:{self.port}"

    @property
    def host_key(self) -> str:
        kind, key, *_ = (self.folder / "host_key.pub").read_text().split()
        return f"{kind} {key}"

    def is_known(self, host_key: str | None = None) -> None:
        """Enter its key, or another, where ssh looks for those of known machines."""
        known = self.home / ".ssh" / "known_hosts"
        known.write_text(f"[127.0.0.1]:{self.port} {host_key or self.host_key}\n")


def make_key(file: Path, passphrase: str = "") -> Path:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-f", str(file)], check=True)
    return file


@contextmanager
def running_sshd(folder: Path) -> Iterator[Sshd]:
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # where it looks for something empty
    home = folder / "home"
    (home / ".ssh").mkdir(parents=True, mode=0o700)
    make_key(folder / "host_key")
    key = make_key(folder / "user_key")
    (folder / "authorized_keys").write_text((folder / "user_key.pub").read_text())
    port = _free_port()
    (folder / "sshd_config").write_text(
        f"ListenAddress 127.0.0.1\nPort {port}\nHostKey {folder}/host_key\nPidFile none\n"
        f"AuthorizedKeysFile {folder}/authorized_keys\nPasswordAuthentication no\nUsePAM no\n"
        "KbdInteractiveAuthentication no\nStrictModes no\nPermitRootLogin yes\nAllowAgentForwarding no\n"
    )
    log = (folder / "sshd.log").open("w")
    server = subprocess.Popen(
        ["/usr/sbin/sshd", "-D", "-e", "-f", str(folder / "sshd_config")],
        stderr=log,
        stdin=subprocess.DEVNULL,
    )
    try:
        _wait_until_it_listens(port, server)
        yield Sshd(port, key, home, folder)
    finally:
        server.terminate()
        server.wait(PATIENCE)
        log.close()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_until_it_listens(port: int, server: "subprocess.Popen[bytes]") -> None:
    give_up_at = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert server.poll() is None, "sshd ended"
            assert time.monotonic() < give_up_at, "sshd does not listen"
            time.sleep(0.05)
