"""Units that people see, and back.

The quota tools' "GB" is a GiB, rounded up by the tool (`mmrepquota --block-size G`). Pages, pictures and
sentences say GiB and TiB; reports, CSV files, settings and names in REST keep the tools' own word.
"""

GIB = 1024**3

# Bytes and the name of each unit, the largest first.
SIZES = ((1 << 50, "PiB"), (1 << 40, "TiB"), (GIB, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"))

# The largest amount that a signed 64-bit column holds, 8 EiB, in GiB.
LARGEST_GB = 2**33 - 1


def bytes_from_gb(gb: float) -> int:
    """Bytes of `gb` GiB, rounded to a whole byte."""
    return round(gb * GIB)


def gb_from_bytes(used_bytes: int) -> float | int:
    """GiB of `used_bytes`: the very number a report held, whole numbers as int.

    Eight decimals bring back every number with up to eight decimals exactly (half a byte is 5e-10 GiB).
    """
    if used_bytes % GIB == 0:  # nearly all of them, and much faster
        return used_bytes // GIB
    gb = round(used_bytes / GIB, 8)
    return int(gb) if gb.is_integer() else gb


def size_that_fits(amount: float) -> str:
    """Bytes in the unit that fits, for volumes and machines: "3.0 GiB", "37.5 GiB", "16 TiB", "1,000 GiB"."""
    for unit, name in SIZES:
        if amount >= unit:
            share = round(amount / unit, 1)
            words = f"{share:,.1f}" if share < 100 else f"{share:,.0f}"
            return f"{words if share < 10 else words.removesuffix('.0')} {name}"
    return f"{amount:.0f} B"
