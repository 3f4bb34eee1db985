"""Where the shared sample data lies, if it does: beside the checkout, read in place, never copied."""

import json
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parent.parent
SHARED_DATA = REPOSITORY.parent / "shared" / "data"
SHARED_STORAGE = SHARED_DATA / "storage"


def shared_data_is_here() -> bool:
    return (SHARED_STORAGE / "expected.json").is_file()


def shared_files(kind: str, pattern: str) -> list[Path]:
    """Files for `pytest.mark.parametrize`; none where the shared data is not beside the checkout."""
    return sorted((SHARED_DATA / kind).glob(pattern)) if shared_data_is_here() else []


def shared_storage_files(pattern: str) -> list[Path]:
    return shared_files("storage", pattern)


def expected_of(folder: Path) -> dict[str, Any]:
    answers: dict[str, Any] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return answers


def expected_storage(folder: Path = SHARED_STORAGE) -> dict[str, Any]:
    return expected_of(folder)
