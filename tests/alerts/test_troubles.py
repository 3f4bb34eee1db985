"""What each rule finds, on both databases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alerts import Trouble, troubles
from alerts.watch import Watch
from alerts.words import amount_held
from tests.backup_samples import listing, nightly, tarball
from tests.factories import NOON, dashboard_state, ledger_entry, run, usage
from tests.host_samples import host_info, host_usage
from tests.queue_samples import snapshot
from usage_store.awaited_sources import note_awaited
from usage_store.backup_saving import save_backups
from usage_store.collection_runs import note_run, replace_rejected
from usage_store.dashboards import save_ledger, save_states
from usage_store.engine import Store, StoreConnection, open_store
from usage_store.host_saving import save_hosts
from usage_store.host_status import is_silent
from usage_store.hosts_now import hosts_now
from usage_store.queue_saving import save_queues
from usage_store.storage_saving import save_storage
from usermon.alert_rules import (
    DEFAULT_RULES,
    BackupRule,
    ClusterRule,
    DashboardRule,
    GrowthRule,
    HostRule,
    QuotaRule,
    ReferenceRule,
    Rule,
    SourceRule,
    VolumeRule,
)
from usermon.records import Rejected
from usermon.units import GIB

NOW = int(NOON.timestamp())
DAY = 86_400


@pytest.fixture
def store(store_url: str) -> Store:
    return open_store(store_url)


Find = Callable[..., list[Trouble]]


@pytest.fixture
def find(store: Store) -> Find:
    def ask(*rules: Rule, now: float = NOW) -> list[Trouble]:
        with store.reading() as connection:
            return troubles(connection, rules, now)

    return ask


def told(found: list[Trouble]) -> list[tuple[str, str, str]]:
    return [(one.subject, one.severity, one.words) for one in found]


def test_nothing_is_wrong_where_nothing_is_known(find: Find) -> None:
    assert find(*DEFAULT_RULES) == []


def test_quotas_over_a_limit_or_near_it(store: Store, find: Find) -> None:
    soft, hard = 100 * GIB, 200 * GIB
    with store.writing() as connection:
        save_storage(
            connection,
            [
                usage("alice", gb=99, soft_limit_bytes=soft, hard_limit_bytes=hard),
                usage("bob", gb=120, soft_limit_bytes=soft, hard_limit_bytes=hard),
                usage("charlie", gb=200, soft_limit_bytes=soft, hard_limit_bytes=hard),
                usage("dora", gb=97, soft_limit_bytes=soft),
                usage("emil", gb=97, soft_limit_bytes=0, hard_limit_bytes=0),
                usage("fred", volume="cryo", gb=198, hard_limit_bytes=hard),
            ],
        )
    found = find(QuotaRule(name="quota"))
    assert told(found) == [
        ("charlie", "serious", "charlie has 200 GiB, the hard limit of 200 GiB is reached on local"),
        ("bob", "warning", "bob has 120 GiB, over the soft limit of 100 GiB on local"),
        ("dora", "warning", "dora has 97 GiB, 97 % of the soft limit of 100 GiB on local"),
        ("fred", "warning", "fred has 198 GiB, 99 % of the hard limit of 200 GiB on cryo"),
    ]
    assert (found[0].link, found[0].part, found[0].kind) == ("/users/charlie", "local", "quota")
    of_local = QuotaRule(name="q", volumes=("local",), but=("charlie",), over_percent=None)
    assert [one.subject for one in find(of_local)] == ["bob"]
    assert [one.subject for one in find(QuotaRule(name="q", over_soft=False, over_percent=100))] == [
        "charlie"
    ]


def test_growth_within_a_week_and_within_another_time(store: Store, find: Find) -> None:
    with store.writing() as connection:
        for user, before, now in (("alice", 100, 700), ("bob", 100, 150)):
            samples = [usage(user, time=NOON - timedelta(days=back), gb=before) for back in (9, 4)]
            save_storage(connection, [*samples, usage(user, gb=now)])
    for seconds, words in ((7 * DAY, "7 days"), (3 * DAY, "3 days")):
        rule = GrowthRule(name="growth", over_bytes=500 * GIB, within_seconds=seconds)
        assert told(find(rule)) == [
            ("alice", "warning", f"alice grew by 600 GiB within {words} on local, to 700 GiB")
        ]


def test_growth_is_what_came_within_that_time_and_nothing_older(store: Store, find: Find) -> None:
    held = {
        "stale": {60: 1, 40: 900},
        "rarely": {60: 1, 0: 900},
        "gap": {60: 1, 3: 300, 0: 900},
        "new": {3: 1, 0: 900},
        "weekend": {9: 1, 2: 900},
    }
    with store.writing() as connection:
        for user, samples in held.items():
            save_storage(
                connection, [usage(user, time=NOON - timedelta(days=d), gb=gb) for d, gb in samples.items()]
            )
    week = GrowthRule(name="growth", over_bytes=500 * GIB)
    assert told(find(week)) == [
        ("gap", "warning", "gap grew by 600 GiB within 7 days on local, to 900 GiB"),
        ("weekend", "warning", "weekend grew by 899 GiB within 7 days on local, to 900 GiB"),
    ]
    assert [one.subject for one in find(replace(week, within_seconds=5 * DAY))] == ["gap", "weekend"]
    assert [one.subject for one in find(replace(week, within_seconds=DAY))] == []
    assert find(week, now=NOW + 8 * DAY) == []
    watch = Watch()
    with store.reading() as connection:
        found = [len(watch.troubles(connection, (week,), NOW + days * DAY)) for days in (0, 8)]
    assert found == [2, 0]


def test_reference_values_that_are_crossed(store: Store, find: Find) -> None:
    with store.writing() as connection:
        save_storage(connection, [usage("alice", gb=30, files=10), usage("bob", gb=5, files=9_000)])
    found = find(ReferenceRule(name="reference", bytes=25 * GIB, files=5_000))
    assert [one.words for one in found] == [
        "alice has 30 GiB, above the reference of 25 GiB on local",
        "bob has 9,000 files, above the reference of 5,000 files on local",
    ]
    assert find(ReferenceRule(name="none", bytes=None, files=None)) == []


def test_volumes_that_are_nearly_full_or_soon_will_be(store: Store, find: Find) -> None:
    held = {"local": 950, "cryo": 1_000, "slow": 500, "fast": 600, "unknown": 10**6}
    with store.writing() as connection:
        for volume, gb in held.items():
            daily = 20 if volume == "fast" else 0
            samples = [
                usage("alice", volume, NOON - timedelta(days=back), gb - daily * back) for back in range(20)
            ]
            save_storage(connection, samples)
    capacities = dict.fromkeys(("local", "cryo", "slow", "fast", "measured by nobody"), 1_000 * GIB)
    rule = VolumeRule(name="volume", capacities=capacities)
    assert told(find(rule)) == [
        ("cryo", "serious", "cryo is 100 % full: users hold 1,000 GiB of 1,000 GiB"),
        (
            "fast",
            "warning",
            "fast is 60 % full: users hold 600 GiB of 1,000 GiB; full in about 20 days at the present growth",
        ),
        ("local", "warning", "local is 95 % full: users hold 950 GiB of 1,000 GiB"),
    ]
    assert {(one.kind, one.area, one.link) for one in find(rule)} == {("volume", "/storage", "/storage")}

    neither = replace(rule, over_percent=None, full_within_seconds=None)

    def found(**asked: Any) -> list[str]:
        return [one.subject for one in find(replace(neither, **asked))]

    assert found(over_percent=96) == ["cryo"]
    assert found(over_percent=90, but=("cryo",)) == ["local"]
    assert found(full_within_seconds=21 * DAY) == ["cryo", "fast"]
    assert found(full_within_seconds=19 * DAY) == ["cryo"]


def test_when_a_volume_is_full_comes_nearer_although_no_sample_comes(store: Store) -> None:
    with store.writing() as connection:
        daily = [usage("alice", time=NOON - timedelta(days=back), gb=900 - 10 * back) for back in range(20)]
        save_storage(connection, daily)
    watch, rule = Watch(), VolumeRule(name="volume", capacities={"local": 1_210 * GIB})
    with store.reading() as connection:
        assert watch.troubles(connection, (rule,), NOW) == []
        assert len(watch.troubles(connection, (rule,), NOW + 2 * DAY)) == 1


def test_backups_that_are_too_old_or_shrank_or_are_missing(store: Store, find: Find) -> None:
    long_ago = nightly("svn/borealis", count=3, last=NOW - 90 * DAY)
    with store.writing() as connection:
        save_backups(connection, "a", [listing([*nightly(), *long_ago], node="n1")])
        save_backups(
            connection, "b", [listing([*nightly(count=5, last=NOW - DAY), tarball(size_mib=10)], node="n2")]
        )
        save_backups(connection, "c", [listing([], node="n3")])
        save_backups(connection, "d", [listing(node="n4")])
    found = find(BackupRule(name="backup"), now=NOW + 7200)
    assert [(one.part, one.severity, one.words) for one in found] == [
        (
            "n1",
            "serious",
            "Backups of alder on n1: none for more than 36 hours of svn/borealis; svn/borealis stopped on "
            "2025-12-02 12:00 UTC, while others go on",
        ),
        ("n3", "serious", "Backups of alder on n3: there is no tarball at all"),
        (
            "n2",
            "warning",
            "Backups of alder on n2: svn/aurora shrank by more than half on 2026-03-02 12:00 UTC, "
            "from 100 to 10 MiB",
        ),
    ]
    assert (found[0].since, found[0].link) == (NOW - 90 * DAY, "/backups/alder/n1")
    in_berlin = find(BackupRule(name="backup", timezone="Europe/Berlin"), now=NOW + 7200)
    assert "svn/borealis stopped on 2025-12-02 13:00 CET, while others go on" in in_berlin[0].words


def test_a_rule_that_cannot_be_asked_leaves_the_others(store: Store, find: Find) -> None:
    with store.writing() as connection:
        save_ledger(connection, [ledger_entry("alice")])
        save_states(connection, [dashboard_state("alice", "failed")])
    impossible = GrowthRule(name="growth", over_bytes=2**70)
    found = find(impossible, DashboardRule(name="dashboard"))
    assert [(one.kind, one.subject) for one in found] == [("rule", "growth"), ("dashboard", "alice")]


def test_hosts_that_fell_silent(store: Store, find: Find) -> None:
    with store.writing() as connection:
        for name, silent in (("calc-1", 60), ("calc-2", 3600), ("calc/3", 40 * DAY)):
            save_hosts(
                connection, "machines", [host_info(name, NOW - 50 * DAY), host_usage(name, NOW - silent)]
            )
    rule = HostRule(name="host_silent")
    assert [(one.subject, one.since) for one in find(rule)] == [("calc-2", NOW - 3600)]
    longer = HostRule(name="host_silent", until_seconds=60 * DAY, only=("calc/*",))
    assert [one.link for one in find(longer)] == ["/hosts/calc%2F3"]


def test_a_host_is_silent_when_the_page_of_hosts_says_so(store: Store, find: Find) -> None:
    half_hour = 1800
    with store.writing() as connection:
        for name, ago in (("calc-1", 5300), ("calc-2", 5500)):
            samples = [host_usage(name, NOW - ago - half_hour * n) for n in (3, 1, 0)]
            save_hosts(connection, "machines", [host_info(name, NOW - 2 * DAY), *samples])
    with store.reading() as connection:
        silent = [one.name for one in hosts_now(connection) if is_silent(one, NOW)]
    found = find(HostRule(name="host_silent"))
    assert [one.subject for one in found] == silent == ["calc-2"]
    assert found[0].words == "calc-2 is silent: no sample for more than 90 minutes"


def test_clusters_without_news_say_why(store: Store, find: Find) -> None:
    with store.writing() as connection:
        save_queues(connection, "fast", [snapshot(NOW - 30)])
        save_queues(connection, "lost", [snapshot(NOW - 3600)])
        save_queues(connection, "slow", [snapshot(NOW - 3600)])
        note_run(connection, run("lost", NOW - 60, error="ssh: no route to host", remedy="Look at head-a."))
    found = find(ClusterRule(name="cluster", rhythms={"slow": 1800}))
    assert [(one.subject, one.words, one.remedy, one.since) for one in found] == [
        ("lost", "lost gives no news: ssh: no route to host", "Look at head-a.", NOW - 3600)
    ]


def test_dashboards_that_failed_of_those_who_are_listed(store: Store, find: Find) -> None:
    with store.writing() as connection:
        save_ledger(
            connection,
            [ledger_entry("alice"), ledger_entry("bob", 8101), ledger_entry("charlie", 8102, listed=False)],
        )
        save_states(
            connection,
            [
                dashboard_state("alice", "failed", error="port taken"),
                dashboard_state("bob"),
                dashboard_state("charlie", "failed"),
            ],
        )
    assert told(find(DashboardRule(name="dashboard"))) == [
        ("alice", "serious", "The dashboard of alice failed: port taken")
    ]


def test_sources_that_fail_reject_or_are_silent(store: Store, find: Find) -> None:
    with store.writing() as connection:
        note_run(connection, run("local", NOW - 7200))
        note_run(connection, run("local", NOW - 60, error="no such folder", remedy="Make it."))
        note_run(connection, run("cryo", NOW - 8000))
        note_run(connection, run("reads", NOW - 60, rejected=2))
        note_run(connection, run("removed", NOW - 90 * DAY))
        replace_rejected(connection, "reads", "a.log", [Rejected(n, "x", "odd") for n in (1, 2)], NOW)
    rule = SourceRule(name="source", rhythms={"local": 1800, "cryo": 1800, "reads": 600})
    found = find(rule)
    assert [(one.subject, one.part, one.severity, one.since, one.words) for one in found] == [
        (
            "cryo",
            "silent",
            "serious",
            NOW - 7999,
            "cryo is not collected any more: several of its times passed without a run",
        ),
        ("local", "failing", "serious", NOW - 7199, "Collecting local fails: no such folder"),
        ("reads", "rejecting", "warning", None, "2 lines of reads cannot be used"),
    ]


def test_all_lines_that_stand_rejected_are_told_and_files_apart(store: Store, find: Find) -> None:
    with store.writing() as connection:
        for source, lines in (("cryo", range(1, 516)), ("local", range(1, 2)), ("odd", range(2))):
            replace_rejected(connection, source, "a", [Rejected(n, "x", "odd") for n in lines], NOW)
        replace_rejected(connection, "odd", "b", [Rejected(0, "b", "odd")], NOW)
        replace_rejected(connection, "two", "b", [Rejected(0, "b", "odd")], NOW)
    assert [one.words for one in find(SourceRule(name="source"))] == [
        "515 lines of cryo cannot be used",
        "1 line of local cannot be used",
        "1 line and 2 files of odd cannot be used",
        "1 file of two cannot be used",
    ]


def test_sources_of_usermon_toml_that_never_ran(store: Store, find: Find) -> None:
    with store.writing() as connection:
        note_awaited(connection, ["old", "gone"], NOW - DAY)
        note_awaited(connection, ["new", "old", "ran", "unnamed"], NOW - 600)
        note_run(connection, run("ran", NOW - 60))
    rule = SourceRule(name="source", rhythms=dict.fromkeys(("old", "new", "gone", "ran"), 600))
    assert [(one.subject, one.part, one.severity, one.since, one.words) for one in find(rule)] == [
        (
            "old",
            "silent",
            "serious",
            NOW - DAY,
            "old never ran: several of its times passed without a first run",
        )
    ]
    assert find(replace(rule, but=("old",))) == []
    assert [one.subject for one in find(rule, now=NOW + 2000)] == ["new", "old"]


def test_a_source_of_an_agent_is_silent_by_the_rhythm_that_it_had(store: Store, find: Find) -> None:
    with store.writing() as connection:
        for n in reversed(range(5)):
            note_run(connection, run("agent", NOW - 4000 - 60 * n))
            note_run(connection, run("daily", NOW - 4000 - DAY * n))
    assert [one.subject for one in find(SourceRule(name="source"))] == ["agent"]


def test_a_cluster_is_not_told_once_more_as_a_source(store: Store, find: Find) -> None:
    with store.writing() as connection:
        save_queues(connection, "lost", [snapshot(NOW - 3600)])
        note_run(connection, run("lost", NOW - 60, error="no route"))
    rules = (ClusterRule(name="cluster"), SourceRule(name="source"))
    assert [one.kind for one in find(*rules)] == ["cluster"]
    assert [one.kind for one in find(SourceRule(name="source", leaves_clusters=False))] == ["source"]


def test_a_watch_asks_again_when_data_or_rules_changed_and_only_then(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def ask(connection: StoreConnection, rule: Rule, now: float) -> list[Trouble]:
        asked.append(rule.name)
        return troubles(connection, [rule], now)

    monkeypatch.setattr("alerts.watch.troubles_of", ask)
    watch = Watch()

    def look(rule: Rule) -> list[str]:
        asked.clear()
        with sqlite_store.reading() as connection:
            watch.troubles(connection, (rule, HostRule(name="host_silent")), NOW)
        return list(asked)

    assert look(QuotaRule(name="quota")) == ["quota", "host_silent"]
    assert look(QuotaRule(name="quota")) == ["host_silent"]
    with sqlite_store.writing() as connection:
        save_storage(connection, [usage()])
    assert look(QuotaRule(name="quota")) == ["quota", "host_silent"]
    assert look(QuotaRule(name="quota", over_percent=50)) == ["quota", "host_silent"]


def test_what_users_hold_is_told_in_the_unit_of_the_tables() -> None:
    assert amount_held(1_130 * GIB) == "1,130 GiB"
    assert amount_held(20_787 * GIB) == "20,787 GiB"
    assert amount_held(GIB * 3 // 2) == "1.5 GiB"
    assert amount_held(GIB // 2) == "512 MiB"
