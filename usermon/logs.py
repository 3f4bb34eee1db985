"""One log format for all programs: plain lines on stderr, where Docker and systemd pick them up."""

import logging
import sys


def set_up_logging(level: str = "INFO") -> None:
    """Send the program's log to stderr. Raises ValueError for an unknown level."""
    logging.basicConfig(
        level=level,
        stream=sys.stderr,
        format="%(asctime)s %(levelname)-7s %(name)s: %(message)s",
        datefmt="%Y-%m-%dT%H:%M:%S%z",
        force=True,
    )
