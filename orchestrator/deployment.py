"""One deployment, opened: its settings, state folder, store and runtime. What every command works on."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from orchestrator.backoff import Backoff
from orchestrator.lock import hold_lock
from orchestrator.owner import Owner, future_owner, owner_of
from orchestrator.probe import answers
from orchestrator.progress import Progress
from orchestrator.runtimes import EngineUnreachable, Runtime, open_runtime
from orchestrator.settings import OrchestratorSettings
from orchestrator.state_files import (
    SQLITE_FILE,
    ensure_deployment_id,
    new_deployment_id,
    prepare_state_folder,
    read_deployment_id,
    readable_errors,
)
from usage_store.engine import Store, open_store
from usermon.errors import WrongUse
from usermon.state_folder import StateFolder

_log = logging.getLogger(__name__)


@dataclass
class Deployment:
    """Make it with one of the functions below."""

    id: str
    settings: OrchestratorSettings
    owner: Owner
    runtime: Runtime
    probe: Callable[[int], bool]  # does a published port answer

    @property
    def state(self) -> StateFolder:
        return self.settings.state

    @property
    def store_is_ours(self) -> bool:
        """SQLite in the state folder, rather than a database somewhere."""
        return self.settings.effective_store_url == self.state.default_store_url

    @cached_property
    def store(self) -> Store:
        return open_store(self.settings.effective_store_url)

    @property
    def has_store(self) -> bool:
        """False before the first `up`; a database elsewhere is taken to be there."""
        return not self.store_is_ours or (self.state.store_folder / SQLITE_FILE).exists()

    @contextmanager
    def locked(self, command: str, progress: Progress) -> Iterator[None]:
        """Keeps other runs away while this one changes something.

        Raises:
            AnotherRunHoldsTheLock, StateFolderTrouble
        """

        def note_waiting(holder: str) -> None:
            progress.note(f"waiting for {holder}")

        with (
            readable_errors(self.state),
            hold_lock(self.state.lock_file, command, note_waiting=note_waiting),
        ):
            yield


class NothingThere(WrongUse):
    """No deployment was ever made in this state folder."""

    def __init__(self, root: Path) -> None:
        super().__init__(
            f"nothing was ever started with the state folder {root}",
            "`orchestrator up LIST` starts dashboards; USERMON_STATE_DIR names another state folder.",
        )


def make_or_open(settings: OrchestratorSettings) -> Deployment:
    """The deployment of the settings' state folder; both are made when they are not there."""
    with readable_errors(settings.state):
        owner = prepare_state_folder(settings.state)
        id_ = ensure_deployment_id(settings.state, owner)
    return _open(id_, settings, owner)


def open_for_planning(settings: OrchestratorSettings) -> Deployment:
    """As `make_or_open`, but nothing is made: what does not exist yet is imagined."""
    if settings.state_dir.is_dir():
        owner = owner_of(settings.state_dir)
        id_ = read_deployment_id(settings.state) or new_deployment_id()
    else:
        owner, id_ = future_owner(), new_deployment_id()
    return _open(id_, settings, owner)


def open_existing(settings: OrchestratorSettings) -> Deployment:
    """Raises NothingThere."""
    id_ = read_deployment_id(settings.state) if settings.state_dir.is_dir() else None
    if id_ is None:
        raise NothingThere(settings.state_dir)
    return _open(id_, settings, owner_of(settings.state_dir))


def open_patiently(settings: OrchestratorSettings, sleep: Callable[[float], None]) -> Deployment:
    """As `make_or_open`, but an engine that does not answer yet is waited for."""
    backoff = Backoff()
    while True:
        try:
            return make_or_open(settings)
        except EngineUnreachable as error:
            _log.warning("%s (%s)", error.message, error.remedy)
            sleep(backoff.next_pause())


def _open(id_: str, settings: OrchestratorSettings, owner: Owner) -> Deployment:
    probe = partial(answers, settings.probe_host)
    return Deployment(id_, settings, owner, open_runtime(settings.runtime, id_), probe)
