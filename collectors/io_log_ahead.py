"""A long log is parsed by a process of its own while this one saves what came before it.

The process reads the file that is open here, never another one of that name, tells what it made of each
block, and waits when it is a megabyte ahead: memory stays small however long the log is.
"""

import fcntl
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from typing import IO, Any

from collectors.appended_file import AppendedFile, NotReadable
from collectors.io_log_parts import Part, Place, parts_of
from collectors.parsers.io_log import Record
from usermon.io_records import IoClient, IoEntry, IoSession
from usermon.records import Rejected
from usermon.uninterrupted import uninterrupted

# Below that, a process takes longer to start than it saves.
WORTH_A_PROCESS_BYTES = 32 << 20
_AHEAD_BYTES = 1 << 20

# What goes from one process to the other: entries, clients and ranges once a part, then the records, which
# name them by their numbers.
_Packed = tuple[list[tuple[Any, ...]], list[tuple[Any, ...]], list[tuple[str, ...]], list[tuple[Any, ...]]]


def parts_ahead_of(file: AppendedFile, start: Place, now: float) -> Iterator[Part]:
    """As `parts_of`, by another process where that is worth it."""
    if file.size - start.byte < WORTH_A_PROCESS_BYTES or (os.cpu_count() or 1) < 2:
        yield from parts_of(file, start, now)
        return
    about = (str(file.descriptor), str(start.byte), str(start.lines), str(now))
    command = [sys.executable, "-m", "collectors.io_log_ahead", *about]
    with subprocess.Popen(  # noqa: S603 - ourselves
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, pass_fds=(file.descriptor,)
    ) as process:
        assert process.stdout is not None  # noqa: S101 - for the type checker
        fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, _AHEAD_BYTES)
        try:
            yield from _received(process.stdout)
        finally:
            process.kill()  # has ended already, unless nobody wants the rest


def _received(stream: IO[bytes]) -> Iterator[Part]:
    # Objects are shared between parts, as the parser shares them: saving is quicker so.
    clients: dict[tuple[Any, ...], IoClient] = {}
    all_sizes: dict[tuple[str, ...], tuple[str, ...]] = {}
    is_last = False
    while not is_last:
        try:
            with uninterrupted():
                packed, rejected, *rest = pickle.load(stream)  # noqa: S301 - of a process of our own
                records = _unpacked(packed, clients, all_sizes)
        except (EOFError, pickle.UnpicklingError):
            raise NotReadable("the process that reads it was ended: is there too little memory?") from None
        end, last_entry, whole, is_last = rest
        place = Place(*last_entry) if last_entry else None
        yield Part(records, tuple(Rejected(*line) for line in rejected), Place(*end), place, whole)


def _packed(records: tuple[Record, ...]) -> _Packed:
    entries, clients, sizes = _Numbered(), _Numbered(), _Numbered()
    told: list[tuple[Any, ...]] = []
    for record in records:
        if isinstance(record, IoEntry):
            told.append((entries.number_of(record),))
        else:
            numbers = (entries.number_of(record.entry), clients.number_of(record.client))
            told.append((*numbers, sizes.number_of(record.sizes), record.counts))
    return (
        [(entry.time, entry.local_time) for entry in entries.objects],
        [(c.user, c.role, c.affiliation, c.machine, c.machine_type) for c in clients.objects],
        sizes.objects,
        told,
    )


class _Numbered:
    """Each object once, in the order in which they came."""

    def __init__(self) -> None:
        self.objects: list[Any] = []
        self._numbers: dict[int, int] = {}

    def number_of(self, one: object) -> int:
        number = self._numbers.get(id(one))
        if number is None:
            number = self._numbers[id(one)] = len(self.objects)
            self.objects.append(one)
        return number


def _unpacked(
    packed: _Packed,
    known_clients: dict[tuple[Any, ...], IoClient],
    known_sizes: dict[tuple[str, ...], tuple[str, ...]],
) -> tuple[Record, ...]:
    entries = [IoEntry(*entry) for entry in packed[0]]
    for client in packed[1]:
        if client not in known_clients:
            known_clients[client] = IoClient(*client)
    clients = [known_clients[client] for client in packed[1]]
    sizes = [known_sizes.setdefault(one, one) for one in packed[2]]
    return tuple(
        IoSession(entries[told[0]], clients[told[1]], sizes[told[2]], told[3])
        if len(told) > 1
        else entries[told[0]]
        for told in packed[3]
    )


def _main(descriptor: str, byte: str, lines: str, now: str) -> None:
    parts = parts_of(AppendedFile(int(descriptor)), Place(int(byte), int(lines)), float(now))
    part: Part | None = next(parts)
    while part is not None:
        following = next(parts, None)
        rejected = [(line.line, line.text, line.reason) for line in part.rejected]
        last_entry = part.last_entry and tuple(part.last_entry)
        told = (_packed(part.records), rejected, tuple(part.end), last_entry, part.whole, following is None)
        pickle.dump(told, sys.stdout.buffer, protocol=5)
        part = following
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    _main(*sys.argv[1:5])
