"""No parser falls over what a coverage-guided fuzzer makes of its own samples in a few thousand tries."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from collectors.catalogue import COLLECTORS
from tests.shared_data import REPOSITORY

SAMPLES = REPOSITORY / "tests" / "collectors" / "samples"
WITHOUT_TEXT = {"tree_scan"}  # it reads no text
TRIES = 4000
LARGEST_BYTES = 4096


@pytest.mark.parametrize("collector", sorted(COLLECTORS.keys() - WITHOUT_TEXT))
def test_a_fuzzed_report_gives_records_rejected_lines_or_an_expected_error(
    collector: str, tmp_path: Path
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for sample in sorted((SAMPLES / collector).iterdir()):
        if sample.suffix != ".json":  # those are what is expected of the others
            shutil.copy(sample, corpus)
    assert any(corpus.iterdir())

    fuzzed = subprocess.run(
        [
            *(sys.executable, "-m", "tests.fuzz.one_parser", collector, str(corpus)),
            *(f"-runs={TRIES}", "-seed=7", f"-max_len={LARGEST_BYTES}"),
            # Of one try: seconds that only a parser that hangs takes, and memory that none needs.
            *("-timeout=10", "-rss_limit_mb=1024", f"-artifact_prefix={tmp_path}/"),
        ],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        check=False,
    )

    told = fuzzed.stderr.decode("utf-8", "replace") + fuzzed.stdout.decode("utf-8", "replace")
    assert fuzzed.returncode == 0, told[-6000:]
    assert f"Done {TRIES} runs" in told
