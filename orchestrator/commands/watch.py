"""`orchestrator watch`."""

import time
from pathlib import Path

import click

from orchestrator.commands.options import list_files, load_settings, user_lists
from orchestrator.deployment import open_patiently
from orchestrator.engine_events import EngineEvents
from orchestrator.file_changes import FileChanges
from orchestrator.progress import LogProgress
from orchestrator.up_plan import UpRequest
from orchestrator.wanted_users import read_wanted_users
from orchestrator.watch import Watch
from usermon.logs import set_up_logging


@click.command()
@user_lists
@click.option(
    "--remove-orphans", is_flag=True, help="Remove dashboards of users that no list names any more."
)
@click.option("--allow-empty", is_flag=True, help="Go on when the lists name nobody.")
@click.option(
    "--allow-shrink", is_flag=True, help="Go on when most running dashboards are in no list any more."
)
@click.option("--dashboards-only", is_flag=True, help="Leave the overview and the collectors alone.")
@click.option("--every", type=click.FloatRange(min=1), default=300.0, help="Seconds between two full checks.")
@click.option(
    "--record-every",
    type=click.FloatRange(min=1),
    default=30.0,
    help="Seconds between two notes of what runs.",
)
def watch(
    lists: tuple[Path, ...],
    local: Path | None,
    cryo: Path | None,
    select: str | None,
    remove_orphans: bool,
    allow_empty: bool,
    allow_shrink: bool,
    dashboards_only: bool,
    every: float,
    record_every: float,
) -> None:
    """Stay, and keep what runs as the lists want it, until SIGTERM or Ctrl-C.

    Whatever the lists name is brought back, also after `down`: end `watch` first.
    """
    files = list_files(lists, local, cryo, select)
    settings = load_settings()
    set_up_logging()

    def read_request() -> UpRequest:
        return UpRequest(
            read_wanted_users(files),
            services=not dashboards_only,
            remove_orphans=remove_orphans,
            allow_empty=allow_empty,
            allow_shrink=allow_shrink,
            wait_for_data=False,
        )

    try:
        deployment = open_patiently(settings, time.sleep)
        Watch(
            deployment,
            read_request,
            FileChanges((*files.paths, settings.config)),
            EngineEvents(deployment.runtime),
            LogProgress(),
            every,
            record_every,
        ).run()
    except KeyboardInterrupt:
        click.echo("watch ends; the dashboards go on", err=True)
