"""The hosts page and that of one host: what the server renders, and their feeds."""

import time
from pathlib import Path

import pytest

from tests.host_samples import GIB, host_info, host_usage, minutes, save, shared_records
from tests.overview.conftest import Get
from tests.overview.test_pages import HOSTILE, page
from usage_store.engine import Store
from usermon.host_records import MountSpace

HOUR = 3600


@pytest.fixture
def now() -> int:
    return int(time.time())


def test_a_fresh_installation_is_told_how_hosts_are_watched(get: Get) -> None:
    text = page(get, "/hosts")
    assert "No host is watched yet" in text
    assert 'collector = "host"' in text


def test_the_sums_stand_in_the_page_before_any_script(get: Get, sqlite_store: Store, now: int) -> None:
    save(sqlite_store, [host_info(time=now), host_usage(time=now)])
    save(sqlite_store, [host_info("web-01", time=now), host_usage("web-01", time=now - HOUR)])
    text = page(get, "/hosts")
    assert '<p class="big numbers" data-sum="hosts">2</p>' in text
    assert '<p class="big numbers" data-sum="silent">1</p>' in text
    assert "24 GiB of 32 GiB" in text
    assert 'id="all-silent" hidden' in text


def test_tables_that_are_years_old_are_said_to_be_old(
    get: Get, sqlite_store: Store, shared_hosts: Path
) -> None:
    save(sqlite_store, shared_records(shared_hosts))
    text = page(get, "/hosts")
    assert 'id="all-silent">' in text
    assert "6 of them given up" in text
    [words] = {troubles[0][2] for troubles in get("/hosts/tiles.json").get_json()["troubles"].values()}
    assert words.startswith("said nothing for")
    assert words.endswith("years")


def test_changes_of_hardware_are_listed(get: Get, sqlite_store: Store, now: int) -> None:
    save(sqlite_store, [host_info(time=now - HOUR), host_info(time=now, total_memory_bytes=64 * GIB)])
    assert "memory 32 GiB → 64 GiB" in page(get, "/hosts")
    assert "memory 32 GiB → 64 GiB" in page(get, "/hosts/calc-01")


def test_the_feed_is_held_until_a_sample_comes(get: Get, sqlite_store: Store, now: int) -> None:
    save(sqlite_store, [host_usage(time=now - 60)])
    first = get("/hosts/tiles.json")
    held = {"If-None-Match": first.headers["ETag"]}
    assert get("/hosts/tiles.json", headers=held).status_code == 304
    save(sqlite_store, [host_usage(time=now, memory_free_bytes=GIB)])
    assert get("/hosts/tiles.json", headers=held).status_code == 200


def test_a_host_tells_its_newest_sample_and_what_is_wrong(get: Get, sqlite_store: Store, now: int) -> None:
    mounts = (MountSpace("/", GIB // 2), MountSpace("/scratch", 900 * GIB))
    save(sqlite_store, [host_info(time=now), host_usage(time=now, mounts=mounts)])
    text = page(get, "/hosts/calc-01")
    assert "75 % of 32 GiB, 8.0 GiB free" in text
    assert "/ nearly full: 512 MiB left" in text
    assert "Model A" in text


def test_lines_end_now_and_tell_gaps_in_words(get: Get, sqlite_store: Store, now: int) -> None:
    start = now // 60 * 60 - 60 * 60
    save(sqlite_store, [host_info(time=start), *minutes(61, start=start, leave_out=tuple(range(20, 60)))])
    feed = get("/hosts/calc-01/lines.json?range=6h").get_json()
    assert feed["gaps"] == [[start + 19 * 60, start + 60 * 60, "41 minutes"]]
    assert feed["memory"][:2] == [75.0, 75.0]
    assert (feed["memory"][20], len(feed["times"])) == (None, 22)
    assert (feed["is_past"], feed["step"]) == (False, 1)
    assert feed["status"]["troubles"] == [["ok", "fine"]]


def test_lines_of_a_silent_host_end_with_its_newest_sample(
    get: Get, sqlite_store: Store, shared_hosts: Path
) -> None:
    save(sqlite_store, shared_records(shared_hosts))
    feed = get("/hosts/gpu-01.cluster-a.example/lines.json").get_json()
    assert feed["is_past"]
    assert feed["times"][-1] == feed["end"] - 1 == feed["newest_time"]
    assert [words for _, _, words in feed["gaps"]] == ["6 minutes"]


def test_many_samples_are_thinned(get: Get, sqlite_store: Store, now: int) -> None:
    save(sqlite_store, [host_info(time=now), *minutes(1800, start=now - 1800 * 60)])
    feed = get("/hosts/calc-01/lines.json?range=7d").get_json()
    assert feed["step"] == 600
    assert len(feed["times"]) <= 182
    assert feed["memory_peak"][0] == 75.0


@pytest.mark.parametrize("path", ["/hosts/nobody", "/hosts/nobody/lines.json"])
def test_an_unknown_host_is_told_with_a_remedy(get: Get, path: str) -> None:
    answer = get(path)
    assert answer.status_code == 404
    assert answer.get_json()["error"] == "no host 'nobody' is known"
    assert "/hosts lists all" in answer.get_json()["remedy"]


def test_a_range_that_is_none_is_refused(get: Get, sqlite_store: Store, now: int) -> None:
    save(sqlite_store, [host_usage(time=now)])
    assert get("/hosts/calc-01/lines.json?range=5y").status_code == 400


def test_names_from_outside_become_no_html(get: Get, sqlite_store: Store, now: int) -> None:
    name = HOSTILE.replace("/", "").replace(" ", "")
    save(sqlite_store, [host_info(name, time=now, cpu_model=HOSTILE), host_usage(name, time=now)])
    assert HOSTILE not in page(get, "/hosts")
    text = page(get, "/hosts/" + name.replace("<", "%3C").replace(">", "%3E"))
    assert name not in text
    assert HOSTILE not in text
