"""Asks dashboards when their users last looked."""

import http.client
import json
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from orchestrator.deployment import Deployment
from orchestrator.observe import Dashboard
from orchestrator.runtimes import State
from orchestrator.secret_files import read_secret
from usermon.secret import Secret
from usermon.signed_links import derive_link_key
from usermon.state_folder import LINK_KEY
from usermon.visit_questions import make_visits_token

_ASKED_AT_ONCE = 16
_TIMEOUT_SECONDS = 2.0
_LARGEST_ANSWER = 1000


def last_visits(deployment: Deployment, dashboards: Iterable[Dashboard]) -> dict[str, float]:
    """Epoch seconds of those who looked since their container started; of those that run and answer."""
    ready = [d.entry for d in dashboards if d.state is State.READY]
    if not ready:
        return {}
    master = read_secret(deployment.state.admin_folder / LINK_KEY)
    host = deployment.settings.probe_host

    def ask(user: str, port: int) -> float | None:
        return ask_last_visit(host, port, derive_link_key(master, user))

    with ThreadPoolExecutor(max_workers=_ASKED_AT_ONCE) as pool:
        answers = pool.map(ask, (entry.user for entry in ready), (entry.port for entry in ready))
        told = zip(ready, answers, strict=True)
        return {entry.user: visit for entry, visit in told if visit is not None}


def ask_last_visit(host: str, port: int, key: Secret) -> float | None:
    """None where nobody looked, or where the dashboard does not answer: the next round asks again."""
    connection = http.client.HTTPConnection(host, port, timeout=_TIMEOUT_SECONDS)
    token = make_visits_token(key, time.time())
    try:
        connection.request(
            "GET", "/last-visit", headers={"Authorization": f"Bearer {token}", "Connection": "close"}
        )
        answer = connection.getresponse()
        told = json.loads(answer.read(_LARGEST_ANSWER))["last_visit"] if answer.status == 200 else None
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        return None
    finally:
        connection.close()
    return float(told) if isinstance(told, int | float) else None
