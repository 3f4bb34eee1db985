"""/api/hosts and below, as programs ask it."""

import csv
import io
from pathlib import Path

import pytest

from tests.host_samples import NOON, host_info, host_usage, minutes, save, shared_records
from tests.overview.conftest import Get
from tests.shared_data import expected_of
from usage_store.engine import Store
from usermon.host_records import GpuUsage, MountSpace


@pytest.fixture
def small(sqlite_store: Store) -> Store:
    """Two hosts: calc-01 with a gap, calc-02 with a GPU and other hardware since noon."""
    gpu = GpuUsage(0, "Model G", 50, None, None)
    save(sqlite_store, [host_info(), *minutes(20, leave_out=(6, 7, 8))])
    save(
        sqlite_store,
        [
            host_info("calc-02", time=NOON - 60, cpu_number=4),
            host_info("calc-02", time=NOON),
            host_usage("calc-02", gpus=(gpu,), mounts=(MountSpace("/", None),)),
        ],
    )
    return sqlite_store


def test_the_shared_hosts_give_the_expected_facts(get: Get, sqlite_store: Store, shared_hosts: Path) -> None:
    expected = expected_of(shared_hosts)
    save(sqlite_store, shared_records(shared_hosts))

    hardware = get("/api/hosts/hardware").get_json()
    assert [[row["cpu_number"], row["host_id"], row["total_mem"]] for row in hardware] == expected["query1"]

    memory = get("/api/hosts/memory")
    assert memory.headers["X-Total-Count"] == str(expected["query2_rows"])
    with (shared_hosts / "expected-query2.csv").open(encoding="utf-8", newline="") as file:
        for row, wanted in zip(memory.get_json(), csv.DictReader(file), strict=True):
            assert row["hostname"] == wanted["hostname"]
            assert row["rounded_timestamp"] == wanted["rounded_timestamp"].replace(" ", "T") + "Z"
            assert row["avg_used_mem_percent"] == pytest.approx(float(wanted["avg_used_mem_percent"]))

    gaps = get("/api/hosts/gaps?format=csv").get_data(as_text=True)
    found = [row for row in csv.DictReader(io.StringIO(gaps)) if row["samples"] != "0"]
    assert [[row["hostname"], int(row["samples"])] for row in found] == [
        [name, samples] for _, name, _, samples in expected["query3"]
    ]
    silences = get("/api/hosts/silences").get_json()
    assert [(row["hostname"], row["minutes"]) for row in silences] == [
        (row["hostname"], row["minutes"]) for row in expected["silences_over_2_minutes"]
    ]
    names = ("memory_free", "cpu_idle", "cpu_kernel", "disk_io", "disk_available")
    listed = sorted(get("/api/hosts").get_json(), key=lambda row: row["host_id"])
    assert [
        [row["host_id"], row["hostname"], row["timestamp"][:19].replace("T", " "), *(row[n] for n in names)]
        for row in listed
    ] == expected["latest_per_host"]


def test_one_host_is_told_through_time_by_the_page(get: Get, small: Store) -> None:
    answer = get("/api/hosts/calc-01/usage?limit=5&offset=15")
    assert answer.headers["X-Total-Count"] == "17"
    assert [row["timestamp"] for row in answer.get_json()] == ["2026-03-02T12:18:00Z", "2026-03-02T12:19:00Z"]
    ranged = get("/api/hosts/calc-01/usage?from=2026-03-02T12:02:00Z&to=2026-03-02T12:04:00Z").get_json()
    assert len(ranged) == 2
    [row] = get("/api/hosts/calc-02/usage").get_json()
    assert row["gpus"][0] == {
        "number": 0,
        "name": "Model G",
        "busy": 50,
        "memory_used": None,
        "memory_total": None,
    }
    assert row["mounts"] == [{"mount": "/", "disk_available": None}]


def test_who_asks_for_a_host_that_is_none_is_told_where_all_are(get: Get, small: Store) -> None:
    answer = get("/api/hosts/calc-99/usage")
    assert answer.status_code == 404
    assert answer.get_json()["remedy"] == "GET /api/hosts lists all."


def test_hardware_that_was_is_told_with_its_dates(get: Get, small: Store) -> None:
    rows = get("/api/hosts/hardware?history=true").get_json()
    assert [(row["hostname"], row["cpu_number"], row["since"], row["until"]) for row in rows] == [
        ("calc-01", 8, "2026-03-02T12:00:00Z", None),
        ("calc-02", 4, "2026-03-02T11:59:00Z", "2026-03-02T12:00:00Z"),
        ("calc-02", 8, "2026-03-02T12:00:00Z", None),
    ]
    assert [row["alike"] for row in get("/api/hosts/hardware").get_json()] == [2, 2]


def test_how_few_samples_make_a_gap_and_how_long_a_silence_may_be_asked(get: Get, small: Store) -> None:
    of_calc_01 = "from=2026-03-02T12:00:00Z&to=2026-03-02T12:20:00Z"

    def gaps(few: int) -> list[tuple[str, int]]:
        rows = get(f"/api/hosts/gaps?fewer_than={few}&{of_calc_01}").get_json()
        return [(row["rounded_timestamp"][11:16], row["samples"]) for row in rows if row["host_id"] == 1]

    assert (gaps(2), gaps(3)) == ([], [("12:05", 2)])
    silences = get(f"/api/hosts/silences?longer_than=3&{of_calc_01}").get_json()
    assert [(row["hostname"], row["minutes"], row["next"]) for row in silences] == [
        ("calc-01", 4, "2026-03-02T12:09:00Z"),
        ("calc-02", 20, None),
    ]
    assert get("/api/hosts/silences?longer_than=nan").status_code == 422


def test_who_holds_the_answer_gets_304_until_something_is_saved(get: Get, small: Store) -> None:
    held = get("/api/hosts").headers["ETag"]
    assert get("/api/hosts", headers={"If-None-Match": held}).status_code == 304
    save(small, [host_usage(time=NOON + 7200)])
    assert get("/api/hosts", headers={"If-None-Match": held}).status_code == 200
