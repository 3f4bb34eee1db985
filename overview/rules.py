"""Which rules say what is wrong here."""

from collections.abc import Sequence

from overview.site import current_site
from usermon.alert_rules import DEFAULT_RULES, Rule


def current_rules() -> Sequence[Rule]:
    """Those of usermon.toml as it stands now, or the usual ones."""
    site = current_site()
    return DEFAULT_RULES if site is None else site.alerts.rules
