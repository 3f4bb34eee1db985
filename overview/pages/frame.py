"""What every page has around it: the pages' names, the theme of plots."""

from typing import Any

from flask import Flask

from overview.charts import plot_themes
from overview.coded import coded

# In the order of the navigation.
PAGES = (
    ("Start", "/"),
    ("Storage", "/storage"),
    ("Queues", "/queues"),
    ("I/O", "/io"),
    ("Hosts", "/hosts"),
    ("Backups", "/backups"),
    ("Dashboards", "/dashboards"),
    ("Collection", "/collection"),
    ("Alerts", "/alerts"),
)

# Plotly's bundle writes the styles of its maps into every page, unless an element of this id stands there.
# The id changes with the bundle; a browser test sees the policy's complaint then.
PLOTLY_MAP_STYLE_ID = "9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53"


def install_frame(app: Flask) -> None:
    app.jinja_env.filters["coded"] = coded

    @app.context_processor
    def frame() -> dict[str, Any]:
        return {"pages": PAGES, "plot_themes": plot_themes, "plotly_map_style_id": PLOTLY_MAP_STYLE_ID}
