"""What Dash's script in the page asks for, for tests without a browser."""

from typing import Any

from flask import Flask

from tests.web_shared.accounts import PASSWORD
from user_dashboard.io.tab import IoTab
from user_dashboard.jobs.tab import JobsTab
from user_dashboard.storage_tab import StorageTab

ALICE = ("alice", PASSWORD)
_OUTPUTS = [
    *(output for tab in (StorageTab, IoTab, JobsTab) for output in tab.outputs),
    ("tabs", "data"),
    ("shown", "data"),
]


def redraw(
    app: Flask,
    changed: str = "view.data",
    shown: dict[str, str] | None = None,
    view: dict[str, Any] | None = None,
) -> Any:
    """The changed parts by component, none for "nothing new"."""
    answer = app.test_client().post(
        "/_dash-update-component",
        auth=ALICE,
        json={
            "output": f"..{'...'.join('.'.join(output) for output in _OUTPUTS)}..",
            "outputs": [{"id": name, "property": part} for name, part in _OUTPUTS],
            "inputs": [
                {"id": "view", "property": "data", "value": view or {"theme": "light", "range": "all"}},
                {"id": "tick", "property": "n_intervals", "value": 1},
            ],
            "changedPropIds": [changed],
            "state": [{"id": "shown", "property": "data", "value": shown}],
        },
    )
    assert answer.status_code == 200
    return (answer.json or {}).get("response", {})
