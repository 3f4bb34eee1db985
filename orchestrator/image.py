"""Building the images: when anything they are made of changed, and only then."""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from orchestrator.build_context import digest, our_files, write_context
from orchestrator.errors import BuildFailure
from orchestrator.images import dashboard_image, services_image
from orchestrator.runtimes.docker.images import DockerImages
from orchestrator.settings import OrchestratorSettings
from orchestrator.wheels import DESCRIBE_PYTHON, BasePython, ensure_wheels

SOURCE_LABEL = "org.usermon.source"
_CHECKOUT = Path(__file__).resolve().parent.parent
_OLDEST_PYTHON = (3, 11)

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ImageKind:
    """One target of the Dockerfile, and what goes into it."""

    target: str
    packages: tuple[str, ...]
    optimize: int  # as Python's -O: which bytecode the program runs with


DASHBOARD = ImageKind("user-dashboard", ("usermon", "web_shared", "user_dashboard"), optimize=2)
SERVICES = ImageKind(
    "services",
    (
        "usermon",
        "web_shared",
        "cli_shared",
        "usage_store",
        "alerts",
        "collectors",
        "orchestrator",
        "overview",
    ),
    optimize=0,
)


@dataclass(frozen=True, slots=True)
class BuiltImage:
    name: str
    image_id: str
    built: bool  # False: it was up to date
    seconds: float


def build_images(settings: OrchestratorSettings, say: Say) -> list[BuiltImage]:
    """Both images, each built only when something in it changed.

    Raises:
        BuildFailure: wheels, base image or a step of the Dockerfile; EngineUnreachable.
    """
    if not (_CHECKOUT / "Dockerfile").is_file():
        raise BuildFailure(
            f"there is no Dockerfile in {_CHECKOUT}", "Images are built from a checkout of Usermon."
        )
    images = DockerImages()
    base = _ensure_base_image(settings)
    return [
        _build(images, kind, name, base, say)
        for kind, name in ((DASHBOARD, dashboard_image(settings)), (SERVICES, services_image(settings)))
    ]


def _build(images: DockerImages, kind: ImageKind, name: str, base: str, say: Say) -> BuiltImage:
    begin = time.monotonic()
    base_id = images.find(base)
    if base_id is None:
        raise BuildFailure(f"the base image {base} is gone", "Run the same command again.")
    lock = _CHECKOUT / "locks" / f"{kind.target}.txt"
    files = list(our_files(_CHECKOUT, kind.packages))
    source = digest(files, lock.read_text(), base_id.id, kind.target, str(kind.optimize))
    there = images.find(name)
    if there is not None and there.labels.get(SOURCE_LABEL) == source:
        return BuiltImage(name, there.id, built=False, seconds=time.monotonic() - begin)
    say(f"{name}: collecting wheels")
    wheels = ensure_wheels(lock, _python_of(images, base), _CHECKOUT / "build" / "wheels")
    say(f"{name}: building")
    with tempfile.TemporaryFile() as context:
        write_context(context, files, wheels)
        context.seek(0)
        image_id = images.build(
            context,
            name,
            target=kind.target,
            arguments={"BASE_IMAGE": base, "OPTIMIZE": str(kind.optimize)},
            labels={SOURCE_LABEL: source},
        )
    return BuiltImage(name, image_id, built=True, seconds=time.monotonic() - begin)


def _python_of(images: DockerImages, base: str) -> BasePython:
    described = json.loads(images.run(base, ["python3", "-c", DESCRIBE_PYTHON]))
    try:
        major, minor = described["glibc"].split(".")[:2]
        python = BasePython(described["markers"], (int(major), int(minor)))
    except ValueError:
        raise BuildFailure(
            f"the base image {base} has no glibc, for which our libraries are made",
            "Set USERMON_BASE_IMAGE to one made of Debian or Ubuntu, such as python:3.11-slim-bookworm.",
        ) from None
    if tuple(int(part) for part in python.version.split(".")) < _OLDEST_PYTHON:
        raise BuildFailure(
            f"the base image {base} has Python {python.version}; 3.11 is needed at least",
            "Set USERMON_BASE_IMAGE to a newer one.",
        )
    return python


def _ensure_base_image(settings: OrchestratorSettings) -> str:
    tool = _CHECKOUT / "tools" / "ensure-base-image"
    environment = dict(os.environ)
    if settings.base_image:
        environment["USERMON_BASE_IMAGE"] = settings.base_image
    # Its progress goes to our stderr as it comes: it may take a minute.
    done = subprocess.run([tool], stdout=subprocess.PIPE, text=True, env=environment, check=False)  # noqa: S603
    if done.returncode:
        raise BuildFailure("there is no base image", "The lines above say why, and what to do.")
    return done.stdout.strip()
