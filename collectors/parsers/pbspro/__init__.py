"""PBS Pro and OpenPBS: `qstat -f -F json` (with -x: ended jobs too) and `pbsnodes -av -F json`.

    {"timestamp":1750369865, "pbs_version":"23.06.06", "pbs_server":"pbs",
     "Jobs":{"1006.pbs":{"Job_Name":"hi_pbs", "Job_Owner":"somebody@pbs", "job_state":"R",
                         "exec_host":"n1/0*16+n2/0*16", "Resource_List":{"ncpus":32, "mem":"64gb"}, ...}}}

Seen from PBS Pro 19.1, 2021.1 and OpenPBS 23.06. The key Jobs is missing when there is no job. Sizes are text
in units of 1024, times local, `timestamp` epoch seconds. PBS does not always print JSON: json_text mends what
is known of that. A text that is none even so is rejected as a whole, with the line at which it breaks; a job
or node that makes no sense is rejected with the line on which it begins.
"""

from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from collectors.parsers.lines import shown
from collectors.parsers.pbs_items import Damaged, Item, ReportedJob
from collectors.parsers.pbs_job import job_of
from collectors.parsers.pbs_values import count
from collectors.parsers.pbspro.json_text import NotJson, read_json
from collectors.parsers.pbspro.nodes import node_of
from collectors.parsers.pbspro.places import Places
from usermon.records import Parsed, Rejected


def parse(text: str, *, timezone: ZoneInfo) -> Parsed[Item]:
    """`timezone` is that of the times in the text."""
    start = text.lstrip("\ufeff \t\r\n")[:1000].split("\n")[0]
    if not start:
        return _nothing(1, "", "empty: PBS prints braces even when there is no job")
    if start[0] not in "{[":
        return _nothing(1, start, "no JSON: it does not begin with a brace")
    try:
        report = read_json(text)
    except NotJson as error:
        return _nothing(error.line, error.text, f"no JSON: {error.reason}")
    if not isinstance(report, dict) or not {"Jobs", "nodes", "pbs_server", "timestamp"} & report.keys():
        return _nothing(1, start, "no output of qstat or pbsnodes -F json")
    try:
        return _things_of(report, timezone, Places(text))
    except Damaged as reason:
        return _nothing(1, "", str(reason))


def _things_of(report: Mapping[str, object], timezone: ZoneInfo, places: Places) -> Parsed[Item]:
    """Raises Damaged when they cannot be told from each other."""
    printed_at = count(str(report["timestamp"]), "timestamp") if "timestamp" in report else None
    items: list[Item] = []
    rejected: list[Rejected] = []
    for part, read in _PARTS.items():
        things = report.get(part, {})
        if not isinstance(things, dict):
            raise Damaged(f"{part} is no object")
        for name, attributes in things.items():
            try:
                if not isinstance(attributes, dict):
                    raise Damaged("its attributes are no object")
                items.append(read(name, attributes, timezone, printed_at))
            except Damaged as reason:
                rejected.append(Rejected(places.line_of(name), shown(name), str(reason)))
    return Parsed(tuple(items), tuple(rejected))


def _nothing(line: int, text: str, reason: str) -> Parsed[Item]:
    return Parsed((), (Rejected(line, shown(text), reason),))


def _job_of(
    name: str, attributes: Mapping[str, object], timezone: ZoneInfo, printed_at: int | None
) -> ReportedJob:
    """Attributes are told as Torque's are: `Resource_List.ncpus`."""
    flat: dict[str, str] = {}
    for key, value in attributes.items():
        if isinstance(value, str):
            flat[key] = value
        elif isinstance(value, dict) and key in ("Resource_List", "resources_used"):
            flat.update((f"{key}.{name}", text) for name, text in value.items() if isinstance(text, str))
    return job_of(name, flat, timezone, asks_for_processors=True, printed_at=printed_at)


_PARTS: dict[str, Callable[[str, Mapping[str, object], ZoneInfo, int | None], Item]] = {
    "Jobs": _job_of,
    "nodes": node_of,
}
