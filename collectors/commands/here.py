"""`once`, `forever` and `list` on the machine with the store."""

import signal
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from cli_shared import ending
from collectors import shown
from collectors.agent import Agent
from collectors.commands.output import chosen, exit_if, print_result
from collectors.one_pass import run_pass
from collectors.pass_lock import PassUnderWay, only_pass
from collectors.progress_bar import progress_bar
from collectors.publish import Publisher
from collectors.settings import CollectorSettings
from collectors.store_sink import StoreSink
from collectors.upkeep import keep_up_forever
from usage_store.collection_runs import latest_runs
from usage_store.engine import open_store
from usage_store.upkeep import keep_up
from usermon.collection import CollectionRun


def once(config: Path | None, name: str | None, as_json: bool) -> None:
    settings = CollectorSettings.load_with(config)
    site = settings.read_site()
    sources = chosen(site, name)
    store = open_store(settings.effective_store_url)
    runs, failed = [], False
    for source in sources:
        try:
            with only_pass(source.name, settings.state.store_folder), progress_bar() as watch:
                runs.append(run_pass(StoreSink(store), source, watch=watch))
        except PassUnderWay as error:
            ending.show_error(error)
            failed = True
    publishing = Publisher(store, settings.state, site).publish_due()
    if name is None:
        keep_up(store, site.retention, int(time.time()))
    print_result(as_json, shown.runs_as_json(runs, publishing), shown.runs_for_people(runs, publishing))
    everything = [*runs, publishing] if publishing else runs
    exit_if(failed or any(run.error for run in everything))


def forever(config: Path | None) -> None:
    """Until a signal."""
    settings = CollectorSettings.load_with(config)
    site = settings.read_site()
    store = open_store(settings.effective_store_url)
    besides: dict[str, Callable[[threading.Event], None]] = {
        "publishing": Publisher(store, settings.state, site).publish_forever,
        "upkeep": partial(keep_up_forever, store, site.retention),
    }
    agent = Agent(StoreSink(store), settings.state.store_folder, site.sources, besides)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: agent.stop())
    agent.run()
    store.close()


def list_sources(config: Path | None, as_json: bool) -> None:
    settings = CollectorSettings.load_with(config)
    site = settings.read_site()
    with open_store(settings.effective_store_url).reading() as connection:
        runs: dict[str, CollectionRun] = {run.source: run for run in latest_runs(connection)}
    print_result(as_json, shown.sources_as_json(site, runs), shown.sources_for_people(site, runs))
