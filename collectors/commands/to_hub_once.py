"""`once` with a hub, as a crontab line calls it."""

from cli_shared import ending
from collectors import shown
from collectors.agent_settings import AgentSettings
from collectors.commands.output import chosen, exit_if, print_result
from collectors.commands.to_hub import once


def run(settings: AgentSettings, name: str | None, as_json: bool) -> None:
    delivered = once(settings, chosen(settings.read_site(), name))
    for failure in delivered.failures:
        ending.show_error(failure)
    result = {**shown.runs_as_json(delivered.runs, None), "waiting": delivered.waiting}
    print_result(as_json, result, shown.delivered_for_people(delivered.runs, delivered.waiting))
    exit_if(bool(delivered.failures) or any(run.error for run in delivered.runs))
