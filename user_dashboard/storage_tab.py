"""The tab Storage: cards and two plots. Thin: read the file, draw with pure functions."""

from user_dashboard.cards import is_stale, make_cards, make_notices
from user_dashboard.figures import View, files_figure, storage_figure
from user_dashboard.layout import draw_cards, draw_empty, draw_notices
from user_dashboard.plotted_dates import with_dates
from user_dashboard.published import PublishedFile
from user_dashboard.tabs import Answer, OutputName, draw_problem


class StorageTab:
    name = "storage"
    title = "Storage"
    outputs: tuple[OutputName, ...] = (
        ("notices", "children"),
        ("cards", "children"),
        ("storage-plot", "figure"),
        ("files-plot", "figure"),
        ("storage-section", "hidden"),
        ("files-section", "hidden"),
    )

    def __init__(self, file: PublishedFile) -> None:
        self._file = file

    def is_there(self) -> bool:
        """Always: a new user is told that data will come."""
        return True

    def state(self, view: View, now: float) -> str:
        reading = self._file.read()
        storage = reading.content
        stale = storage is not None and bool(storage.histories) and is_stale(storage, now)
        lines = sorted(view.references | ({"quotas"} if view.quotas else set()))
        chosen = f"{view.theme} {view.scale} {view.range} {' '.join(lines)}"
        return f"{reading.revision} {'stale' if stale else 'fresh'} {chosen}"

    def draw(self, view: View, now: float) -> Answer:
        """Notices, cards, both figures, and whether each plot is hidden."""
        reading = self._file.read()
        storage, problems = reading.content, draw_problem(reading)
        if storage is None or not storage.histories:
            empty = draw_empty(
                "Nothing to show" if problems else "No data yet",
                "Your numbers appear here by themselves, as soon as they are collected.",
            )
            return problems, empty, {}, {}, True, True
        notices = problems + draw_notices(make_notices(storage, now))
        cards = draw_cards(make_cards(storage, now))
        plots = (with_dates(figure(storage, view)) for figure in (storage_figure, files_figure))
        return notices, cards, *plots, False, False
