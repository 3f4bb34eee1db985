import csv
import io
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.shared_data import shared_storage_files
from tests.user_dashboard.samples import NOW, storage, volume
from user_dashboard.export import storage_csv
from usermon.published_storage import VolumeHistory
from usermon.units import bytes_from_gb


def test_without_data_there_is_a_header() -> None:
    assert storage_csv(None) == "volume,date,GB,nfiles\n"


def test_rows_hold_the_numbers_of_the_report_in_the_facilitys_time() -> None:
    text = storage_csv(storage(local=volume(1, gb=11_531, files=440_603), cryo=volume(1, gb=7, files=8)))
    assert text.splitlines()[1:] == ["local,2026-03-02 13:00,11531,440603", "cryo,2026-03-02 13:00,7,8"]


def test_seconds_are_kept_where_there_are_some() -> None:
    text = storage_csv(storage(local=volume(1, end=NOW + 7)))
    assert "2026-03-02 13:00:07" in text


@pytest.mark.parametrize("gb", [0.1, 0.00000001, 12345.12345678, 8_589_934_591])
def test_decimals_come_out_as_they_went_in(gb: float) -> None:
    history = VolumeHistory([NOW], [bytes_from_gb(gb)], [1])
    row = storage_csv(storage(local=history)).splitlines()[1]
    assert float(row.split(",")[2]) == gb
    assert "e" not in row.split(",")[2]


@pytest.mark.parametrize("path", shared_storage_files("local/*.csv"), ids=lambda path: path.stem)
def test_every_shared_history_comes_out_as_it_went_in(path: Path) -> None:
    rows: dict[str, Any] = {}
    for date, gb, files in csv.reader(path.read_text(encoding="utf-8").splitlines()):
        rows[date] = (gb, files)
    zone = ZoneInfo("Europe/Berlin")
    times = {
        date: int(datetime.strptime(date, "%Y-%m-%d %H:%M").replace(tzinfo=zone).timestamp()) for date in rows
    }
    dates = sorted(rows, key=lambda date: times[date])
    history = VolumeHistory(
        [times[date] for date in dates],
        [bytes_from_gb(float(rows[date][0])) for date in dates],
        [int(rows[date][1]) for date in dates],
    )
    exported = list(csv.reader(io.StringIO(storage_csv(storage(local=history)))))[1:]
    assert exported == [["local", date, *rows[date]] for date in dates]
