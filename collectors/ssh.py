"""Running a command on another machine over ssh."""

from collections.abc import Sequence

from collectors.command import CommandFailed, Output
from usermon.site_file import Source


def output_over_ssh(source: Source, argv: Sequence[str]) -> Output:
    """Raises CommandFailed."""
    raise CommandFailed(source, argv, "cannot be run: reading over ssh is being built")
