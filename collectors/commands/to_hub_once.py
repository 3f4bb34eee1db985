"""`once` with a hub, as a crontab line calls it, and `list`."""

from rich.text import Text

from cli_shared import ending
from collectors import shown
from collectors.agent_settings import AgentSettings
from collectors.commands.output import chosen, exit_if, print_result
from collectors.commands.to_hub import once
from collectors.spool import Spool


def run(settings: AgentSettings, name: str | None, as_json: bool) -> None:
    delivered = once(settings, chosen(settings.read_site(), name))
    for failure in delivered.failures:
        ending.show_error(failure)
    result = {**shown.runs_as_json(delivered.runs, None), "waiting": delivered.waiting}
    print_result(as_json, result, shown.delivered_for_people(delivered.runs, delivered.waiting))
    exit_if(bool(delivered.failures) or delivered.waiting > 0 or any(run.error for run in delivered.runs))


def list_sources(settings: AgentSettings, as_json: bool) -> None:
    """How the passes went is known on the hub; here it is how much waits."""
    site = settings.read_site()
    waiting = len(Spool(settings.state.spool_folder, settings.spool_bytes))
    told = Text(
        f"{waiting} batches wait for {settings.hub_url}, where the collection page tells how passes went"
    )
    result = {**shown.sources_as_json(site, {}), "waiting": waiting}
    print_result(as_json, result, [*shown.sources_for_people(site, {}), told])
