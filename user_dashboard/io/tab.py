"""The tab I/O: thin, reads the file and draws with pure functions."""

from user_dashboard.figures import View
from user_dashboard.io.cards import machine_rows, make_comparison, make_facts, make_notices
from user_dashboard.io.data import Io, IoFile
from user_dashboard.io.figures import operations_figure, sizes_figure
from user_dashboard.layout import draw_comparison, draw_empty, draw_facts, draw_notices
from user_dashboard.own_file import zone_named
from user_dashboard.plotted_dates import with_dates
from user_dashboard.tabs import Answer, OutputName, draw_problem
from usermon.histories import local_milliseconds


class IoTab:
    name = "io"
    title = "I/O"
    outputs: tuple[OutputName, ...] = (
        ("io-notices", "children"),
        ("io-cards", "children"),
        ("io-time-plot", "figure"),
        ("io-sizes-plot", "figure"),
        ("io-machines", "data"),
        ("io-plots", "hidden"),
    )

    def __init__(self, file: IoFile) -> None:
        self._file = file

    def is_there(self) -> bool:
        return self._file.is_there()

    def state(self, view: View, now: float) -> str:
        today = int(now // 86_400)  # the notice that nothing came for long comes by itself
        return f"{self._file.read().revision} {view.theme} {view.scale} {view.range} {today}"

    def draw(self, view: View, now: float) -> Answer:
        reading = self._file.read()
        io, problems = reading.content, draw_problem(reading)
        notices = problems if io is None else problems + draw_notices(make_notices(io, _wall_clock(io, now)))
        if io is None or io.is_empty:
            empty = draw_empty(
                "Nothing to show" if problems else "No I/O of yours yet",
                "It appears here by itself, as soon as the facility’s I/O log names you.",
            )
            return notices, empty, {}, {}, None, True
        cards = [draw_facts(make_facts(io)), *draw_comparison(make_comparison(io))]
        machines = {"rows": machine_rows(io), "more": io.published.more_machines}
        return (
            notices,
            cards,
            with_dates(operations_figure(io, view)),
            sizes_figure(io, view),
            machines,
            False,
        )


def _wall_clock(io: Io, now: float) -> float:
    """What the facility's clock shows at `now`, in epoch seconds as if that were UTC."""
    return local_milliseconds([int(now)], zone_named(io.published.timezone))[0] / 1000
