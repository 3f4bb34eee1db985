"""Feed one collector's parser what atheris makes of its samples, guided by the code that each reaches.

    python -m tests.fuzz.one_parser COLLECTOR FOLDER_OF_SAMPLES [-runs=5000 and other options of libFuzzer]

Ends with 0 when nothing but records, rejected lines and expected errors came of it. In a process of its own,
since libFuzzer takes over the process, and its instruments make all of our code slower.
"""

import sys
from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo

import atheris

with atheris.instrument_imports(include=["collectors", "usermon"]):
    from collectors.appended_file import Block
    from collectors.catalogue import find_collector
    from collectors.collector import Collector
    from collectors.reading import Context
    from usermon.errors import UsermonError
    from usermon.site_file import Source

NOON = 1_772_452_800.0
ZONE = ZoneInfo("Europe/Berlin")


def feed(collector: Collector, context: Context, content: bytes) -> None:
    """All that becomes of a file with this content, short of the store."""
    text = content.decode("utf-8", "backslashreplace")
    blocks = [Block(text, 1, len(content), text.count("\n"), whole=True)]
    # Of an expected error nothing is saved, and it is told.
    with suppress(UsermonError):
        for _, parsed in collector.parse_blocks(blocks, context):
            for rejected in parsed.rejected:
                assert rejected.reason, rejected
                assert 0 <= rejected.line <= text.count("\n") + 1, rejected
            for record in parsed.records:
                collector.as_fields(record, ZONE)
            collector.unsavable(parsed.records, context)
            collector.to_records(parsed.records, context)


def main() -> None:
    name, corpus, *options = sys.argv[1:]
    with atheris.instrument_imports(include=["collectors", "usermon"]):
        collector = find_collector(name)
    source = Source("source", name, Path("/srv/source"), 1, "Europe/Berlin")
    context = Context(source, NOON, "alice", Path("/srv/source/file.csv"))
    atheris.Setup(
        [sys.argv[0], *options, corpus],
        lambda content: feed(collector, context, content),
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
