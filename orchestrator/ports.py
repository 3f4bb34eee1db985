"""Which user has which port: once given, a port stays, whatever the lists say later."""

from collections.abc import Collection, Mapping, Sequence

from usermon.errors import UsermonError

HIGHEST_PORT = 65_535


class NoPortLeft(UsermonError):
    """The numbers from the base port up to 65535 do not suffice."""


def assign_ports(
    users: Sequence[str],
    ledger: Mapping[str, int],
    *,
    base: int,
    step: int,
    taken: Collection[int],
) -> dict[str, int]:
    """A port for each of `users`: their own from the ledger, else the lowest free one from `base` on.

    `taken` are ports that others hold: no new user gets one of those. Users that left the lists keep theirs
    in the ledger, so nobody else gets it either.

    Raises:
        NoPortLeft: when 65535 is reached.
    """
    unavailable = {*ledger.values(), *taken}
    candidates = iter(range(base, HIGHEST_PORT + 1, step))
    ports = {}
    for user in users:
        if user in ledger:
            ports[user] = ledger[user]
            continue
        port = next((port for port in candidates if port not in unavailable), None)
        if port is None:
            raise NoPortLeft(
                f"no port is left for {user}: all from {base} in steps of {step} are given",
                "Lower USERMON_BASE_PORT or USERMON_PORT_STEP; `orchestrator forget USER` frees a port.",
            )
        ports[user] = port
    return ports
