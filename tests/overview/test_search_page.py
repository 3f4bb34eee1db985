"""Searching without scripts, and what the field's script asks for."""

import pytest

from tests.factories import dashboard_state, usage
from tests.overview.conftest import Get
from usage_store.dashboards import save_states
from usage_store.engine import Store
from usage_store.host_saving import save_hosts
from usage_store.queue_saving import save_queues
from usage_store.storage_saving import save_storage
from usermon.host_records import HostInfo
from usermon.queue_records import ClusterSnapshot, FinishedJob, Job, Node

HTML = {"Accept": "text/html"}
NOW = 1_772_452_800


@pytest.fixture
def filled(sqlite_store: Store) -> Store:
    with sqlite_store.writing() as connection:
        save_storage(connection, [usage("alice", gb=5), usage("a/<b>")])
        save_states(connection, [dashboard_state("alice", "asleep")])
        save_hosts(
            connection, "machines", [HostInfo("host a", NOW, 4, "x86_64", "Model", 2400.0, 1, 1 << 33)]
        )
        job = Job("7[1]", 7, "align", "alice", 16, 1.0, "batch", "R", 1, None)
        ended = FinishedJob("birch", "70", "alice", "batch", "COMPLETED", NOW, NOW, NOW + 60, 60, 1, 0, 1)
        node = Node("n1", "job-exclusive", 1.0, 16, 16)
        save_queues(connection, "birch", [ClusterSnapshot("birch", NOW, (job,), (node,)), ended])
    return sqlite_store


def test_every_page_has_the_field_and_it_works_without_scripts(get: Get, filled: Store) -> None:
    for path in ("/storage", "/users/alice", "/collection", "/search"):
        text = get(path, headers=HTML).get_data(as_text=True)
        assert '<form class="site-search" role="search" action="/search" method="get"' in text
    text = get("/search?q=ALI", headers=HTML).get_data(as_text=True)
    assert (
        '<a href="/users/alice">alice</a> <span class="hint">5 GiB on local, dashboard asleep</span>' in text
    )
    assert '<a href="/queues?cluster=birch&amp;name=7%5B1%5D#jobs">7[1] align</a>' in text
    assert 'value="ALI"' in text


def test_results_come_by_kind_with_a_fact_and_an_address_each(get: Get, filled: Store) -> None:
    assert get("/search.json?q=7").json == [
        {
            "title": "Jobs",
            "hits": [
                {
                    "kind": "job",
                    "name": "7[1] align",
                    "fact": "running, alice on birch, 16 processors",
                    "time": None,
                    "link": "/queues?cluster=birch&name=7%5B1%5D#jobs",
                },
                {
                    "kind": "job",
                    "name": "70",
                    "fact": "ended: completed, alice on birch, 1 processor",
                    "time": None,
                    "link": "/queues/birch?job=70",
                },
            ],
        }
    ]
    job = get("/queues/birch?job=70", headers=HTML).get_data(as_text=True).partition('id="ended-job"')[2]
    assert "Job 70</h2>" in job
    assert '<a href="/users/alice">alice</a>' in job
    assert "completed" in job.partition("</section>")[0]
    assert "No ended job of this id" in get("/queues/birch?job=71", headers=HTML).get_data(as_text=True)
    (cluster,) = get("/api/search?q=birch").json or [{}]
    assert cluster["fact"] == "16 of 16 processors busy, 1 jobs"
    assert (cluster["link"], cluster["time"]) == ("/queues/birch", NOW)


def test_names_from_outside_stay_text_and_lead_where_they_should(get: Get, filled: Store) -> None:
    text = get("/search?q=<b>", headers=HTML).get_data(as_text=True)
    assert '<a href="/users/a%2F%3Cb%3E">a/&lt;b&gt;</a>' in text
    (host,) = get("/api/search?q=host").json or [{}]
    assert host["link"] == "/hosts/host%20a"
    for link in ("/users/a%2F%3Cb%3E", "/hosts/host%20a", "/queues/birch"):
        assert get(link, headers=HTML).status_code == 200


def test_nothing_found_is_said_in_words(get: Get, filled: Store) -> None:
    text = get("/search?q=zzz", headers=HTML).get_data(as_text=True)
    assert "Nothing is named like <b>zzz</b>" in text
    assert get("/search.json?q=zzz").json == []
    assert get("/search.json").json == []
    assert "Write a part of a name" in get("/search", headers=HTML).get_data(as_text=True)


def test_what_was_saved_is_found_by_the_next_question(get: Get, filled: Store) -> None:
    assert get("/search.json?q=zoe").json == []
    with filled.writing() as connection:
        save_storage(connection, [usage("zoe")])
    (users,) = get("/search.json?q=zoe").json or [{}]
    assert users["hits"][0]["link"] == "/users/zoe"
