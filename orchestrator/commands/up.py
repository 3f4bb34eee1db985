"""`orchestrator up`."""

from pathlib import Path

import click

from orchestrator.bring_up import bring_up
from orchestrator.commands.options import (
    as_json,
    exit_code_of,
    list_files,
    load_settings,
    print_json,
    user_lists,
)
from orchestrator.deployment import make_or_open, open_for_planning
from orchestrator.progress import progress_for
from orchestrator.summary import plan_as_json, plan_as_text, up_as_json, up_as_text
from orchestrator.up_plan import UpRequest, plan_up
from orchestrator.wanted_users import read_wanted_users

_CHANGES_FOUND = 3


@click.command()
@user_lists
@click.option(
    "--dry-run", is_flag=True, help="Print what would be done, and stop (exit code 3: there is something)."
)
@click.option("--remove-orphans", is_flag=True, help="Remove dashboards of users that no list names.")
@click.option("--allow-empty", is_flag=True, help="Go on although the lists name nobody.")
@click.option("--allow-shrink", is_flag=True, help="Go on although most running dashboards are in no list.")
@click.option("--dashboards-only", is_flag=True, help="Leave the overview and the collectors alone.")
@click.option("--no-wait", is_flag=True, help="Do not wait until the dashboards answer.")
@click.option("--runtime", help="Where dashboards run (USERMON_RUNTIME).")
@click.option("--parallel", type=int, help="How many start at a time (USERMON_PARALLEL).")
@as_json
def up(
    lists: tuple[Path, ...],
    local: Path | None,
    cryo: Path | None,
    select: str | None,
    dry_run: bool,
    remove_orphans: bool,
    allow_empty: bool,
    allow_shrink: bool,
    dashboards_only: bool,
    no_wait: bool,
    runtime: str | None,
    parallel: int | None,
    as_json: bool,
) -> int:
    """Start or update a dashboard for every user in the lists, the overview and the collectors.

    Run again, it changes nothing; interrupted, the next run finishes the work.
    """
    wanted = read_wanted_users(list_files(lists, local, cryo, select))
    settings = load_settings(runtime=runtime, parallel=parallel)
    request = UpRequest(
        wanted,
        services=not dashboards_only,
        remove_orphans=remove_orphans,
        allow_empty=allow_empty,
        allow_shrink=allow_shrink,
        wait=not no_wait,
    )
    if dry_run:
        planned = plan_up(open_for_planning(settings), request)
        if as_json:
            print_json(plan_as_json(planned, wanted.rejected, settings))
        else:
            click.echo(plan_as_text(planned, wanted.rejected, settings))
        return _CHANGES_FOUND if planned.plan.changes else 0
    result = bring_up(make_or_open(settings), request, progress_for())
    if as_json:
        print_json(up_as_json(result, settings))
    else:
        click.echo(up_as_text(result, settings))
    return exit_code_of(result.outcomes)
