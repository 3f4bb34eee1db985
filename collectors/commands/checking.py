"""`check`: every source is tried once, and nothing is saved; nor is anything delivered."""

from collections.abc import Collection
from pathlib import Path

from cli_shared import ending
from collectors import shown
from collectors.agent_settings import AgentSettings
from collectors.check import check_sources
from collectors.commands.output import chosen, exit_if, print_result
from collectors.hub import Hub
from collectors.settings import CollectorSettings
from usage_store.engine import open_store
from usermon.errors import UsermonError
from usermon.site_file import SiteFile


def check_here(config: Path | None, name: str | None, as_json: bool) -> None:
    settings = CollectorSettings.load_with(config)
    failed = _check(settings.read_site(), name, as_json)
    with open_store(settings.effective_store_url).reading():
        pass  # answers, and its tables are up to date
    exit_if(failed)


def check_agent(settings: AgentSettings, name: str | None, as_json: bool) -> None:
    site = settings.read_site()
    failed = _check(site, name, as_json)
    hub = Hub(settings.hub_url, settings.token_file, settings.ca_file)
    try:
        allowed = hub.sources()
    finally:
        hub.close()
    if missing := {source.name for source in chosen(site, name)} - set(allowed):
        ending.show_error(_not_allowed(missing, allowed))
        failed = True
    exit_if(failed)


def _not_allowed(missing: Collection[str], allowed: Collection[str]) -> UsermonError:
    known = ", ".join(sorted(allowed)) or "none"
    sources = " ".join(f"--source {name}" for name in sorted({*allowed, *missing}))
    return UsermonError(
        f"the hub takes no source {', '.join(map(repr, sorted(missing)))} from this token, only: {known}",
        "Make a token for all of them on the hub, which takes this one's place: "
        f"`usermon-overview token NAME --scope ingest {sources}`.",
    )


def _check(site: SiteFile, name: str | None, as_json: bool) -> bool:
    checked = check_sources(chosen(site, name))
    print_result(as_json, shown.checked_as_json(checked), shown.checked_for_people(checked))
    return any(one.error for one in checked)
