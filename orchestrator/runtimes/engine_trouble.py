"""Why an engine does not do what we ask, in words, and what to do about it."""

from collections.abc import Iterator

import requests

from orchestrator.runtimes import EngineUnreachable, NoSuchContainer, RuntimeFailure


def unreachable(error: BaseException, seconds: float) -> EngineUnreachable:
    causes = list(_causes(error))
    if any(isinstance(cause, PermissionError) for cause in causes):
        return EngineUnreachable(
            "a Docker engine runs here, but you may not speak with it",
            'Run this as root, or join the group: `sudo usermod -aG docker "$USER"`, then log in again.',
        )
    if any(isinstance(cause, requests.Timeout | TimeoutError) for cause in causes):
        return EngineUnreachable(
            f"the Docker engine gave no answer within {seconds:g} s",
            "See what keeps it busy (`docker info`, `journalctl -u docker`), then run the same again.",
        )
    return engine_gone()


def engine_gone() -> EngineUnreachable:
    return EngineUnreachable(
        "no Docker engine answers",
        "`tools/ensure-engine` installs and starts one; DOCKER_HOST names one elsewhere.",
    )


def refused(doing: str, explanation: str) -> RuntimeFailure:
    return RuntimeFailure(
        f"the engine refuses to {doing}: {explanation.strip()}",
        "`orchestrator doctor` looks for causes; the engine's own log tells more "
        "(`journalctl -u docker`, or /var/log/dockerd.log).",
    )


def no_such_container(name: str) -> NoSuchContainer:
    return NoSuchContainer(f"there is no container {name}", "`orchestrator status` lists what there is.")


def no_such_image(image: str) -> RuntimeFailure:
    return RuntimeFailure(
        f"the engine has no image {image}", "`orchestrator build` (or `make images`) builds the images."
    )


def name_taken(name: str) -> RuntimeFailure:
    return RuntimeFailure(
        f"the name {name} is taken by a container that is not ours",
        f"See what it is with `docker inspect {name}`, and remove or rename it.",
    )


def removed_meanwhile(name: str) -> RuntimeFailure:
    return RuntimeFailure(
        f"somebody removed {name} while it started",
        "Run the same command again; see that no other program removes its containers.",
    )


def is_about_a_taken_port(explanation: str) -> bool:
    # Engines give no code for it, only these words of theirs and of the kernel.
    return "port is already allocated" in explanation or "address already in use" in explanation


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and all that lies beneath it: the SDK's libraries hide causes in arguments."""
    while error is not None:
        yield error
        for argument in error.args:
            if isinstance(argument, BaseException):
                yield from _causes(argument)
        error = error.__cause__ or error.__context__
