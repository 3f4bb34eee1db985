"""Listings of tarballs: samples in pairs, every shared listing, and anything at all."""

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.parsers.tarballs import TarballLine, as_fields, parse, tarballs
from tests.shared_data import expected_of, shared_files
from usermon.backup_records import BackupListing, check_backup_listing

SAMPLES = sorted((Path(__file__).parent.parent / "samples" / "tarballs").glob("*.txt"))
SHARED = shared_files("backups", "*.txt")
SHARED_TRICKY = shared_files("backups", "tricky/*.txt")
BERLIN = ZoneInfo("Europe/Berlin")
UTC = ZoneInfo("UTC")


def text_of(file: Path) -> str:
    return file.read_bytes().decode()


def test_there_are_samples() -> None:
    assert len(SAMPLES) >= 2


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_gives_what_stands_beside_it(sample: Path) -> None:
    expected: dict[str, Any] = json.loads(sample.with_suffix(".json").read_text(encoding="utf-8"))
    parsed = parse(text_of(sample), timezone=BERLIN)
    assert [as_fields(line, BERLIN) for line in parsed.records] == expected["records"]
    assert [{"line": r.line, "text": r.text, "reason": r.reason} for r in parsed.rejected] == expected[
        "rejected"
    ]


@pytest.mark.parametrize("file", SHARED, ids=lambda path: path.stem)
def test_every_shared_listing_gives_the_expected_series(file: Path, shared_backups: Path) -> None:
    hub, node = file.stem.split("--")
    expected = expected_of(shared_backups)["hubs"][hub]["nodes"][node]
    parsed = parse(text_of(file), timezone=UTC)
    assert (len(parsed.records), parsed.rejected) == (expected["lines"], ())
    series: dict[str, list[list[int]]] = {}
    for tarball in sorted(tarballs(parsed.records), key=lambda one: one.time):
        series.setdefault(tarball.item, []).append([tarball.time * 1000, tarball.size_bytes >> 20])
    assert series == {item: facts["series"] for item, facts in expected["items"].items()}


@pytest.mark.parametrize("file", SHARED_TRICKY, ids=lambda path: path.stem)
def test_of_every_shared_tricky_listing_each_line_is_good_or_bad_as_expected(
    file: Path, shared_backups: Path
) -> None:
    expected = expected_of(shared_backups)["tricky"][file.name]
    parsed = parse(text_of(file), timezone=UTC)
    assert (len(parsed.records), len(parsed.rejected)) == (expected["good_lines"], expected["bad_lines"])


def test_of_one_path_given_twice_the_later_line_stands(shared_backups: Path) -> None:
    found = tarballs(parse(text_of(shared_backups / "tricky" / "duplicates.txt"), timezone=UTC).records)
    assert len(found) == 10
    assert [t.size_bytes >> 20 for t in found if t.path.endswith("aurora-5085.tar.gz")] == [3671]


def test_the_first_date_in_a_path_counts_and_files_about_tarballs_are_none(shared_backups: Path) -> None:
    found = tarballs(parse(text_of(shared_backups / "tricky" / "odd-paths.txt"), timezone=UTC).records)
    assert {tarball.item for tarball in found} == {"svn/a", "svn/with space", "svn/zürich"}
    assert {tarball.time for tarball in found} == {1_352_548_801}  # 2012-11-10 12:00:01


def lines(*folders: str) -> list[TarballLine]:
    return [TarballLine(f"{folder}/x.gz", folder, 1, 1) for folder in folders]


@pytest.mark.parametrize(
    ("folders", "root", "items"),
    [
        (["/b/alder/svn/a", "/b/alder/tracs/b"], None, ["svn/a", "tracs/b"]),
        (["/b/alder/svn/a", "/b/alder/svn/b"], None, ["svn/a", "svn/b"]),
        (["/b/alder/svn/gamma", "/b/alder/svn/gauge"], None, ["svn/gamma", "svn/gauge"]),
        (["/b/alder/svn/a"], None, ["svn/a"]),
        (["/b/alder/svn/a", "/b/alder/svn/deep/b"], None, ["svn/a", "svn/deep/b"]),
        (["/a"], None, ["a"]),
        (["/b/alder/svn/deep/a", "/b/alder/svn/deep/b"], "/b/alder", ["svn/deep/a", "svn/deep/b"]),
        (["/b/alder/home"], "/b/alder/", ["home"]),
        (["/mnt/alder/svn/a"], "/b/alder", ["svn/a"]),
        (["/b/alder2/svn/a"], "/b/alder", ["svn/a"]),
    ],
)
def test_items_are_named_by_what_they_do_not_have_in_common(
    folders: list[str], root: str | None, items: list[str]
) -> None:
    assert [tarball.item for tarball in tarballs(lines(*folders), root)] == items


listings = st.lists(
    st.one_of(
        st.text(max_size=40),
        st.tuples(
            st.sampled_from(["1", "0", "-1", "1.5", "x", "9" * 18]),
            st.sampled_from(["\t", " ", "\t\t"]),
            st.sampled_from(["/b/svn/a", "", "/", "//", "/b/\x1b", "relative/c", "/é" * 130]),
            st.sampled_from(
                ["/2026/03/01/120000/x.gz", "/2026/02/30/120000/x.gz", "/0000/01/01/000000/x.gz", "/x"]
            ),
        ).map("".join),
    ),
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(listings)
def test_every_line_of_anything_is_a_tarball_or_rejected_or_blank(listing: list[str]) -> None:
    text = "\n".join(listing)
    parsed = parse(text, timezone=BERLIN)
    said = [line for line in text.split("\n") if line.strip()]
    assert len(parsed.records) + len(parsed.rejected) == len(said)
    check_backup_listing(BackupListing("alder", "n1", 1, None, tarballs(parsed.records)))
    for rejected in parsed.rejected:
        assert rejected.text.isprintable()
