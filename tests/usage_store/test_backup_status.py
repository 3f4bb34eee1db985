"""Judging backups: pure, so no store."""

from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.backup_samples import DAY, NOON, nightly, tarball
from usage_store.backup_status import (
    ALARM,
    OK,
    WARN,
    ItemStatus,
    NodeStatus,
    conclusion,
    judge_node,
    status_of_hub,
)
from usage_store.backups import KeptTarball, NodeBackups
from usermon.backup_records import Tarball

HOUR = 3600
NOW = NOON + 3 * HOUR


def node(
    *tarballs: Tarball, gone: Iterable[Tarball] = (), max_age: int | None = None, now: int = NOW
) -> NodeStatus:
    items: dict[str, list[KeptTarball]] = {}
    for listed, these in ((True, tarballs), (False, gone)):
        for one in these:
            items.setdefault(one.item, []).append(KeptTarball(one.time, one.size_bytes, one.path, listed))
    for series in items.values():
        series.sort()
    return judge_node(NodeBackups("alder", "n1", now, max_age, dict(sorted(items.items()))), now)


def item(status: NodeStatus, name: str = "svn/aurora") -> ItemStatus:
    return next(one for one in status.items if one.item == name)


def test_a_tarball_every_night_is_ok() -> None:
    status = node(*nightly(), *nightly("svn/b"))
    assert (status.status, status.reasons, status.newest, status.status_by_age) == (OK, (), NOON, OK)
    assert item(status).age_seconds == 3 * HOUR
    assert (item(status).days_without(), item(status).tarballs) == ((), 10)


def test_the_newest_older_than_allowed_is_an_alarm_with_both_ages_in_words() -> None:
    status = node(*nightly(last=NOON - 5 * DAY))
    assert (status.status, status.too_old) == (ALARM, ["svn/aurora"])
    assert status.reasons == ("svn/aurora: the newest is 5.1 days old, allowed are 36 hours",)
    assert [f"{day:%m-%d}" for day in item(status).days_without()] == [
        "02-26",
        "02-27",
        "02-28",
        "03-01",
        "03-02",
    ]
    assert node(*nightly(last=NOON - 5 * DAY), max_age=6 * DAY).status == OK
    assert node(*nightly(), max_age=HOUR).reasons == (
        "svn/aurora: the newest is 3 hours old, allowed are 1 hours",
    )


def test_days_without_a_tarball_are_those_of_ten_years_at_most() -> None:
    days = item(node(tarball(time=0), tarball(time=NOON))).days_without()
    assert len(days) == 3_660
    assert days[-1].isoformat() == "2026-03-01"


def test_exactly_as_old_as_allowed_is_still_allowed() -> None:
    assert node(*nightly(), max_age=3 * HOUR).status == OK
    assert node(*nightly(), max_age=3 * HOUR - 1).status == ALARM


def test_an_empty_tarball_of_the_last_week_is_a_warning_and_an_older_one_a_fact() -> None:
    series = nightly()
    series[-2] = tarball(time=NOON - DAY, size_mib=0)
    status = node(*series)
    assert status.reasons == ("svn/aurora: the tarball of 2026-03-01 12:00 UTC is empty",)
    assert (status.status, item(status).zero_size, item(status).shrunk) == (
        WARN,
        (NOON - DAY,),
        (NOON - DAY,),
    )
    # Whoever removes it has done something about it.
    assert node(*series[:-2], series[-1], gone=[series[-2]]).status == OK
    old = [tarball(time=NOON - 9 * DAY, size_mib=0), *nightly(count=9)]
    assert (node(*old).status, item(node(*old)).zero_size) == (OK, (NOON - 9 * DAY,))


def test_shrunk_by_more_than_half_is_a_warning_and_by_half_a_fact() -> None:
    less = node(*nightly()[:-1], tarball(size_mib=49))
    assert less.reasons == (
        "svn/aurora: shrank by more than half on 2026-03-02 12:00 UTC, from 100 to 49 MiB",
    )
    assert (less.status, item(less).shrunk) == (WARN, (NOON,))
    half = node(*nightly()[:-1], tarball(size_mib=50))
    assert (half.status, item(half).shrunk) == (OK, (NOON,))


def test_it_is_compared_with_what_rotation_removed_too() -> None:
    assert node(tarball(size_mib=10), gone=nightly()[:-1]).status == WARN


def test_an_item_that_stopped_while_others_go_on_is_a_warning_by_its_own_rhythm() -> None:
    stopped = node(*nightly(last=NOON - 2 * DAY), *nightly("svn/b"), max_age=9 * DAY)
    assert stopped.reasons == ("svn/aurora: stopped on 2026-02-28 12:00 UTC, while others go on",)
    one_is_late = node(*nightly(last=NOON - DAY), *nightly("svn/b"), max_age=9 * DAY)
    assert one_is_late.status == OK
    weekly = [tarball("svn/weekly", NOON - (3 + 7 * n) * DAY) for n in reversed(range(4))]
    assert node(*weekly, *nightly("svn/b"), max_age=9 * DAY).status == OK
    all_stopped = node(*nightly(last=NOON - 4 * DAY), *nightly("b/c", last=NOON - 4 * DAY), max_age=9 * DAY)
    assert all_stopped.status == OK


def test_a_tarball_of_the_future_is_told_apart_and_hides_no_old_one() -> None:
    ahead = tarball(time=NOON + 900 * DAY)
    status = node(*nightly(last=NOON - 5 * DAY), ahead)
    assert (status.status, status.newest) == (ALARM, NOON - 5 * DAY)
    assert [one.time for one in item(status).future] == [ahead.time]
    assert item(status).tarballs == 10
    assert "the newest is 5.1 days old" in status.reasons[0]
    assert "dated in the future, is the node's clock right? 2028-08-18 12:00 UTC" in status.reasons[1]
    assert node(*nightly(), ahead).status == WARN
    only = node(ahead)
    assert (only.status, only.newest) == (ALARM, None)
    assert only.reasons[:2] == ("no tarball at all", "svn/aurora: all its tarballs are of the future")
    assert node(*nightly(), tarball(time=NOW + 600)).status == OK


def test_a_node_without_any_tarball_is_an_alarm() -> None:
    status = node()
    assert (status.status, status.reasons, status.status_by_age) == (ALARM, ("no tarball at all",), ALARM)


def test_an_item_of_which_nothing_lies_there_any_more_is_an_alarm() -> None:
    status = node(*nightly("svn/b"), gone=nightly(last=NOON - 90 * DAY))
    assert status.reasons == ("svn/aurora: none of its tarballs lies there any more",)


def test_several_files_of_one_moment_are_one_point_and_count_each() -> None:
    status = node(*nightly()[:-1], tarball(size_mib=60), tarball(size_mib=40, name="y"))
    assert (status.status, item(status).points[-1].size_bytes >> 20) == (OK, 100)
    assert (item(status).tarballs, list(status.daily_counts.values())[-1]) == (11, 2)


def test_a_hub_is_as_bad_as_its_worst_node_and_its_conclusion_is_by_age_alone() -> None:
    good, late = node(*nightly()), node(*nightly(last=NOON - 5 * DAY))
    shrunk = node(*nightly()[:-1], tarball(size_mib=1))
    assert (status_of_hub([good, shrunk]), conclusion([good, shrunk])) == (WARN, "ok")
    assert (status_of_hub([late, good, late]), conclusion([late, good, late])) == (ALARM, "alarm:alarm")
    assert (status_of_hub([]), conclusion([])) == (OK, "ok")


tarballs_of_anything = st.lists(
    st.builds(
        tarball,
        st.sampled_from(["a/b", "a/c"]),
        st.integers(NOON - 90 * DAY, NOON + 9 * DAY),
        st.integers(0, 5),
        st.sampled_from("xy"),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(tarballs_of_anything, tarballs_of_anything)
def test_whatever_lies_there_it_is_judged_and_what_is_not_ok_has_its_reason(
    listed: list[Tarball], gone: list[Tarball]
) -> None:
    status = node(*listed, gone=gone)
    assert (status.status == OK) == (not status.reasons)
    for one in status.items:
        assert (one.status == OK) == (not one.reasons)
        assert [point.time for point in one.points] == sorted({point.time for point in one.points})
        assert all(point.time <= NOW + HOUR for point in one.points)
