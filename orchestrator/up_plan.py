"""Everything that `up` is about to do, found out by looking only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestrator.deployment import Deployment
from orchestrator.ledger import load_ledger
from orchestrator.plan import Plan, make_plan, refuse_empty, refuse_shrink
from orchestrator.port_holders import listening_ports
from orchestrator.ports import assign_ports
from orchestrator.runtimes import Running
from orchestrator.site import read_site
from orchestrator.wanted_specs import dashboard_specs, service_specs
from orchestrator.wanted_users import WantedUsers
from usage_store.dashboards import LedgerEntry
from usermon.errors import SettingsError
from usermon.site_file import SiteFile


@dataclass(frozen=True, slots=True)
class UpRequest:
    """What the admin asked for."""

    wanted: WantedUsers
    services: bool = True
    remove_orphans: bool = False
    allow_empty: bool = False
    allow_shrink: bool = False
    wait: bool = True  # until the dashboards answer
    wait_for_data: bool = True  # until every source was read once, after the collectors started


@dataclass(frozen=True, slots=True)
class PlannedUp:
    plan: Plan
    ports: Mapping[str, int]  # of the wanted users
    ledger: Mapping[str, LedgerEntry]  # as it was
    running: Sequence[Running]
    site: SiteFile | None
    taken_ports: frozenset[int]

    @property
    def new_users(self) -> frozenset[str]:
        return frozenset(user for user in self.ports if user not in self.ledger)


def plan_up(
    deployment: Deployment, request: UpRequest, also_taken: frozenset[int] = frozenset()
) -> PlannedUp:
    """`also_taken` are ports that turned out to be held by others.

    Raises:
        ListRefused, NoPortLeft, NoSuchImage, SettingsError
    """
    users = list(request.wanted.lists_of)
    refuse_empty(users, allow_empty=request.allow_empty)
    running = deployment.runtime.list()
    refuse_shrink(users, running, allow_shrink=request.allow_shrink)
    ledger = load_ledger(deployment.store if deployment.has_store else None, running)
    _refuse_overview_on_a_users_port(deployment.settings.overview_port, ledger)
    taken = frozenset(listening_ports() | {deployment.settings.overview_port} | also_taken)
    ports = assign_ports(
        users,
        {user: entry.port for user, entry in ledger.items()},
        base=deployment.settings.base_port,
        step=deployment.settings.port_step,
        taken=taken,
    )
    site = read_site(deployment.settings) if request.services else None
    services = service_specs(deployment, site) if request.services else []
    plan = make_plan(
        [*services, *dashboard_specs(deployment, ports)], running, remove_orphans=request.remove_orphans
    )
    return PlannedUp(plan, ports, ledger, running, site, taken)


def _refuse_overview_on_a_users_port(overview_port: int, ledger: Mapping[str, LedgerEntry]) -> None:
    for user, entry in ledger.items():
        if entry.port == overview_port:
            raise SettingsError(
                "USERMON_OVERVIEW_PORT",
                f"USERMON_OVERVIEW_PORT is {overview_port}, which is {user}'s port",
                "Choose another USERMON_OVERVIEW_PORT: users keep their ports.",
            )
