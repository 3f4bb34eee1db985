"""Which images containers are made from."""

from importlib.metadata import version

from orchestrator.runtimes import Runtime, RuntimeFailure
from orchestrator.settings import OrchestratorSettings


class NoSuchImage(RuntimeFailure):
    """The engine does not have the image."""

    def __init__(self, image: str) -> None:
        super().__init__(
            f"the engine has no image {image}", "`orchestrator build` (or `make images`) builds the images."
        )
        self.image = image


def dashboard_image(settings: OrchestratorSettings) -> str:
    return settings.image or f"usermon-user-dashboard:{version('usermon')}"


def services_image(settings: OrchestratorSettings) -> str:
    return settings.services_image or f"usermon-services:{version('usermon')}"


def require_image(runtime: Runtime, image: str) -> str:
    """The image's id. Raises NoSuchImage."""
    image_id = runtime.image_id(image)
    if image_id is None:
        raise NoSuchImage(image)
    return image_id
