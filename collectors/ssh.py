"""Running a command on another machine over ssh, by fabric: a connection is kept for each machine.

Fabric reads the ssh configuration (names, users, ports, jump hosts, keys); what it does not do by itself is
refuse a machine whose key is not known, and bound what comes back.
"""

import logging
import re
import shlex
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import fabric
import paramiko

from collectors.appended_file import LARGEST_REPORT_BYTES
from collectors.command import REPORT_ENVIRONMENT, CommandFailed, Output, decode
from collectors.printable import printable
from usermon.errors import SettingsError
from usermon.site_file import Source

CONNECT_SECONDS = 10
# Commands under way at a time, on all machines together, and on one.
AT_ONCE = 16
AT_ONCE_A_HOST = 4
# The other end's own limit comes first, so that nothing is left running there.
_GRACE_SECONDS = 5
_TIMED_OUT = 124  # what `timeout` ends with
_LARGEST_COMPLAINT_BYTES = 1 << 16
_PIECE_BYTES = 1 << 15
_COMPLAINTS_EVERY_SECONDS = 0.2
_ADDRESS = re.compile(
    r"(?:(?P<user>[^@\s]+)@)?(?P<host>\[[\w:.%]+\]|[^\s:@\[\]]+)(?::(?P<port>[0-9]{1,5}))?", re.ASCII
)
# `timeout` is on every Linux; where it is not, the limit here has to do.
_BOUNDED = 'if command -v timeout >/dev/null 2>&1; then exec timeout -k 5 "$0" "$@"; else exec "$@"; fi'

# What goes wrong is told by our own errors, once.
logging.getLogger("paramiko").setLevel(logging.CRITICAL)


class Address(NamedTuple):
    """None: what the ssh configuration says, or its default."""

    host: str
    user: str | None
    port: int | None


class _Refused(Exception):
    """Why no connection came to be, and the way out."""

    def __init__(self, reason: str, remedy: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


def parse_address(text: str, where: str) -> Address:
    """`[user@]host[:port]`, an IPv6 address in brackets. Raises SettingsError naming `where`."""
    match = _ADDRESS.fullmatch(text)
    port = int(match["port"]) if match and match["port"] else None
    if match is None or text.startswith("-") or (port is not None and not 1 <= port <= 65535):
        raise SettingsError(where, f"{where} is {text!r}", 'Write it like "host" or "user@host:port".')
    return Address(match["host"].strip("[]"), match["user"], port)


def output_over_ssh(source: Source, argv: Sequence[str]) -> Output:
    """Raises CommandFailed, or SettingsError for an address that is none."""
    host = _host_of(source)
    # The machine's own limit first: those who wait for a slow one take no place from the others.
    with host.under_way, _under_way:
        try:
            channel = host.channel()
        except _Refused as refused:
            raise CommandFailed(source, argv, refused.reason, refused.remedy) from refused
        try:
            return _run(channel, source, argv)
        except (OSError, EOFError, paramiko.SSHException) as error:
            host.close()
            raise CommandFailed(source, argv, f"lost the connection: {_reason(error)}") from error
        finally:
            channel.close()


def close_connections() -> None:
    """Of all machines."""
    with _lock:
        hosts = list(_hosts.values())
        _hosts.clear()
    for host in hosts:
        host.close()


class _Host:
    """One machine, as one account with one key."""

    def __init__(self, address: Address, key: Path | None) -> None:
        self.under_way = threading.BoundedSemaphore(AT_ONCE_A_HOST)
        self._address = address
        self._key = key
        self._lock = threading.Lock()
        self._connection: Any = None

    def channel(self) -> Any:
        """A new session on the connection that is kept, or on a new one. Raises _Refused."""
        with self._lock:
            if self._connection is not None:
                try:
                    return self._connection.transport.open_session(timeout=CONNECT_SECONDS)
                except (OSError, EOFError, AttributeError, paramiko.SSHException):
                    self._close()  # the other end went away meanwhile
            self._connection = self._connect()
            try:
                return self._connection.transport.open_session(timeout=CONNECT_SECONDS)
            except (OSError, EOFError, paramiko.SSHException) as error:
                self._close()
                raise _Refused(
                    f"is refused a session: {_reason(error)}",
                    "Look what the sshd there allows (MaxSessions, the account's own limits).",
                ) from error

    def close(self) -> None:
        with self._lock:
            self._close()

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _connect(self) -> Any:
        how: dict[str, Any] = {
            "auth_timeout": CONNECT_SECONDS,
            "banner_timeout": CONNECT_SECONDS,
            "look_for_keys": self._key is None,
        }
        if self._key is not None:
            _check_key(self._key)
            how["key_filename"] = [str(self._key)]
        connection = fabric.Connection(
            self._address.host,
            user=self._address.user,
            port=self._address.port,
            connect_timeout=CONNECT_SECONDS,
            connect_kwargs=how,
        )
        _know_hosts(connection)
        shown = f"{connection.host}:{connection.port}"
        try:
            connection.open()
        except Exception as error:
            connection.close()
            raise _refusal(error, shown, connection) from error
        connection.transport.set_keepalive(30)
        return connection


_lock = threading.Lock()
_hosts: dict[tuple[Address, Path | None], _Host] = {}
_under_way = threading.BoundedSemaphore(AT_ONCE)


def _host_of(source: Source) -> _Host:
    assert source.ssh is not None  # noqa: S101 - for the type checker
    address = parse_address(source.ssh, f"source {source.name!r}: ssh")
    with _lock:
        return _hosts.setdefault((address, source.ssh_key), _Host(address, source.ssh_key))


def _know_hosts(connection: Any) -> None:
    """Only machines whose keys stand in the files where ssh itself would look."""
    client = connection.client
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    named = connection.ssh_config.get("userknownhostsfile", "~/.ssh/known_hosts ~/.ssh/known_hosts2")
    system = connection.ssh_config.get("globalknownhostsfile", "/etc/ssh/ssh_known_hosts")
    for name in (*shlex.split(named), *shlex.split(system)):
        file = Path(name).expanduser()
        if file.is_file():
            client.load_system_host_keys(str(file))


def _check_key(key: Path) -> None:
    try:
        key.open("rb").close()
    except OSError as error:
        raise _Refused(
            f"was not tried: the key {key} cannot be read: {error.strerror}",
            "Name a private key by ssh_key that the collectors' account may read.",
        ) from error


def _refusal(error: Exception, shown: str, connection: Any) -> _Refused:
    by_hand = f"`ssh -p {connection.port} {connection.user}@{connection.host}`"
    if isinstance(error, paramiko.BadHostKeyException):
        return _Refused(
            f"was not tried: {shown} shows another key than the one that is known for it",
            f"Ask its admin. If it rightly has a new one: `ssh-keygen -R` its name, then {by_hand} once, as "
            "the collectors' account, compare the fingerprint and accept it.",
        )
    if isinstance(error, paramiko.PasswordRequiredException):
        return _Refused(
            f"was not tried: the key for {shown} has a passphrase",
            "Load it into an agent, or take another key.",
        )
    if isinstance(error, paramiko.AuthenticationException):
        return _Refused(
            f"was not tried: {shown} takes none of the keys for {connection.user}",
            "Name the right key with ssh_key, load it into an agent, or add it to authorized_keys there.",
        )
    if isinstance(error, paramiko.SSHException) and "not found in known_hosts" in str(error):
        return _Refused(
            f"was not tried: the key of {shown} is not known here",
            f"Run {by_hand} once as the collectors' account, compare the fingerprint and accept it.",
        )
    return _Refused(
        f"was not tried: {shown} cannot be reached: {_reason(error)}",
        f"Run {by_hand} once as the collectors' account and see.",
    )


def _reason(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {CONNECT_SECONDS} s"
    return printable((getattr(error, "strerror", None) or str(error) or type(error).__name__)[:200])


def _run(channel: Any, source: Source, argv: Sequence[str]) -> Output:
    too_slow = threading.Event()

    def give_up() -> None:
        too_slow.set()
        channel.close()  # wakes whoever waits for it

    timer = threading.Timer(source.timeout_seconds + _GRACE_SECONDS, give_up)
    timer.start()
    try:
        output = _output(channel, source, argv)
    except (OSError, EOFError, paramiko.SSHException):
        if too_slow.is_set():
            raise _too_slow(source, argv) from None
        raise
    finally:
        timer.cancel()
    if too_slow.is_set() or output.exit_code == _TIMED_OUT:
        raise _too_slow(source, argv)
    if output.exit_code == -1:
        raise CommandFailed(source, argv, "lost the connection before its end")
    return output


def _output(channel: Any, source: Source, argv: Sequence[str]) -> Output:
    environment = [f"{name}={value}" for name, value in REPORT_ENVIRONMENT.items()]
    channel.exec_command(
        shlex.join(["env", *environment, "sh", "-c", _BOUNDED, str(source.timeout_seconds), *argv])
    )
    channel.shutdown_write()
    channel.settimeout(_COMPLAINTS_EVERY_SECONDS)
    text, complaints = bytearray(), bytearray()
    while True:
        while channel.recv_stderr_ready():
            complaints += channel.recv_stderr(_PIECE_BYTES)
            del complaints[_LARGEST_COMPLAINT_BYTES:]
        try:
            piece = channel.recv(_PIECE_BYTES)
        except TimeoutError:
            continue
        if not piece:
            break
        text += piece
        if len(text) > LARGEST_REPORT_BYTES:
            raise CommandFailed(source, argv, f"printed more than {LARGEST_REPORT_BYTES >> 20} MiB")
    code = channel.recv_exit_status()
    while channel.recv_stderr_ready():
        complaints += channel.recv_stderr(_PIECE_BYTES)
    return Output(decode(bytes(text)), decode(bytes(complaints[:_LARGEST_COMPLAINT_BYTES])), code)


def _too_slow(source: Source, argv: Sequence[str]) -> CommandFailed:
    return CommandFailed(source, argv, f"did not end within {source.timeout_seconds} s")
