"""What may be asked of hosts, and the shapes of the answers. Units are those of Jarvis' tables: total_mem and
l2_cache KiB, memory and disks MiB, CPU percent."""

from apiflask import Schema
from apiflask.fields import Boolean, DateTime, Float, Integer, List, Nested, String
from apiflask.validators import Range

from overview.api.queries import Listed, ListQuery, RangeListed, RangeListQuery

_MOST_MINUTES = 1_000_000


def _about(text: str) -> dict[str, str]:
    return {"description": text}


class GapsQuery(RangeListQuery):
    fewer_than = Integer(
        load_default=3,
        validate=Range(min=1, max=1_000),
        metadata=_about("Buckets with fewer samples than so many are gaps; a sample a minute makes five."),
    )


class SilencesQuery(RangeListQuery):
    longer_than = Float(
        load_default=2.0,
        allow_nan=False,
        validate=Range(min=0, max=_MOST_MINUTES),
        metadata=_about("Minutes without a sample that are no silence yet."),
    )


class HardwareQuery(ListQuery):
    history = Boolean(
        load_default=False, metadata=_about("Also hardware that was, by host, each with since and until.")
    )


class GapsListed(RangeListed):
    """A checked GapsQuery."""

    fewer_than: int


class SilencesListed(RangeListed):
    """A checked SilencesQuery."""

    longer_than: float


class HardwareListed(Listed):
    """A checked HardwareQuery."""

    history: bool


class HardwareAnswer(Schema):
    host_id = Integer(required=True)
    hostname = String(required=True)
    cpu_number = Integer(required=True)
    cpu_architecture = String(required=True)
    cpu_model = String(required=True)
    cpu_mhz = Float(required=True, allow_none=True)
    l2_cache = Integer(required=True, allow_none=True, metadata=_about("KiB."))
    total_mem = Integer(required=True, metadata=_about("KiB."))
    since = DateTime(required=True, metadata=_about("When it was seen first."))
    until = DateTime(
        required=True, allow_none=True, metadata=_about("When other hardware was seen; null: it stands.")
    )
    alike = Integer(
        required=True,
        allow_none=True,
        metadata=_about("How many hosts have this very hardware now; null in a history."),
    )


class UsageFields(Schema):
    memory_free = Integer(required=True, allow_none=True, metadata=_about("MiB."))
    cpu_idle = Float(required=True, allow_none=True, metadata=_about("Percent of the interval."))
    cpu_kernel = Float(required=True, allow_none=True, metadata=_about("Percent of the interval."))
    disk_io = Integer(
        required=True,
        allow_none=True,
        metadata=_about("I/O operations: a second as Usermon measures, in progress as imported tables say."),
    )
    disk_available = Integer(
        required=True, allow_none=True, metadata=_about("MiB of the first mount; null: it did not answer.")
    )
    load_average = Float(data_key="load", required=True, allow_none=True, metadata=_about("Of one minute."))
    network_received = Integer(required=True, allow_none=True, metadata=_about("KiB a second."))
    network_sent = Integer(required=True, allow_none=True, metadata=_about("KiB a second."))


class HostAnswer(UsageFields):
    """A host with its hardware and its newest sample; null where nothing is known."""

    host_id = Integer(required=True)
    hostname = String(required=True)
    cpu_number = Integer(required=True, allow_none=True)
    cpu_architecture = String(required=True, allow_none=True)
    cpu_model = String(required=True, allow_none=True)
    cpu_mhz = Float(required=True, allow_none=True)
    l2_cache = Integer(required=True, allow_none=True, metadata=_about("KiB."))
    total_mem = Integer(required=True, allow_none=True, metadata=_about("KiB."))
    hardware_since = DateTime(required=True, allow_none=True)
    timestamp = DateTime(required=True, allow_none=True, metadata=_about("Of the newest sample."))
    disk_size = Integer(
        required=True,
        allow_none=True,
        metadata=_about("MiB that users can fill on the first mount; null: it was not told."),
    )


class MountAnswer(Schema):
    mount = String(required=True)
    disk_available = Integer(required=True, allow_none=True, metadata=_about("MiB; null: it did not answer."))


class GpuAnswer(Schema):
    number = Integer(required=True)
    name = String(required=True)
    busy = Float(required=True, allow_none=True, metadata=_about("Percent."))
    memory_used = Integer(required=True, allow_none=True, metadata=_about("MiB."))
    memory_total = Integer(required=True, allow_none=True, metadata=_about("MiB."))


class HostUsageAnswer(UsageFields):
    timestamp = DateTime(required=True)
    hostname = String(required=True)
    samples = Integer(
        required=True, metadata=_about("1, or of how many samples these are the means: an old hour's.")
    )
    mounts = List(Nested(MountAnswer), required=True, metadata=_about("Where several are watched."))
    gpus = List(Nested(GpuAnswer), required=True)


class MemoryAnswer(Schema):
    host_id = Integer(required=True)
    hostname = String(required=True)
    rounded_timestamp = DateTime(required=True, metadata=_about("Where the five minutes begin."))
    avg_used_mem_percent = Float(
        required=True, metadata=_about("The mean of whole percents, cut off for each sample.")
    )
    avg_used_mem_percent_exact = Float(required=True, metadata=_about("The mean of what nobody rounded."))
    samples = Integer(required=True)


class GapAnswer(Schema):
    host_id = Integer(required=True)
    hostname = String(required=True)
    rounded_timestamp = DateTime(required=True, metadata=_about("Where the five minutes begin."))
    samples = Integer(required=True, metadata=_about("How many there were; 0: none at all."))


class SilenceAnswer(Schema):
    host_id = Integer(required=True)
    hostname = String(required=True)
    last_before = DateTime(required=True)
    next = DateTime(
        required=True, allow_none=True, metadata=_about("null: none came before the end of the range.")
    )
    minutes = Float(required=True)
