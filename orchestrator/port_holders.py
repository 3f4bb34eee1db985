"""Who listens on this machine's ports."""

from collections.abc import Collection
from pathlib import Path

_LISTENING = "0A"


def listening_ports(proc: Path = Path("/proc")) -> set[int]:
    """TCP ports that somebody listens on, as the kernel tells it to everybody."""
    ports = set()
    for table in ("net/tcp", "net/tcp6"):
        try:
            rows = (proc / table).read_text().splitlines()[1:]
        except OSError:
            continue
        for row in rows:
            _, local, _, state, *_ = row.split()
            if state == _LISTENING:
                ports.add(int(local.rpartition(":")[2], 16))
    return ports


def name_holders(ports: Collection[int]) -> dict[int, str]:
    """Program and pid of those that listen on `ports`; without root only one's own programs are known."""
    import psutil  # slow to load, and hardly ever needed

    holders = {}
    for connection in psutil.net_connections(kind="tcp"):
        if connection.status != psutil.CONN_LISTEN or connection.pid is None or not connection.laddr:
            continue
        port = connection.laddr.port
        if port not in ports:
            continue
        try:
            holders[port] = f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
        except psutil.NoSuchProcess:
            continue
    return holders
