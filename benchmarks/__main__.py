"""Measure all, or those named; print the table and write build/bench.json.

Exit code 1 says that a budget is missed, so that a change which misses one is seen at once.
"""

import argparse
import sys
from pathlib import Path

from benchmarks import (
    agent,
    ingest,
    io_import,
    live,
    one_dashboard,
    overview_page,
    pages,
    plan_size,
    publishing,
    queue_answers,
    redraw,
    rollout,
    sizing,
)
from benchmarks.figures import Figure, print_table, write_json

MEASUREMENTS = {
    "rollout": rollout.measure,
    "plan": plan_size.measure,
    "dashboard": one_dashboard.measure,
    "redraw": redraw.measure,
    "overview": overview_page.measure,
    "live": live.measure,
    "pages": pages.measure,
    "queues": queue_answers.measure,
    "io": io_import.measure,
    "publishing": publishing.measure,
    "ingest": ingest.measure,
    "agent": agent.measure,
    "sizing": sizing.measure,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("only", nargs="*", metavar="NAME", help=f"one or more of {', '.join(MEASUREMENTS)}")
    parser.add_argument("--out", type=Path, default=Path("build/bench.json"))
    arguments = parser.parse_args()
    unknown = set(arguments.only) - set(MEASUREMENTS)
    if unknown:
        parser.error(f"no such measurement: {', '.join(sorted(unknown))}")
    figures: list[Figure] = []
    for name in arguments.only or MEASUREMENTS:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        figures.extend(MEASUREMENTS[name]())
    print_table(figures)
    write_json(figures, arguments.out)
    return 0 if all(figure.within for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
