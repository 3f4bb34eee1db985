"""Numbers as people read them: 11,531.25 on all pages, which are in English."""


def number(value: float | int) -> str:
    """Up to eight digits behind the point, as quota reports hold them."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.8f}".rstrip("0").rstrip(".")
