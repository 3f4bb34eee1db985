"""The shapes of answers about I/O, as the OpenAPI document tells them."""

from apiflask import Schema
from apiflask.fields import Dict, Integer, List, Nested, String
from apiflask.validators import Length, Range

from overview.api.queries import DEFAULT_LIMIT, LARGEST_LIMIT, Ranged, RangeQuery

_OPERATIONS = "Reads: the sum of the counts."
_CLOCK = "As the log shows it: the local time of the machine that wrote it."


def _about(text: str) -> dict[str, str]:
    return {"description": text}


class UsageQuery(RangeQuery):
    limit = Integer(
        load_default=DEFAULT_LIMIT,
        validate=Range(min=1, max=LARGEST_LIMIT),
        metadata=_about("How many entries of a time_series at most: the newest ones."),
    )


class MachineUsageQuery(UsageQuery):
    type = String(
        load_default=None,
        validate=Length(min=1, max=255),
        metadata=_about("The machine's type, where machines of several types have this name."),
    )


class UsageAsked(Ranged):
    """A checked UsageQuery."""

    limit: int


class MachineUsageAsked(UsageAsked):
    """A checked MachineUsageQuery."""

    type: str | None


class IoStatsAnswer(Schema):
    log_count = Integer(required=True, metadata=_about("Entries of logs."))
    user_count = Integer(required=True)
    machine_count = Integer(required=True, metadata=_about("A machine is a name and a type."))
    session_count = Integer(required=True, metadata=_about("One user on one machine in one entry."))
    operation_count = Integer(required=True, metadata=_about("Rows of histograms, rows of zero too."))
    total_operations = Integer(required=True, metadata=_about(_OPERATIONS))
    min_date = String(required=True, allow_none=True, metadata=_about(_CLOCK))
    max_date = String(required=True, allow_none=True, metadata=_about(_CLOCK))


class IoUserOnMachine(Schema):
    username = String(required=True)
    user_role = String(required=True, allow_none=True, metadata=_about("In the newest entry with this user."))
    user_affiliation = String(required=True, allow_none=True)
    session_count = Integer(required=True)


class IoUserAnswer(IoUserOnMachine):
    machine_count = Integer(required=True)


class IoMachineOfUser(Schema):
    machine_name = String(required=True)
    machine_type = String(required=True)
    session_count = Integer(required=True)


class IoMachineAnswer(IoMachineOfUser):
    user_count = Integer(required=True)


class IoSize(Schema):
    display_text = String(required=True, metadata={"example": "[4K, 8K)"})
    total_operations = Integer(required=True, metadata=_about(_OPERATIONS))


class IoSizeWithBytes(IoSize):
    min_bytes = Integer(required=True, allow_none=True, metadata=_about("null: no lower end."))
    max_bytes = Integer(
        required=True, allow_none=True, metadata=_about("Not among them. null: no upper end.")
    )


class IoMoment(Schema):
    timestamp = String(required=True, metadata={**_about(_CLOCK), "example": "2025-03-05 01:00:11"})
    total_operations = Integer(required=True, metadata=_about(_OPERATIONS))


class IoEntryMoment(IoMoment):
    active_users = Integer(required=True)
    active_machines = Integer(required=True)


class IoUserUsageAnswer(Schema):
    username = String(required=True)
    user_role = String(required=True, allow_none=True)
    user_affiliation = String(required=True, allow_none=True)
    machines = List(Nested(IoMachineOfUser), required=True)
    io_distribution = List(Nested(IoSize), required=True, metadata=_about("Smallest sizes first."))
    time_series = List(Nested(IoMoment), required=True)


class IoMachineUsageAnswer(Schema):
    machine_name = String(required=True)
    machine_type = String(required=True)
    users = List(Nested(IoUserOnMachine), required=True)
    io_distribution = List(Nested(IoSize), required=True, metadata=_about("Smallest sizes first."))
    time_series = List(Nested(IoMoment), required=True)


class IoHour(Schema):
    hour = String(required=True, metadata={**_about("Of the day, by the local clock."), "example": "07"})
    total_operations = Integer(required=True, metadata=_about(_OPERATIONS))


class IoDay(Schema):
    day_of_week = String(required=True, metadata=_about("0 is Sunday."))
    total_operations = Integer(required=True, metadata=_about(_OPERATIONS))


class IoTimeAnswer(Schema):
    time_series = List(
        Nested(IoEntryMoment), required=True, metadata=_about("One a log entry, oldest first.")
    )
    hourly_pattern = List(Nested(IoHour), required=True)
    daily_pattern = List(Nested(IoDay), required=True)


class IoSizesAnswer(Schema):
    overall = List(Nested(IoSizeWithBytes), required=True, metadata=_about("Smallest sizes first."))
    by_role = Dict(
        keys=String(),
        values=List(Nested(IoSize)),
        required=True,
        metadata=_about("By the role that users have now; `none` for those without."),
    )
    by_machine_type = Dict(keys=String(), values=List(Nested(IoSize)), required=True)
