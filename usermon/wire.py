"""Records as JSON-able values and back, by the fields and type hints of their dataclasses.

What an agent sends and the hub reads. A field is text, a whole number, a float, a bool, a time, None, a
tuple of those, or another frozen dataclass. Reading is strict: it takes what the hints say and nothing else.

    StorageUsage("alice", "local", NOON, 5, 1)
    {"user": "alice", "volume": "local", "time": "2026-03-02T12:00:00+00:00", "used_bytes": 5, "files": 1}

Fields that hold their default stay away, and may.
"""

import math
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from types import NoneType, UnionType
from typing import Any, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

Record = TypeVar("Record")
Read = Callable[[Any], Any]

# What both databases keep in a BIGINT.
LARGEST_WHOLE = 2**63 - 1


class WireError(ValueError):
    """`field` is the path to what is wrong ("jobs[3].name"), `reason` a short phrase."""

    def __init__(self, reason: str, field: str = "") -> None:
        super().__init__(f"{field}: {reason}" if field else reason)
        self.reason = reason
        self.field = field

    def inside(self, place: str) -> "WireError":
        """The same, seen from one level above."""
        separator = "" if not self.field or self.field.startswith("[") else "."
        return type(self)(self.reason, f"{place}{separator}{self.field}")


class NotThisRecord(WireError):
    """Not the record at all: a field is missing, unknown or of another type."""


class ValueNotKept(WireError):
    """The record, with a value that no store could keep: no finite number, too large, half a character."""


def to_wire(value: object) -> Any:
    """A record as what `json.dumps` takes. Raises ValueNotKept."""
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None:
        return value
    if kind is float:
        return _finite(value)  # type: ignore[arg-type]
    if isinstance(value, datetime):
        return _time_to_wire(value)
    if kind is tuple:
        return [to_wire(item) for item in value]  # type: ignore[attr-defined]
    if is_dataclass(kind):
        return _record_to_wire(value)
    raise TypeError(f"no wire form of {kind.__name__}")


def from_wire(record: type[Record], document: object) -> Record:
    """The `record` that `document`, from `json.loads`, stands for. Raises WireError."""
    hint: Any = record
    made: Record = _read(_shape(hint), document)
    return made


def _record_to_wire(record: object) -> dict[str, Any]:
    document: dict[str, Any] = {}
    kind: Any = type(record)
    for name, default in _defaults(kind):
        value = getattr(record, name)
        if value is default or (default is not MISSING and type(value) is type(default) and value == default):
            continue
        try:
            document[name] = to_wire(value)
        except WireError as error:
            raise error.inside(name) from None
    return document


@cache
def _defaults(record: Any) -> tuple[tuple[str, Any], ...]:
    return tuple((field.name, field.default) for field in fields(record))


# Thousands of records share the moment at which they were measured.
@lru_cache(maxsize=1024)
def _time_to_wire(time: datetime) -> str:
    if time.tzinfo is None:
        raise ValueNotKept("a time without a zone")
    return time.astimezone(UTC).isoformat()


class _Shape(NamedTuple):
    """What JSON types a hint takes and how each is read; `says` is for whoever sent another one."""

    readers: dict[type, Read]
    says: str


class _Field(NamedTuple):
    name: str
    shape: _Shape
    default: Any  # MISSING where the field must be there


def _read(shape: _Shape, value: object) -> Any:
    reader = shape.readers.get(type(value))
    if reader is None:
        raise NotThisRecord(f"is {_SAID.get(type(value), 'something')}, expected {shape.says}")
    return reader(value)


_SAID = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    NoneType: "null",
    list: "a list",
    dict: "an object",
}


@cache
def _shape(hint: Any) -> _Shape:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        members = [_shape(member) for member in arguments]
        readers: dict[type, Read] = {}
        for member in members:
            for kind, reader in member.readers.items():
                readers.setdefault(kind, reader)
        # int | float: a whole number stays one.
        readers |= {kind: _PLAIN[kind].readers[kind] for kind in arguments if kind in (int, float)}
        return _Shape(readers, " or ".join(member.says for member in members))
    if origin is tuple:
        return _tuple_shape(arguments)
    if hint in _PLAIN:
        return _PLAIN[hint]
    if is_dataclass(hint) and isinstance(hint, type):
        return _Shape({dict: _record_reader(hint)}, "an object")
    raise TypeError(f"no wire form of {hint!r}")


def _tuple_shape(arguments: tuple[Any, ...]) -> _Shape:
    if arguments[1:] == (...,):
        same = _shape(arguments[0])
        return _Shape({list: lambda items: _items(items, [same] * len(items))}, "a list")
    each = [_shape(argument) for argument in arguments]

    def read(items: list[Any]) -> tuple[Any, ...]:
        if len(items) != len(each):
            raise NotThisRecord(f"has {len(items)} items, expected {len(each)}")
        return _items(items, each)

    return _Shape({list: read}, f"a list of {len(each)}")


def _items(items: list[Any], shapes: list[_Shape]) -> tuple[Any, ...]:
    read: list[Any] = []
    for item, shape in zip(items, shapes, strict=True):
        try:
            read.append(_read(shape, item))
        except WireError as error:
            raise error.inside(f"[{len(read)}]") from None
    return tuple(read)


def _record_reader(record: type) -> Read:
    hints = get_type_hints(record)
    known = [
        _Field(field.name, _shape(hints[field.name]), field.default) for field in fields(record) if field.init
    ]
    names = {field.name for field in known}

    def read(document: dict[str, Any]) -> Any:
        if not document.keys() <= names:
            unknown = next(name for name in document if name not in names)
            raise NotThisRecord(f"no such field in {record.__name__}", unknown[:64])
        values: list[Any] = []
        for name, shape, default in known:
            if name not in document:
                if default is MISSING:
                    raise NotThisRecord("is missing", name)
                values.append(default)
                continue
            value = document[name]
            try:
                # `_read`, unfolded: this is where ingest spends its time.
                reader = shape.readers.get(type(value))
                values.append(reader(value) if reader is not None else _read(shape, value))
            except WireError as error:
                raise error.inside(name) from None
        return record(*values)

    return read


def _text(value: str) -> str:
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueNotKept("half of a character") from None
    if "\0" in value:
        raise ValueNotKept("a NUL character")
    return value


def _whole(value: int) -> int:
    if not -LARGEST_WHOLE <= value <= LARGEST_WHOLE:
        raise ValueNotKept("larger than 64 bits hold")
    return value


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueNotKept("not a finite number")
    return value


def _float(value: int) -> float:
    return float(_whole(value))


@lru_cache(maxsize=1024)
def _time(value: str) -> datetime:
    try:
        time = datetime.fromisoformat(value)
        if time.tzinfo is None:
            raise NotThisRecord("a time without a zone")
        return time.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise error if isinstance(error, WireError) else NotThisRecord("not a time in ISO 8601") from None


def _same(value: Any) -> Any:
    return value


_PLAIN: dict[Any, _Shape] = {
    str: _Shape({str: _text}, "text"),
    int: _Shape({int: _whole}, "a whole number"),
    float: _Shape({float: _finite, int: _float}, "a number"),
    bool: _Shape({bool: _same}, "true or false"),
    datetime: _Shape({str: _time}, "a time"),
    NoneType: _Shape({NoneType: _same}, "null"),
}
