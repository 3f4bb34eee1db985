"""What the tab I/O says in words and numbers. Pure data, no components."""

from datetime import UTC, datetime

from user_dashboard.cards import Notice
from user_dashboard.comparison import Comparison, compared
from user_dashboard.facts import Fact
from user_dashboard.io.data import DAY, HOUR, Io
from user_dashboard.wording import date_and_time, number

_QUIET_DAYS = 7


def make_facts(io: Io) -> tuple[Fact, ...]:
    published = io.published
    facts = [
        Fact("Last 30 days", number(published.total_of_month), "operations", "of the facility’s I/O log"),
        Fact("In all", number(published.total), "operations", _since(io)),
    ]
    if published.sizes.total:
        most = max(range(len(io.size_words)), key=lambda n: published.sizes.total[n])
        share = _percent(published.sizes.total[most], published.total)
        facts.append(Fact("Most often read at once", io.size_words[most], "", f"{share} of all operations"))
    if published.machines.name:
        share = _percent(published.machines.total[0], published.total)
        facts.append(Fact("Busiest machine", published.machines.name[0], "", f"{share} of all operations"))
    return tuple(facts)


def make_comparison(io: Io) -> Comparison | None:
    median = io.published.median
    if median is None:
        return None
    own = io.published.total_of_month
    amount = compared("Operations in the last 30 days", "operations", own, median.total_of_month)
    return Comparison(median.users, (amount,))


def make_notices(io: Io, wall_clock: float) -> tuple[Notice, ...]:
    """`wall_clock` is what it shows now, in epoch seconds as if it were UTC."""
    newest, silence = io.newest, io.published.silence
    notices = []
    if silence is not None and (newest is None or newest <= silence.since):
        log = "The facility’s I/O log" if silence.of_all else "One of the facility’s I/O logs"
        since = date_and_time(silence.since, UTC)
        words = f"{log} is silent since {since}: what you read since then is not known here."
        notices.append(Notice(f"{words} Your administrators can see why.", warning=True))
        # Of the time since, a log that says nothing of anybody says nothing of this user.
        wall_clock = min(wall_clock, silence.since) if silence.of_all else wall_clock
    if newest is not None and wall_clock - newest - HOUR >= _QUIET_DAYS * DAY:
        day = date_and_time(newest, UTC)
        notices.append(Notice(f"Nothing newer of yours is in the log: the newest is of {day}."))
    return tuple(notices)


def machine_rows(io: Io) -> dict[str, list[object]]:
    """The table's columns."""
    machines = io.published.machines
    return {
        "machine": list(machines.name),
        "type": list(machines.type),
        "operations": list(machines.total),
        "share": [round(total / (io.published.total or 1), 4) for total in machines.total],
        "sessions": list(machines.sessions),
    }


def _since(io: Io) -> str:
    if not io.daily_time:
        return ""
    day = datetime.fromtimestamp(io.daily_time[0], UTC)
    return f"the first on {day.day} {day:%B %Y}"


def _percent(part: int, whole: int) -> str:
    return f"{number(round(100 * part / whole))} %" if whole else "0 %"
