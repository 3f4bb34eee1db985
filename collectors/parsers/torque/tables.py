"""Lines that are a whole: of plain `qstat`, of Maui's `diagnose`, of /etc/group."""

import re
from collections.abc import Iterator

from collectors.parsers.pbs_items import BlockedJob, Damaged, JobPriority, ReportedJob, UserGroup
from collectors.parsers.pbs_values import job_id_of, number, number_of, seconds
from usermon.errors import InvalidUserName
from usermon.queue_records import LONGEST_NAME, LONGEST_TEXT, Job, check_job
from usermon.user_names import check_user_name

_BLOCKED = re.compile(r"job (\S+)\s+(\S.*)")


def queued_of(line: str) -> ReportedJob:
    """`114618.head  bulk  somebody  20:45:05 R batch`; qstat cuts names at 16 and users at 15 characters,
    and does not say how many processors. Raises Damaged."""
    fields = line.split()
    if len(fields) != 6:
        raise Damaged(f"{len(fields)} columns instead of the six of qstat")
    printed_id, name, user, time_use, status, queue = fields
    job_id = job_id_of(printed_id)
    job = Job(job_id, number_of(job_id), name, user, 0, None, queue, status, 0)
    try:
        check_job(job)
    except ValueError as error:
        raise Damaged(str(error)) from None
    return ReportedJob(job, cpu_seconds=seconds(time_use, "Time Use"))


def priority_of(line: str) -> JobPriority:
    """`49663  1532  99.9(...)`; a star marks a priority that an admin set. Raises Damaged."""
    fields = line.split()
    if len(fields) < 2:
        raise Damaged("a job without a priority")
    job_id = job_id_of(fields[0])
    number_of(job_id)
    return JobPriority(job_id, number(fields[1].removesuffix("*"), "the priority"))


def blocked_of(line: str) -> BlockedJob:
    """`job 49547  violates active SOFT MAXJOB limit of 10 ...`. Raises Damaged."""
    match = _BLOCKED.fullmatch(line)
    if not match:
        raise Damaged("not like `job 49547  why it is blocked`")
    job_id = job_id_of(match[1])
    number_of(job_id)
    if not match[2].isprintable():
        raise Damaged("it holds a control character")
    return BlockedJob(job_id, " ".join(match[2].split())[:LONGEST_TEXT])


def groups_of(line: str) -> Iterator[UserGroup]:
    """The users that a line of /etc/group names after its third colon; none is nothing to tell.

    Raises Damaged."""
    group, _, _, members = line.split(":")
    if len(group) > LONGEST_NAME or not group.isprintable():
        raise Damaged("the group's name is none")
    for member in members.split(","):
        if member:
            try:
                yield UserGroup(check_user_name(member), group)
            except InvalidUserName as error:
                raise Damaged(f"{member!r} is no user: {error.reason}") from None
