"""What nobody can hold, said in words: records that another machine delivers pass here first."""

from dataclasses import replace
from typing import Any

import pytest

from tests.factories import usage
from usermon.records import check_storage_usage

GOOD = replace(
    usage(soft_limit_bytes=5, hard_limit_bytes=2**63 - 1), bytes_grace="6 days", files_grace="expired"
)


def test_a_sample_with_limits_and_graces_is_fine() -> None:
    check_storage_usage(GOOD)
    check_storage_usage(usage())


@pytest.mark.parametrize(
    "odd",
    [
        {"user": "../etc"},
        {"volume": ""},
        {"volume": "a\nb"},
        {"used_bytes": -1},
        {"files": 2**63},
        {"hard_limit_bytes": -1},
        {"soft_limit_files": 2**63},
        {"bytes_grace": ""},
        {"bytes_grace": "6 days\n"},
        {"files_grace": "x" * 33},
    ],
    ids=str,
)
def test_what_nobody_can_hold_is_named(odd: dict[str, Any]) -> None:
    (name,) = odd
    with pytest.raises(ValueError, match=f"^{name}: "):
        check_storage_usage(replace(GOOD, **odd))
