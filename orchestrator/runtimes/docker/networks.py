"""The two networks of a deployment: of dashboards, which reach nobody, and of services."""

import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from docker.api import APIClient
from docker.errors import APIError, NotFound

from orchestrator.runtimes.docker.creation import network_labels, network_name, network_options
from orchestrator.runtimes.docker.labels import of_deployment

_SETTLE_SECONDS = 0.1


class Networks:
    """Made when a container needs them. Threads may share it."""

    def __init__(self, api: APIClient, deployment: str) -> None:
        self._api = api
        self._deployment = deployment
        self._there: set[str] = set()
        self._making = threading.Lock()

    def ensure(self, *, isolated: bool) -> None:
        """Raises APIError."""
        name = network_name(self._deployment, isolated=isolated)
        with self._making:
            if name in self._there:
                return
            if not self._named(name):
                self._make(name, isolated=isolated)
                # Engines let two through that come at once, and then start nothing on either.
                time.sleep(_SETTLE_SECONDS)
            for superfluous in self._named(name)[1:]:
                with suppress(APIError):
                    self._api.remove_network(superfluous["Id"])
            self._there.add(name)

    def make_anew(self, *, isolated: bool) -> None:
        """Look again: somebody removed the network, or makes one of the same name in this moment."""
        with self._making:
            self._there.clear()
        time.sleep(_SETTLE_SECONDS)
        self.ensure(isolated=isolated)

    def remove_all(self) -> None:
        """All but those that containers use."""
        with self._making:
            self._there.clear()
            for network in self._api.networks(filters=of_deployment(self._deployment)):
                try:
                    self._api.remove_network(network["Id"])
                except NotFound:
                    continue
                except APIError as error:
                    if error.status_code not in (403, 409):  # containers use it: kept
                        raise

    def _named(self, name: str) -> Sequence[Mapping[str, Any]]:
        """Ours of exactly this name (the engine looks for parts of names), the oldest first."""
        filters = of_deployment(self._deployment)
        found: Sequence[Mapping[str, Any]] = self._api.networks(names=[name], filters=filters)
        ours = [network for network in found if network["Name"] == name]
        return sorted(ours, key=lambda network: (network["Created"], network["Id"]))

    def _make(self, name: str, *, isolated: bool) -> None:
        try:
            self._api.create_network(
                name,
                driver="bridge",
                options=network_options(isolated=isolated),
                labels=network_labels(self._deployment),
                check_duplicate=True,
            )
        except APIError as error:
            if error.status_code != 409:  # somebody was faster
                raise
