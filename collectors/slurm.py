"""Slurm: jobs and nodes of one cluster as they are, and the jobs that ended since the last time."""

import time
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from collectors.cluster_commands import COMMANDS, commands_of, parsed_output
from collectors.collector import Collector
from collectors.command import CommandFailed
from collectors.parsers import slurm
from collectors.parsers.slurm.records import SlurmRecord
from collectors.reading import Context, Pass, Reading, SourceUnreadable
from collectors.report import whole_texts
from collectors.slurm_cluster import joined, records_of, without_user
from collectors.slurm_commands import sacct_of, sinfo, squeue
from usermon.collection import FileProgress
from usermon.errors import SettingsError
from usermon.queue_records import ClusterSnapshot
from usermon.records import Parsed, Rejected
from usermon.site_file import Source

# Keys of its own in usermon.toml: where the commands lie, and who tells of jobs that ended.
BIN, FINISHED_JOBS = "bin", "finished_jobs"
_TELLERS = ("sacct", "squeue", "none")
_EXAMPLE = ("squeue --json", "sinfo --Node --json")

# The accounting database is asked this often, a day at a time, and a day back at the first time.
SACCT_EVERY_SECONDS = 300
SACCT_AT_ONCE_SECONDS = 86_400
# It may hear of the end of a job late: the same job twice changes nothing.
SACCT_AGAIN_SECONDS = 900


class NoAccounting(SourceUnreadable):
    """sacct does not answer, as where a cluster keeps no accounts."""

    def __init__(self, source: Source, error: CommandFailed) -> None:
        super().__init__(
            f"{error.message}. Jobs and nodes were read all the same",
            f'Does the cluster keep accounts (slurmdbd)? If not, {FINISHED_JOBS} = "squeue" in source '
            f"{source.name!r} takes the jobs that ended from squeue.",
        )


def _parse(text: str, context: Context) -> Parsed[SlurmRecord]:
    zone = ZoneInfo(context.source.timezone)
    # Not the context's time: a file may be older than what was copied into it.
    return slurm.parse(text, cluster=context.source.name, timezone=zone, now=time.time())


def _parse_headed(text: str, context: Context) -> Parsed[SlurmRecord]:
    """Our own commands print a header, also where there is no job."""
    if not text.strip():
        return Parsed((), (Rejected(1, "", "nothing at all, not even a header"),))
    return _parse(text, context)


def _read_new(source: Source, pass_: Pass) -> Iterator[Reading]:
    folder, teller = _text(source, BIN), _text(source, FINISHED_JOBS) or _TELLERS[0]
    if teller not in _TELLERS:
        raise _wrong(source, FINISHED_JOBS, " or ".join(f'"{word}"' for word in _TELLERS))
    context = Context(source, pass_.now)
    if source.command is not None or COMMANDS in source.options:
        dumps = [parsed_output(source, argv, _parse, context) for argv in commands_of(source, _EXAMPLE)]
    else:
        commands = (squeue(folder, with_finished=teller == "squeue"), sinfo(folder))
        dumps = [parsed_output(source, argv, _parse_headed, context) for argv in commands]
    records = records_of([record for parsed in dumps for record in parsed.records], context)
    if teller != "squeue":  # `squeue --json` shows them unasked, and knows less of them
        records = [record for record in records if isinstance(record, ClusterSnapshot)]
    for place, parsed in enumerate(dumps):
        # Named by what they are: our words are others each time.
        yield Reading(
            ("squeue", "sinfo")[place] if len(dumps) == 2 else f"command {place + 1}",
            0,
            tuple(records) if place == 0 else (),
            (*parsed.rejected, *without_user(parsed.records, context)),
        )
    if teller == "sacct":
        yield from _ended(source, folder, pass_)


def _ended(source: Source, folder: str | None, pass_: Pass) -> Iterator[Reading]:
    """Jobs that ended since the last time, at most a day of them: what is behind catches up pass by pass."""
    now = int(pass_.now)
    known = pass_.progress.get("sacct")
    since = now - SACCT_AT_ONCE_SECONDS
    if known is not None and known.last_time is not None:
        since = min(known.last_time, now)
        if now - since < SACCT_EVERY_SECONDS:
            return
    until = min(now, since + SACCT_AT_ONCE_SECONDS)
    argv = sacct_of(folder, since_ago=now - since + SACCT_AGAIN_SECONDS, until_ago=now - until)
    context = Context(source, pass_.now)
    try:
        parsed = parsed_output(source, argv, _parse_headed, context)
    except CommandFailed as error:
        raise NoAccounting(source, error) from error
    progress = FileProgress("sacct", 0, 0, 0, 0, "", until)
    yield Reading("sacct", 0, tuple(records_of(parsed.records, context)), parsed.rejected, progress)


def _text(source: Source, key: str) -> str | None:
    value = source.options.get(key)
    if value is None or (isinstance(value, str) and value.strip() and value.isprintable()):
        return value
    raise _wrong(source, key, '"/opt/slurm/bin"' if key == BIN else '"sacct"')


def _wrong(source: Source, key: str, expected: str) -> SettingsError:
    where = f"{source.name}.{key}"
    return SettingsError(where, f"{where} is {source.options[key]!r}", f"Write {expected}.")


def _as_fields(record: Any, timezone: ZoneInfo) -> dict[str, object]:
    return slurm.as_fields(record, timezone)


COLLECTOR = Collector(
    kind="queues",
    read_new=_read_new,
    parse_blocks=whole_texts(_parse),
    as_fields=_as_fields,
    to_records=records_of,
    unsavable=without_user,
    joined=joined,
    options=frozenset({BIN, COMMANDS, FINISHED_JOBS}),
    takes_path=False,
    reads_whole_texts=True,
    joins_texts=True,
)
