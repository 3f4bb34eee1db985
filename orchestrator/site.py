"""usermon.toml, as far as the orchestrator cares: is it there, and what does it say."""

from orchestrator.settings import OrchestratorSettings
from usermon.site_file import SiteFile, read_site_file


def read_site(settings: OrchestratorSettings) -> SiteFile | None:
    """None when nobody named a file and there is none at the usual place.

    Raises:
        SettingsError: the file is wrong, or was named and is not there.
    """
    if "config" not in settings.model_fields_set and not settings.config.exists():
        return None
    return read_site_file(settings.config, settings.effective_timezone)
