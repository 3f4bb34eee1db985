"""Speaking with an engine: where it is, and its complaints in our words."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import requests
import urllib3
from docker.api import APIClient
from docker.context import ContextAPI
from docker.errors import APIError, DockerException
from docker.utils import kwargs_from_env

from orchestrator.runtimes.engine_trouble import is_about_a_taken_port, refused, unreachable

CALL_SECONDS = 60
_CONNECTIONS = 64  # as many rollouts, log readers and event streams at once; more would wait for one another


def connect(timeout_seconds: float | None = CALL_SECONDS) -> APIClient:
    """The engine of DOCKER_HOST, else of the current Docker context.

    Raises:
        EngineUnreachable: no engine answers, or we may not ask.
    """
    options: dict[str, Any] = dict(kwargs_from_env())
    if "base_url" not in options:
        context = ContextAPI.get_current_context()
        if context is not None and context.Host:
            options |= {"base_url": context.Host, "tls": context.TLSConfig or False}
    over_ssh = str(options.get("base_url", "")).startswith("ssh://")
    with errors_in_words("speak with the engine"):
        return APIClient(
            version="auto",
            timeout=timeout_seconds,  # type: ignore[arg-type]  # None is allowed
            max_pool_size=_CONNECTIONS,
            use_ssh_client=over_ssh,
            **options,
        )


@contextmanager
def errors_in_words(doing: str) -> Generator[None, None, None]:
    """Turns what the SDK and its libraries raise into RuntimeFailure and EngineUnreachable."""
    try:
        yield
    except APIError as error:
        raise refused(doing, explanation(error)) from error
    except (requests.RequestException, urllib3.exceptions.HTTPError, DockerException, OSError) as error:
        raise unreachable(error, CALL_SECONDS) from error


def is_about_port(error: BaseException) -> bool:
    return isinstance(error, APIError) and is_about_a_taken_port(explanation(error))


def explanation(error: APIError) -> str:
    return str(error.explanation or error)
