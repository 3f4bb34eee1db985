"""usermon-overview: serves the overview, and makes tokens for programs."""

import logging
import re
import signal
import sys
import time
from types import FrameType

import click
from waitress.server import create_server

from cli_shared import ending
from overview.access import SCOPES
from overview.app import create_app
from overview.settings import OverviewSettings
from usage_store.api_tokens import ApiToken, save_token
from usage_store.engine import Store, open_store
from usermon.errors import UsermonError, WrongUse
from usermon.logs import set_up_logging
from usermon.secret import Secret

_TOKEN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}", re.ASCII)
_LARGEST_BODY_BYTES = 1 << 20
_log = logging.getLogger(__name__)


class CannotListen(UsermonError):
    """The address or port that we should serve on is not to be had."""


class InvalidTokenName(WrongUse):
    """A name that no token can have."""


@click.group()
def commands() -> None:
    """The admins' overview of everybody."""


@commands.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 is all.")
@click.option("--port", type=click.IntRange(1, 65535), help="Default: USERMON_OVERVIEW_PORT, 8080.")
def serve(host: str, port: int | None) -> None:
    """Serve the overview until interrupted."""
    settings = OverviewSettings.load()
    app = create_app(settings.state, _open(settings))
    port = port or settings.overview_port
    # Its warning of a queue of one or two requests is a browser asking for a page's parts at once.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    try:
        server = create_server(
            app,
            host=host,
            port=port,
            threads=8,
            ident="",
            max_request_body_size=_LARGEST_BODY_BYTES,
            # The login reads X-Forwarded-Proto, to mark its cookie as one for https only.
            clear_untrusted_proxy_headers=False,
        )
    except OSError as error:
        raise CannotListen(
            f"cannot listen on {host}:{port}: {error.strerror}",
            "Choose another port with --port or USERMON_OVERVIEW_PORT, or end what holds it.",
        ) from error
    signal.signal(signal.SIGTERM, _stop)
    _log.info("serving the overview at http://%s:%d/", host, port)
    server.run()


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


@commands.command()
@click.argument("name")
@click.option("--scope", type=click.Choice(SCOPES), default="read", show_default=True)
def token(name: str, scope: str) -> None:
    """Print a new API token for the program NAME, once. An older token of that name stops working."""
    if not _TOKEN_NAME.fullmatch(name):
        raise InvalidTokenName(
            f"not a name for a token: {name!r}", "Use letters, digits, '.', '_' and '-', at most 64."
        )
    store = _open(OverviewSettings.load())
    secret = Secret.random()
    with store.writing() as connection:
        save_token(connection, ApiToken(name, scope), secret, time.time())
    click.echo(secret.reveal())


def _open(settings: OverviewSettings) -> Store:
    return open_store(settings.effective_store_url)


def main() -> None:
    set_up_logging()
    sys.exit(ending.run(commands, "usermon-overview"))
