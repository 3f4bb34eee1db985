"""The alerts page, its feed, /api/alerts, the metrics, and acknowledging."""

import re
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

from overview import create_app
from tests.alert_samples import NOON, end, finding, save_alerts, save_messages
from tests.overview.site import ADMIN
from usage_store.alerts import find_alert
from usage_store.engine import Store
from usage_store.leases import take_lease
from usermon.state_folder import StateFolder

Get = Callable[..., Any]


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_with_nothing_wrong_the_page_says_so_and_how_to_be_told(get: Get, sqlite_store: Store) -> None:
    assert "Nobody has looked for what is wrong yet" in text_of(get("/alerts").get_data(as_text=True))
    with sqlite_store.writing() as connection:
        take_lease(connection, "alerts", "somebody", 4_000_000_000, 60)
    page = text_of(get("/alerts").get_data(as_text=True))
    assert "nothing is open" in page
    assert "Nobody has looked" not in page
    assert "[mail] host" in page


def test_an_open_alert_is_shown_with_whom_it_was_told(get: Get, sqlite_store: Store) -> None:
    [number] = save_alerts(sqlite_store, finding(words="<img src=x> is silent"))
    with sqlite_store.writing() as connection:
        save_messages(connection, number)
    html = get("/alerts").get_data(as_text=True)
    assert "&lt;img src=x&gt; is silent" in html
    page = text_of(html)
    for words in (
        "1 serious",
        "Look whether it is up.",
        "told 1 time",
        "it@example.org : that it began",
        "it answered 503",
        "1 message has not got through yet",
        "Acknowledge",
    ):
        assert words.replace(" :", ":") in page.replace(" :", ":"), words


def test_history_has_who_saw_it_and_how_long_it_lasted(
    get: Get, client: FlaskClient, sqlite_store: Store
) -> None:
    [number] = save_alerts(sqlite_store, finding())
    client.post(f"/alerts/{number}/acknowledge", auth=ADMIN, data={"by": "Kim", "note": "cable"})
    end(sqlite_store, number, now=NOON + 7200)
    page = text_of(get("/alerts").get_data(as_text=True))
    assert "1 ended" in page
    assert "2 h Kim cable nobody" in page


def test_kinds_and_pages_are_chosen_by_the_address(get: Get, sqlite_store: Store) -> None:
    save_alerts(sqlite_store, *(finding(f"node-{n:03}") for n in range(120)), finding("vault", "backup"))
    first, third = (get(f"/alerts?kind=host&page={n}").get_data(as_text=True) for n in (1, 3))
    assert first.count("<article") == 50
    assert third.count("<article") == 20
    assert 'href="/alerts?kind=host&amp;page=2"' in third
    assert "101 to 120 of 120" in text_of(third)
    assert get("/alerts?kind=backup").get_data(as_text=True).count("<article") == 1
    assert get("/alerts?subject=node-007").get_data(as_text=True).count("<article") == 1
    assert get("/alerts?page=99999999999999999999").status_code == 200
    assert get("/alerts?kind=weather").get_data(as_text=True).count("<article") == 50  # as if not asked


def test_the_feed_is_made_once_until_something_changes(
    get: Get, client: FlaskClient, sqlite_store: Store
) -> None:
    [number] = save_alerts(sqlite_store, finding())
    before = get("/alerts.json")
    assert get("/alerts.json", headers={"If-None-Match": before.headers["ETag"]}).status_code == 304
    client.post(f"/alerts/{number}/acknowledge", auth=ADMIN, data={"by": "Kim"})
    parts = {key: html for key, _, html in get("/alerts.json").get_json()["parts"]}
    assert "seen by Kim" in parts[f"alert-{number}"]


def test_acknowledging_needs_a_name_and_an_open_alert(client: FlaskClient, sqlite_store: Store) -> None:
    [number] = save_alerts(sqlite_store, finding())

    def post(path: str, **data: str) -> int:
        return client.post(path, auth=ADMIN, data=data).status_code

    assert post(f"/alerts/{number}/acknowledge?kind=host", by=" ", note="x") == 422
    assert post(f"/alerts/{number}/acknowledge", by="a" * 65) == 422
    assert post(f"/alerts/{number}/acknowledge", by="Kim\x00") == 422
    assert post("/alerts/99/acknowledge", by="Kim") == 409
    answer = client.post(
        f"/alerts/{number}/acknowledge?kind=host", auth=ADMIN, data={"by": " Kim  L ", "note": "a\nb"}
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/alerts?kind=host")
    with sqlite_store.reading() as connection:
        alert = find_alert(connection, number)
    assert alert is not None
    assert (alert.acknowledged_by, alert.acknowledged_note) == ("Kim L", "a b")


def test_another_site_cannot_acknowledge_for_us(client: FlaskClient, sqlite_store: Store) -> None:
    [number] = save_alerts(sqlite_store, finding())
    answer = client.post(
        f"/alerts/{number}/acknowledge",
        auth=ADMIN,
        data={"by": "Mallory"},
        headers={"Origin": "https://elsewhere.example.org"},
    )
    assert answer.status_code == 403
    with sqlite_store.reading() as connection:
        alert = find_alert(connection, number)
    assert alert is not None
    assert alert.acknowledged_by is None


def test_the_api_tells_all_of_an_alert(get: Get, sqlite_store: Store) -> None:
    first, second = save_alerts(sqlite_store, finding(since=NOON - 900), finding("node-2"))
    with sqlite_store.writing() as connection:
        save_messages(connection, first)
    end(sqlite_store, second)
    answer = get("/api/alerts")
    assert answer.headers["X-Total-Count"] == "1"
    [alert] = answer.get_json()
    assert (alert["subject"], alert["since"], alert["ended_at"]) == ("node-1", "2026-03-02T11:45:00Z", None)
    assert alert["told"][0] == {
        "target": "it@example.org",
        "event": "began",
        "state": "sent",
        "sent_at": "2026-03-02T12:00:01Z",
        "error": None,
    }
    assert [one["subject"] for one in get("/api/alerts?state=ended").get_json()] == ["node-2"]
    assert len(get("/api/alerts?state=all&kind=host").get_json()) == 2
    assert get("/api/alerts?state=none").status_code == 422


def test_metrics_count_open_alerts_by_kind_and_name_nobody(get: Get, sqlite_store: Store) -> None:
    [number] = save_alerts(sqlite_store, finding("alice", "quota"))
    with sqlite_store.writing() as connection:
        save_messages(connection, number)
    text = get("/metrics").get_data(as_text=True)
    assert 'usermon_alerts{kind="quota"} 1' in text
    assert 'usermon_alerts{kind="host"} 0' in text
    assert 'usermon_alert_messages{state="waiting"} 1' in text
    assert "alice" not in text


def test_the_page_without_usermon_toml_knows_the_usual_rules(state: StateFolder, sqlite_store: Store) -> None:
    page = create_app(state, sqlite_store, None).test_client().get("/alerts", auth=ADMIN)
    assert "Nobody is mailed" in page.get_data(as_text=True)
