"""The tab Jobs: thin, reads the file and draws with pure functions."""

from user_dashboard.figures import View
from user_dashboard.jobs.cards import (
    current_table,
    finished_table,
    late_clusters,
    make_comparison,
    make_facts,
    make_notices,
)
from user_dashboard.jobs.data import JobsFile
from user_dashboard.jobs.figures import hours_figure
from user_dashboard.layout import draw_comparison, draw_empty, draw_facts, draw_notices
from user_dashboard.tabs import Answer, OutputName, draw_problem


class JobsTab:
    name = "jobs"
    title = "Jobs"
    outputs: tuple[OutputName, ...] = (
        ("jobs-notices", "children"),
        ("jobs-cards", "children"),
        ("jobs-tables", "data"),
        ("jobs-hours-plot", "figure"),
        ("jobs-hours-section", "hidden"),
        ("jobs-parts", "hidden"),
    )

    def __init__(self, file: JobsFile) -> None:
        self._file = file

    def is_there(self) -> bool:
        return self._file.is_there()

    def state(self, view: View, now: float) -> str:
        reading = self._file.read()
        late = late_clusters(reading.content, now) if reading.content is not None else ()
        return f"{reading.revision} {view.theme} {view.span} {late}"

    def draw(self, view: View, now: float) -> Answer:
        reading = self._file.read()
        jobs, problems = reading.content, draw_problem(reading)
        if jobs is None or jobs.is_empty:
            empty = draw_empty(
                "Nothing to show" if problems else "No jobs of yours yet",
                "They appear here by themselves, as soon as a cluster knows of one.",
            )
            return problems, empty, None, {}, True, True
        published = jobs.published
        tables = {
            "timezone": str(jobs.zone),
            "current": current_table(jobs),
            "more_current": published.more_current,
            "clusters": {
                "name": published.clusters.name,
                "time": published.clusters.time,
            },
            "late": [name for name, _ in late_clusters(jobs, now)],
            "finished": finished_table(jobs),
            "more_finished": published.more_finished,
        }
        notices = problems + draw_notices(make_notices(jobs, now))
        cards = [draw_facts(make_facts(jobs)), *draw_comparison(make_comparison(jobs))]
        figure = hours_figure(jobs, view.span, view.theme)
        return notices, cards, tables, figure, not figure["data"][0]["x"], False
