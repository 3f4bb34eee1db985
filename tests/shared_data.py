"""Where the shared sample data lies, if it does: beside the checkout, read in place, never copied."""

import json
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parent.parent
SHARED_STORAGE = REPOSITORY.parent / "shared" / "data" / "storage"


def shared_storage_is_here() -> bool:
    return (SHARED_STORAGE / "expected.json").is_file()


def shared_storage_files(pattern: str) -> list[Path]:
    """Files for `pytest.mark.parametrize`; none where the shared data is not beside the checkout."""
    return sorted(SHARED_STORAGE.glob(pattern)) if shared_storage_is_here() else []


def expected_storage(folder: Path = SHARED_STORAGE) -> dict[str, Any]:
    answers: dict[str, Any] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return answers
