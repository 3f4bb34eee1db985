"""The engine's images: looking at them, running one for a moment, building."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from docker.errors import APIError, ImageNotFound

from orchestrator.errors import BuildFailure
from orchestrator.runtimes.docker.connection import connect, errors_in_words, explanation

_BUILD_SECONDS = 1800


@dataclass(frozen=True, slots=True)
class Image:
    id: str
    labels: Mapping[str, str]


class DockerImages:
    """On the engine of DOCKER_HOST, else of the current Docker context."""

    def __init__(self) -> None:
        self._api = connect(timeout_seconds=_BUILD_SECONDS)

    def find(self, name: str) -> Image | None:
        with errors_in_words(f"look for image {name}"):
            try:
                details = self._api.inspect_image(name)  # type: ignore[no-untyped-call]
            except ImageNotFound:
                return None
            return Image(details["Id"], details["Config"].get("Labels") or {})

    def run(self, image: str, command: Sequence[str]) -> str:
        """What `command` prints in a container of `image` that has no network and is gone afterwards."""
        config = {"Image": image, "Cmd": [*command], "Entrypoint": [], "HostConfig": {"NetworkMode": "none"}}
        with errors_in_words(f"run a command in {image}"):
            made = self._api.create_container_from_config(config)  # type: ignore[no-untyped-call]
            try:
                try:
                    self._api.start(made["Id"])
                except APIError as error:
                    raise _useless_base(image, command, explanation(error)) from error
                code = self._api.wait(made["Id"])["StatusCode"]
                output = self._api.logs(made["Id"], stdout=True, stderr=bool(code)).decode(errors="replace")
            finally:
                self._api.remove_container(made["Id"], force=True, v=True)
        if code:
            raise _useless_base(image, command, output)
        return output

    def build(
        self,
        context: IO[bytes],
        name: str,
        *,
        target: str,
        arguments: Mapping[str, str],
        labels: Mapping[str, str],
    ) -> str:
        """Build without any network and return the image's id. `name` moves to it when all went well, and
        the image that had the name goes as soon as no container uses it."""
        said: list[str] = []
        before = self.find(name)
        with errors_in_words(f"build {name}"):
            for message in self._api.build(
                fileobj=context,
                custom_context=True,
                tag=name,
                target=target,
                buildargs=dict(arguments),
                labels=dict(labels),
                network_mode="none",
                rm=True,
                forcerm=True,
                decode=True,
            ):
                if "error" in message:
                    last_words = " / ".join(line for line in said[-5:] if line)
                    raise BuildFailure(
                        f"building {name} failed: {message['error']}; its last words: {last_words}",
                        "Mend what the build complains about, then run the same command again.",
                    )
                said += str(message.get("stream", "")).strip().splitlines()
        built = self.find(name)
        if built is None:
            raise BuildFailure(f"{name} was built, but is gone", "Run the same command again.")
        if before is not None and before.id != built.id:
            with suppress(APIError):
                # Its layers are the cache of the next build.
                self._api.remove_image(before.id, noprune=True)
        return built.id


def _useless_base(image: str, command: Sequence[str], why: str) -> BuildFailure:
    return BuildFailure(
        f"{command[0]} does not run in {image}: {why.strip()}", "Choose another USERMON_BASE_IMAGE."
    )
