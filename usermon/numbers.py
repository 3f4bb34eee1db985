"""Numbers as people read them."""

# A narrow blank that does not break: 11 531 reads the same in every country.
THIN = "\u202f"


def number(value: float | int) -> str:
    return (f"{value:,}" if isinstance(value, int) else f"{value:,.8f}".rstrip("0").rstrip(".")).replace(
        ",", THIN
    )
