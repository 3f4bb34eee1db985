"""The overview: what an admin opens. Pages, REST API and metrics over everything the store knows."""

from overview.app import create_app

__all__ = ["create_app"]
