"""What GPUs do: `nvidia-smi --query-gpu=index,name,utilization.gpu,memory.used,memory.total --format=csv`.

    index, name, utilization.gpu [%], memory.used [MiB], memory.total [MiB]
    0, NVIDIA A100-SXM4-40GB, 37 %, 3079 MiB, 40960 MiB

As nvidia-smi prints it since driver 340. Columns are found by their names in the header; a GPU that does not
measure something says `[N/A]` or `[Not Supported]` there. Every other line is rejected.
"""

import re

from collectors.parsers.lines import LONGEST_LINE, numbered_lines, shown
from collectors.printable import printable
from usermon.host_records import LONGEST_NAME, MOST_PARTS, GpuUsage
from usermon.records import Parsed, Rejected

QUERY = ("index", "name", "utilization.gpu", "memory.used", "memory.total")
COMMAND = ("nvidia-smi", f"--query-gpu={','.join(QUERY)}", "--format=csv")
_MIB = 1024**2
_AMOUNT = re.compile(r"(\d{1,9}) (%|MiB)", re.ASCII)


class _Bad(ValueError):
    """Why a line is no GPU."""


def parse(report: str) -> Parsed[GpuUsage]:
    records: list[GpuUsage] = []
    rejected: list[Rejected] = []
    columns: list[str] | None = None
    for number, line in numbered_lines(report):
        fields = [field.strip() for field in line.split(",")]
        if not line.strip():
            continue
        try:
            if len(line) > LONGEST_LINE:
                raise _Bad(f"longer than {LONGEST_LINE} characters")
            if columns is None:
                columns = _header(fields)
                continue
            records.append(_gpu(fields, columns))
        except _Bad as reason:
            rejected.append(Rejected(number, shown(line), str(reason)))
    return Parsed(tuple(records), tuple(rejected))


def _header(fields: list[str]) -> list[str]:
    names = [field.partition(" ")[0] for field in fields]
    if not set(QUERY) <= set(names):
        raise _Bad("no header: is this a message of the driver?")
    return names


def _gpu(fields: list[str], columns: list[str]) -> GpuUsage:
    if len(fields) != len(columns):
        raise _Bad(f"{len(fields)} columns instead of {len(columns)}")
    values = dict(zip(columns, fields, strict=True))
    number = values["index"]
    if not (number.isascii() and number.isdecimal()) or len(number) > 4 or int(number) > MOST_PARTS:
        raise _Bad("the index is not a number")
    busy = _amount(values["utilization.gpu"], "%")
    if busy is not None and busy > 100:
        raise _Bad("utilization.gpu is more than 100 %")
    used, total = (_amount(values[name], "MiB") for name in ("memory.used", "memory.total"))
    return GpuUsage(
        number=int(number),
        name=printable(values["name"])[:LONGEST_NAME] or "GPU",
        busy=busy,
        memory_used_bytes=None if used is None else used * _MIB,
        memory_total_bytes=None if total is None else total * _MIB,
    )


def _amount(text: str, unit: str) -> int | None:
    if text.startswith("[") and text.endswith("]"):
        return None
    match = _AMOUNT.fullmatch(text)
    if match is None or match[2] != unit:
        raise _Bad(f"{printable(text[:20])!r} is no amount of {unit}")
    return int(match[1])
