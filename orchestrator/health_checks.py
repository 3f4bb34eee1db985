"""How an engine sees that a container is well: without starting a Python, for it asks each of hundreds."""

_ASK = (
    'exec 3<>/dev/tcp/127.0.0.1/{port} && printf "GET /healthz HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n" >&3'
    ' && read -r -t 5 -u 3 answer && [[ $answer == *" 200 "* ]]'
)

# Of a line of /proc/net/tcp: ours, listening, and the queue of those who wait to be accepted is short.
_LOOK = (
    "while read -r _ local _ state queues _; do [[ $state == 0A && $local == *:{port:04X} ]]"
    " && ((16#${{queues#*:}} < {most})) && exit 0; done </proc/net/tcp; exit 1"
)
_MOST_WAITING = 64

HEARTBEAT_FILE = "/tmp/heartbeat"  # noqa: S108 - in the container, whose /tmp is its own
_HEARTBEAT_MINUTES = 5


def http_health_check(port: int) -> tuple[str, ...]:
    """bash opens the connection itself; neither curl nor Python is needed in the image."""
    return ("CMD", "bash", "-c", _ASK.format(port=port))


def listening_health_check(port: int) -> tuple[str, ...]:
    """For containers that may not connect to anything, themselves included: the kernel's table tells."""
    return ("CMD", "bash", "-c", _LOOK.format(port=port, most=_MOST_WAITING))


def heartbeat_health_check() -> tuple[str, ...]:
    """The file that the collectors touch while they work is young."""
    return ("CMD", "bash", "-c", f"[[ -n $(find {HEARTBEAT_FILE} -mmin -{_HEARTBEAT_MINUTES}) ]]")
