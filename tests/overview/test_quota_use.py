"""Who fills their quotas, sorted, and who grew: from the newest samples alone."""

from overview.growers import growers
from overview.quota_use import QuotaUses, quota_uses
from usage_store.storage import LatestUsage, StandingLimits
from usermon.units import GIB


def held(
    user: str,
    gb: float,
    files: int = 0,
    volume: str = "local",
    week: float | None = None,
    month: float | None = None,
) -> LatestUsage:
    def earlier(amount: float | None) -> tuple[int | None, int | None]:
        return (None, None) if amount is None else (round(amount * GIB), 0)

    return LatestUsage(user, volume, 0, round(gb * GIB), files, *earlier(week), *earlier(month))


def limits(
    soft: float | None = None,
    hard: float | None = None,
    soft_files: int | None = None,
    grace: str | None = None,
) -> StandingLimits:
    def gb(amount: float | None) -> int | None:
        return None if amount is None else round(amount * GIB)

    return StandingLimits(gb(soft), gb(hard), soft_files, None, grace, None)


def uses(given: dict[str, tuple[LatestUsage, StandingLimits]], most: int = 10) -> QuotaUses:
    latest = [usage for usage, _ in given.values()]
    return quota_uses(
        latest, {(u.user, u.volume): limit for u, limit in given.values()}, most=most, most_fine=3
    )


def test_who_is_over_comes_first_then_the_fullest() -> None:
    found = uses(
        {
            "alice": (held("alice", 95), limits(100, 200)),
            "bob": (held("bob", 120), limits(100, 200, grace="6 days")),
            "charlie": (held("charlie", 10), limits(100, 200)),
            "dora": (held("dora", 200), limits(100, 200)),
            "emeka": (held("emeka", 0, files=100), limits(soft_files=100)),
        }
    )
    assert [(use.user, use.level) for use in found.fullest] == [
        ("dora", "over"),
        ("bob", "over"),
        ("emeka", "near"),
        ("alice", "near"),
    ]
    assert found.fullest[0].words == (
        "The hard limit of 200 GiB is reached: nothing more can be written until some is removed."
    )
    assert found.fullest[1].words == (
        "Over the soft limit of 100 GiB by 20 GiB. Time left to get below it: 6 days."
        " 60 % of the hard limit of 200 GiB."
    )
    assert found.over == {"bob", "dora"}
    assert found.near == {"alice", "emeka"}
    assert found.limited == 5
    assert found.percent["charlie", "local"] == 5
    assert found.passed == {("bob", "local"), ("dora", "local")}


def test_large_amounts_are_written_as_everywhere_in_the_overview() -> None:
    found = uses({"bob": (held("bob", 12_000), limits(10_000, 20_000))})
    assert "10,000 GiB by 2,000 GiB" in found.fullest[0].words


def test_a_limit_of_nothing_is_none() -> None:
    assert uses({"bob": (held("bob", 12), limits(0, 0))}).limited == 0


def test_a_limit_of_a_byte_is_reached_by_a_byte() -> None:
    [found] = uses({"bob": (held("bob", 1 / GIB), limits(hard=1 / GIB))}).fullest
    assert found.level == "over"
    assert found.words.startswith("The limit of less than 0.01 GiB is reached")


def test_who_grew_and_who_shrank_since_when() -> None:
    latest = [
        held("alice", 100, week=90, month=20),
        held("bob", 50, week=80, month=None),
        held("charlie", 10, week=10, month=11),
        held("dora", 7),
    ]
    week, month = growers(latest, most=5)
    assert [(one.user, one.change) for one in week.top] == [("alice", 10)]
    assert [(one.user, one.change) for one in week.shrunk] == [("bob", -30)]
    assert [(one.user, one.change) for one in month.top] == [("alice", 80)]
    assert [(one.user, one.change) for one in month.shrunk] == [("charlie", -1)]
    assert (week.known, month.known) == (3, 2)


def test_no_more_are_listed_than_asked_for() -> None:
    latest = [held(f"user{n:02}", 100 + n, week=100) for n in range(30)]
    week, _ = growers(latest, most=4)
    assert [one.user for one in week.top] == ["user29", "user28", "user27", "user26"]
