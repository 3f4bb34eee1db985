"""How waitress serves a dashboard."""

from typing import Any

from user_dashboard.events import MOST_STREAMS

SERVER_OPTIONS: dict[str, Any] = {
    # Four that answer, and one for each page that is told of news (see events.py).
    "threads": 4 + MOST_STREAMS,
    "ident": "",
    "max_request_body_size": 1024 * 1024,
    # Whether a proxy in front speaks TLS decides on the cookie's Secure.
    "clear_untrusted_proxy_headers": False,
    "channel_request_lookahead": 1,  # so that it hears, while it answers, that a browser is gone
    "asyncore_loop_timeout": 15,  # wakes by itself four times a minute, at once when somebody comes
}
