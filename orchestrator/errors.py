"""Failures of the orchestrator that have no narrower home."""

from usermon.errors import UsermonError, WrongUse


class UnknownUser(WrongUse):
    """No dashboard of that name is known."""

    def __init__(self, user: str) -> None:
        super().__init__(
            f"no dashboard is known for {user!r}",
            "`orchestrator status` lists those that are; `orchestrator up` makes new ones.",
        )
        self.user = user


class BuildFailure(UsermonError):
    """An image cannot be built."""
