"""Dash without what a dashboard never uses. The only module that imports dash.

Dash needs four names of the package plotly: a class for type hints, a version, a JSON writer and its encoder.
For these it would load 70 modules of plotly and narwhals: 6 MB and 0.1 s of CPU in every user's container.
Our figures are plain dictionaries, so small stand-ins do. Likewise Dash makes 160 component classes of
which a page of ours has two dozen, and looks for notebooks and plug-ins that nobody has. Where the real
modules were loaded before, they stay.
tests/user_dashboard/test_light_dash.py notices when a new Dash wants more.
"""

import importlib
import json
import sys
import typing
from types import ModuleType
from typing import Any

from user_dashboard.stand_ins import load_later, stand_in


class _ComponentEncoder(json.JSONEncoder):
    def default(self, o: Any) -> Any:
        return o.to_plotly_json() if hasattr(o, "to_plotly_json") else super().default(o)


def _to_json(value: Any, pretty: bool = False, engine: str | None = None) -> str:
    del engine
    return json.dumps(value, cls=_ComponentEncoder, indent=2 if pretty else None, separators=(",", ":"))


class _Figure:
    """Stands where Dash names plotly's class in a type hint."""


class _NoNotebook:
    """Dash asks whether it is shown in one."""

    active = in_ipython = False


class _Few(ModuleType):
    """Stands for the list of all components of a Dash package: makes those that are named, no others."""

    def __init__(self, package: str, components: list[str]) -> None:
        super().__init__(f"{package}._imports_")
        self.__all__ = components
        self._package = package

    def __getattr__(self, name: str) -> Any:
        if name not in self.__all__:
            raise AttributeError(name)
        return getattr(importlib.import_module(f"{self._package}.{name}"), name)


_HTML = ["Caption", "Div", "H2", "P", "Section", "Span", "Table", "Tbody", "Td", "Th", "Thead", "Time", "Tr"]

if "dash" not in sys.modules:
    for _few in (
        _Few("dash.html", _HTML),
        _Few("dash.dcc", ["Graph", "Interval", "Location", "Store"]),  # Dash itself makes a Location
    ):
        sys.modules[_few.__name__] = _few

if "plotly" not in sys.modules:
    stand_in("plotly", __version__="0")
    stand_in("plotly.graph_objects", Figure=_Figure)
    stand_in("plotly.offline", get_plotlyjs_version=lambda: "0")
    stand_in("plotly.io")
    stand_in("plotly.io.json", to_json_plotly=_to_json)
    stand_in("_plotly_utils")
    stand_in("_plotly_utils.utils", PlotlyJSONEncoder=_ComponentEncoder)

if "dash" not in sys.modules:
    # Another package of components: none of ours.
    stand_in("dash.dash_table", _js_dist=[])
    # For its version, and for plug-ins among all packages that are installed: there are none in our image.
    stand_in("importlib.metadata", version=lambda _name: "0", distributions=tuple)
    stand_in("importlib_metadata", version=lambda _name: "0")
    # All that it takes from there, Python itself has by now.
    sys.modules.setdefault("typing_extensions", typing)
    # For the pages of its debugger.
    stand_in("werkzeug.debug", tbtools=None)
    stand_in("dash._jupyter", jupyter_dash=_NoNotebook(), JupyterDisplayMode=str)
    # For callbacks that wait, and servers other than Flask.
    stand_in("janus")
    load_later("asyncio")

import dash  # noqa: E402

# Dash's own annotations are partly wrong and mostly missing.
_dash: Any = dash
ClientsideFunction = _dash.ClientsideFunction
Dash = _dash.Dash
Input = _dash.Input
Output = _dash.Output
State = _dash.State
dcc = _dash.dcc
html = _dash.html
no_update = _dash.no_update
