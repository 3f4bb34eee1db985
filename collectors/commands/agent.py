"""The agent as a process of its own: `forever --hub` becomes this, by exec, when its options are read.

What reads options (click) stays behind, for a tenth of the memory that an agent may take.
"""

import logging
import os
import sys
from pathlib import Path

from collectors.agent_settings import AgentSettings, load_agent_settings
from collectors.commands import to_hub
from usermon.errors import UsermonError
from usermon.logs import set_up_logging

_log = logging.getLogger(__name__)


def become_agent(settings: AgentSettings) -> None:
    """Does not return: the process stays, its program is another. Raises UsermonError before that."""
    to_hub.check(settings)
    arguments = (settings.hub_url, str(settings.token_file), str(settings.config))
    # Each thread would have a heap of its own, with room that no other uses.
    os.environ.setdefault("MALLOC_ARENA_MAX", "1")
    # -P: what lies in the folder where somebody happens to be is no program of ours.
    program = [sys.executable, "-P", "-m", "collectors.commands.agent", *arguments]
    os.execv(sys.executable, program)  # noqa: S606


def main(hub: str, token_file: str, config: str) -> int:
    set_up_logging()
    try:
        to_hub.forever(load_agent_settings(hub, Path(token_file), Path(config)))
    except UsermonError as error:
        _log.error("%s. %s", error.message, error.remedy)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
