"""The shapes of answers about batch queues."""

from apiflask import Schema
from apiflask.fields import DateTime, Dict, Float, Integer, List, String
from apiflask.validators import Length, Range, Regexp

from overview.api.queries import ListQuery, RangeListQuery, RangeQuery
from overview.api.schemas import FormatQuery

LONGEST_NAME = 255
MOST_POINTS = 5_000


def _about(text: str) -> dict[str, str]:
    return {"description": text}


def _counts(text: str) -> Dict:
    return Dict(keys=String(), values=Integer(), required=True, metadata=_about(text))


def _name(text: str) -> String:
    # No database of ours takes the character 0 even in a question.
    validate = [Length(min=1, max=LONGEST_NAME), Regexp(r"^[^\x00]+$")]
    return String(load_default=None, validate=validate, metadata=_about(text))


class JobsQuery(ListQuery):
    user = _name("Only this user's.")
    state = _name("Only those in this state, in the scheduler's own letter or word.")
    queue = _name("Only those of this queue (Slurm: partition).")
    name = _name("Only those with this in their name; upper and lower case are the same.")


class FinishedQuery(RangeListQuery):
    user = _name("Only this user's.")
    state = _name("Only those that ended in this state.")
    queue = _name("Only those of this queue (Slurm: partition).")


class FinishedSumsQuery(ListQuery, RangeQuery):
    user = _name("Only this user.")


class HistoryQuery(FormatQuery):
    points = Integer(
        load_default=200,
        validate=Range(min=1, max=MOST_POINTS),
        metadata=_about("Of more snapshots, the newest of each of so many equal spans."),
    )


class ClusterTotals(Schema):
    cluster = String(required=True, metadata=_about("The name of the source that reads it."))
    time = DateTime(
        required=True,
        allow_none=True,
        metadata=_about("Of the newest snapshot; null where only ended jobs are known."),
    )
    age_seconds = Integer(
        required=True, allow_none=True, metadata=_about("Of the newest snapshot, true to the minute.")
    )
    jobs = Integer(required=True)
    jobs_by_state = _counts("In the scheduler's own letters or words.")
    jobs_by_queue = _counts("Slurm: by partition.")
    users = Integer(required=True, metadata=_about("Who have jobs."))
    nodes = Integer(required=True)
    nodes_by_state = _counts("In the scheduler's own words.")
    procs = Integer(required=True, metadata=_about("Processors of all nodes."))
    procs_by_node_state = _counts("Processors of the nodes in each state.")
    procs_running = Integer(required=True, metadata=_about("Processors of running jobs."))
    procs_free = Integer(required=True, metadata=_about("All processors of free nodes, used or not."))
    procs_free_not_counting_used_slots = Integer(required=True)
    gpus = Integer(required=True, metadata=_about("Of all nodes, where the scheduler tells."))
    gpus_used = Integer(required=True)
    gpus_running = Integer(required=True, metadata=_about("GPUs of running jobs."))


class ClusterAnswer(ClusterTotals):
    last_error = String(
        required=True, allow_none=True, metadata=_about("Why the newest pass over its source failed.")
    )
    last_error_remedy = String(required=True, allow_none=True)
    last_pass = DateTime(required=True, allow_none=True, metadata=_about("When that pass ended."))


class ProcsAnswer(ClusterTotals):
    procs_per_user_running = _counts("Processors of each user's running jobs.")
    gpus_per_user_running = _counts("GPUs of each user's running jobs; users without any are left out.")
    jobs_by_user_and_state = Dict(
        keys=String(), values=Dict(keys=String(), values=Integer()), required=True, metadata=_about("Jobs.")
    )
    groups = Dict(
        keys=String(),
        values=String(allow_none=True),
        required=True,
        metadata=_about("Each user's group, where the cluster's group file tells it."),
    )


class JobAnswer(Schema):
    job_id = String(required=True, metadata=_about("As the scheduler prints it."))
    job_number = Integer(required=True)
    name = String(required=True)
    user = String(required=True)
    processors = Integer(required=True)
    priority = Float(required=True, allow_none=True, metadata=_about("Null: not known."))
    queue = String(required=True)
    status = String(required=True)
    n_nodes = Integer(required=True)
    error = String(required=True, allow_none=True, metadata=_about("Why it does not start."))
    gpus = Integer(required=True)
    nodes = List(String(), required=True)
    submitted = DateTime(required=True, allow_none=True)
    started = DateTime(required=True, allow_none=True)
    memory_bytes = Integer(required=True, allow_none=True)


class FreeNodeAnswer(Schema):
    name = String(required=True)
    # Named so, since a schema has a method `load`.
    load_average = Float(required=True, allow_none=True, data_key="load")
    n_procs = Integer(required=True)
    n_running = Integer(required=True, metadata=_about("Processors in use."))
    state = String(required=True)


class NodeAnswer(FreeNodeAnswer):
    job_ids = List(String(), required=True)
    queues = List(String(), required=True, metadata=_about("Torque: properties."))
    gpus = Integer(required=True)
    gpus_used = Integer(required=True)
    memory_bytes = Integer(required=True, allow_none=True)


class ClusterHistoryAnswer(Schema):
    time = DateTime(required=True)
    procs = Integer(required=True)
    procs_free = Integer(required=True)
    procs_free_not_counting_used_slots = Integer(required=True)
    nodes_by_state = _counts("Nodes.")
    jobs_by_state = _counts("Jobs.")
    procs_per_user_running = _counts("Processors of each user's running jobs.")
    gpus_per_user_running = _counts("GPUs of each user's running jobs.")


class FinishedAnswer(Schema):
    job_id = String(required=True)
    user = String(required=True)
    queue = String(required=True)
    state = String(required=True)
    submitted = DateTime(required=True, allow_none=True)
    started = DateTime(required=True, allow_none=True)
    ended = DateTime(required=True, allow_none=True)
    elapsed_seconds = Integer(required=True)
    processors = Integer(required=True)
    gpus = Integer(required=True)
    nodes = Integer(required=True)
    memory_bytes = Integer(required=True, allow_none=True, metadata=_about("The most that it used."))
    exit_code = String(required=True, allow_none=True)
    cpu_hours = Float(required=True, metadata=_about("Processors times hours."))
    gpu_hours = Float(required=True, metadata=_about("GPUs times hours."))


class FinishedSumAnswer(Schema):
    user = String(required=True)
    jobs = Integer(required=True)
    cpu_hours = Float(required=True)
    gpu_hours = Float(required=True)
