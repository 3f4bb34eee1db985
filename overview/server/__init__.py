"""The web server of the overview: uvicorn in front of the Flask app, and event streams that cost no thread.

`wsgi_calls` says what Flask is told and what it answers, `bridge` hands requests to its threads,
`event_streams` keeps the connections of those who listen, `patience` ends those of clients who leave us
waiting, `serving` puts all together.
"""

from overview.server.serving import OverviewServer, allow_connections, listen

__all__ = ["OverviewServer", "allow_connections", "listen"]
