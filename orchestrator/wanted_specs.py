"""From settings, users and ports to the specification of every container that should run."""

from collections.abc import Mapping

from orchestrator.dashboard_spec import DashboardKind, dashboard_spec
from orchestrator.deployment import Deployment
from orchestrator.images import dashboard_image, require_image, services_image
from orchestrator.runtimes import ContainerSpec
from orchestrator.services_spec import ServicesKind, collectors_spec, overview_spec
from orchestrator.store_url import store_url_since
from usermon.site_file import SiteFile


def dashboard_specs(deployment: Deployment, ports: Mapping[str, int]) -> list[ContainerSpec]:
    """Raises NoSuchImage."""
    if not ports:
        return []
    settings = deployment.settings
    image = dashboard_image(settings)
    kind = DashboardKind(
        deployment=deployment.id,
        state=deployment.state,
        image=image,
        image_id=require_image(deployment.runtime, image),
        bind_address=settings.bind_address,
        run_as=deployment.owner.containers,
        memory_bytes=settings.memory,
        cpus=settings.cpus,
    )
    return [dashboard_spec(kind, user, port) for user, port in ports.items()]


def service_specs(deployment: Deployment, site: SiteFile | None) -> list[ContainerSpec]:
    """The overview, and the collectors when there is a usermon.toml. Raises NoSuchImage."""
    settings = deployment.settings
    image = services_image(settings)
    kind = ServicesKind(
        deployment=deployment.id,
        state=deployment.state,
        image=image,
        image_id=require_image(deployment.runtime, image),
        bind_address=settings.bind_address,
        run_as=deployment.owner.containers,
        memory_bytes=settings.services_memory,
        cpus=settings.cpus,
        timezone=settings.effective_timezone,
        overview_port=settings.overview_port,
        host=settings.host,
        config=settings.config if site is not None else None,
        site=site,
        store_url_since=store_url_since(deployment),
    )
    collectors = collectors_spec(kind)
    return [overview_spec(kind)] if collectors is None else [overview_spec(kind), collectors]
