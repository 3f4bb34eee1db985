from dataclasses import replace

from tests.user_dashboard.samples import DAY, NOW, storage, volume, without
from user_dashboard.cards import ChangeRow, is_stale, make_cards, make_notices
from usermon.published_storage import VolumeHistory
from usermon.units import GIB

SOON = NOW + 600.0


def texts(**volumes: VolumeHistory) -> list[str]:
    return [notice.text for notice in make_notices(storage("Europe/Berlin", **volumes), SOON)]


def test_a_card_says_what_is_held_now() -> None:
    card, other = make_cards(storage(local=volume(gb=11_531, files=440_603), cryo=volume(gb=7)), SOON)
    assert (card.volume, card.gb, card.files) == ("local", "11,531", "440,603")
    assert other.volume == "cryo"


def test_a_card_names_time_zone_age() -> None:
    card = make_cards(storage(local=volume()), SOON)[0]
    assert card.sampled == "2 March 2026, 13:00"
    assert card.sampled_iso == "2026-03-02T12:00:00Z"
    assert card.age == "10 minutes ago"


def test_changes_have_sign_and_words_and_unknown_ones_are_empty() -> None:
    grown = volume(400, gb=1_000, files=9_000)
    changes = make_cards(storage(local=grown), SOON)[0].changes
    assert changes[0] == ChangeRow("day", "▲", "+48", "▲", "+480")
    assert changes[1] == ChangeRow("week", "▲", "+336", "▲", "+3,360")
    assert changes[2] == ChangeRow("month", "", "", "", "")


def test_shrinking_and_staying_are_told_without_colour() -> None:
    shrunk = VolumeHistory([NOW - DAY, NOW], [50 * GIB, 20 * GIB], [9, 9])
    row = make_cards(storage(local=shrunk), SOON)[0].changes[0]
    assert row == ChangeRow("day", "▼", "\u221230", "=", "0")


def test_quotas_are_told_where_they_are_known() -> None:
    local = volume(gb=80, hard_limit_bytes=100 * GIB)
    (quota,) = make_cards(storage(local=local), SOON)[0].quotas
    assert (quota.unit, quota.level, quota.fullness) == ("GiB", "fine", "80 % of the limit of 100 GiB.")
    both = replace(local, hard_limit_files=900)
    assert [quota.unit for quota in make_cards(storage(local=both), SOON)[0].quotas] == ["GiB", "files"]
    assert make_cards(storage(local=volume()), SOON)[0].quotas == ()


def test_old_samples_have_no_outlook() -> None:
    growing = storage(local=volume(700, gb=800, hard_limit_bytes=2_000 * GIB))
    assert make_cards(growing, SOON)[0].quotas[0].outlook == "Full in about 25 days at the present growth."
    (old,) = make_cards(growing, SOON + 300 * DAY)[0].quotas
    assert (old.outlook, old.level) == ("", "fine")


def test_what_is_over_its_limits_is_warned_of_first() -> None:
    over = replace(volume(gb=120), soft_limit_bytes=100 * GIB, bytes_grace="6 days", hard_limit_files=900)
    notices = make_notices(storage(local=over, cryo=volume()), SOON)
    assert [(notice.text, notice.warning) for notice in notices] == [
        ("local: Over the soft limit of 100 GiB by 20 GiB. Time left to get below it: 6 days.", True),
        (
            "local: The limit of 900 files is reached: nothing more can be written until some is removed.",
            True,
        ),
    ]


def test_fresh_samples_of_both_volumes_need_no_words() -> None:
    assert texts(local=volume(), cryo=volume()) == []


def test_data_is_stale_when_samples_should_have_come() -> None:
    half_hourly, daily = storage(local=volume()), storage(local=volume(step=DAY))
    assert not is_stale(half_hourly, NOW + 2 * 3600)
    assert is_stale(half_hourly, NOW + 4 * 3600)
    assert not is_stale(daily, NOW + 3 * DAY)
    assert is_stale(daily, NOW + 5 * DAY)


def test_stale_volumes_are_named_in_a_warning() -> None:
    notices = make_notices(storage(local=volume(), cryo=volume(end=NOW - 5 * DAY)), SOON)
    assert [notice.warning for notice in notices] == [True]
    assert "cryo 25 February 2026, 13:00" in notices[0].text
    assert "local" not in notices[0].text


def test_one_volume_only_is_said() -> None:
    assert texts(local=volume()) == ["You have samples on one volume only: local."]


def test_a_volume_without_samples_is_said() -> None:
    assert texts(local=volume(), cryo=VolumeHistory([], [], [])) == ["There are no samples of cryo for you."]


def test_a_single_sample_is_said() -> None:
    assert "One sample of local and cryo so far: a line needs two." in texts(local=volume(1), cryo=volume(1))


def test_different_sampling_times_are_said() -> None:
    both = storage(local=volume(step=DAY), cryo=volume(step=DAY, end=NOW - 2 * DAY))
    assert any("different times" in notice.text for notice in make_notices(both, SOON))


def test_holes_are_said() -> None:
    assert texts(local=without(volume(100), 30, 60), cryo=volume()) == [
        "Where a line breaks (local), no samples were taken."
    ]
