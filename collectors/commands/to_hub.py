"""`once` and `forever` with a hub: what is collected here is delivered there."""

import logging
import signal
from collections.abc import Sequence
from dataclasses import dataclass

from collectors.agent import Agent
from collectors.agent_settings import AgentSettings
from collectors.hub import Hub, read_token, warn_of_open_token
from collectors.hub_sink import HubSink
from collectors.one_pass import run_pass
from collectors.pass_lock import PassUnderWay, only_pass
from collectors.push import DeliveryUnderWay, Pusher
from collectors.spool import Spool, SpoolUnwritable
from usermon.collection import CollectionRun
from usermon.errors import UsermonError
from usermon.site_file import SiteFile, Source

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivered:
    """What `once` did: the runs, what went wrong beside them, and how many batches still wait here."""

    runs: list[CollectionRun]
    failures: list[UsermonError]
    waiting: int


def check(settings: AgentSettings) -> None:
    """Whatever is wrong here, the hub's absence aside. Raises UsermonError."""
    _parts(settings)


def forever(settings: AgentSettings) -> None:
    """Until a signal."""
    site, sink, pusher = _parts(settings)
    warn_of_open_token(settings.token_file)
    agent = Agent(
        sink,
        settings.state.spool_folder.parent,
        site.sources,
        {"delivering": pusher.run},
        settings.state.spool_folder.parent / "heartbeat",
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: agent.stop())
    _log.info("delivering to %s; %d batches wait from before", pusher.hub.shown, len(sink.spool))
    agent.run()


def once(settings: AgentSettings, sources: Sequence[Source]) -> Delivered:
    """Collect `sources` and deliver all that waits; what is not delivered stays in the spool."""
    _, sink, pusher = _parts(settings)
    warn_of_open_token(settings.token_file)
    runs: list[CollectionRun] = []
    failures: list[UsermonError] = []
    for source in sources:
        try:
            with only_pass(source.name, settings.state.spool_folder.parent):
                runs.append(run_pass(sink, source))
        except PassUnderWay as error:
            failures.append(error)
    try:
        pusher.deliver_all()
    except DeliveryUnderWay as error:
        _log.info("%s. %s", error.message, error.remedy)
    except UsermonError as error:
        failures.append(error)
    pusher.hub.close()
    # Counted anew: another process may have delivered meanwhile.
    return Delivered(runs, failures, len(Spool(settings.state.spool_folder, settings.spool_bytes)))


def _parts(settings: AgentSettings) -> tuple[SiteFile, HubSink, Pusher]:
    """Raises UsermonError: whatever is wrong shows at the start, the hub's absence aside."""
    site = settings.read_site()
    hub = Hub(settings.hub_url, settings.token_file, settings.ca_file)
    read_token(settings.token_file)
    spool = Spool(settings.state.spool_folder, settings.spool_bytes)
    try:
        settings.state.progress_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SpoolUnwritable(
            f"the folder {settings.state.progress_folder} cannot be made: {error.strerror}",
            "Check USERMON_STATE_DIR, and who may write there.",
        ) from error
    sink = HubSink(spool, settings.state.progress_folder)
    return site, sink, Pusher(spool, hub, when_dropped=sink.read_again)
