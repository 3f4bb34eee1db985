"""Running a command where a source is: on this machine, or over ssh."""

from collections.abc import Sequence

from collectors.command import CommandFailed, Output, output_here
from collectors.printable import printable
from usermon.site_file import Source


def output_of(source: Source, argv: Sequence[str]) -> Output:
    """Run `argv` where `source` is. Raises CommandFailed when it could not be run to its end."""
    if source.ssh is not None:
        from collectors.ssh import output_over_ssh  # fabric is heavy, and most machines read only themselves

        return output_over_ssh(source, argv)
    return output_here(source, argv)


def text_of(source: Source, argv: Sequence[str]) -> str:
    """What `argv` prints. Raises CommandFailed, also when it ends with an error."""
    output = output_of(source, argv)
    if output.exit_code != 0:
        first = next((line for line in output.complaints.splitlines() if line.strip()), "and said nothing")
        raise CommandFailed(source, argv, f"ended with {output.exit_code}: {printable(first.strip()[:200])}")
    return output.text
