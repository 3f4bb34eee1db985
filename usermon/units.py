"""Units that people see, and back.

The quota tools' "GB" is a GiB, rounded up by the tool (`mmrepquota --block-size G`). Pages, pictures and
sentences say GiB and TiB; reports, CSV files, settings and names in REST keep the tools' own word.
"""

GIB = 1024**3

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
