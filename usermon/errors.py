"""Errors that a person can meet: each says what happened and how to mend it."""


class UsermonError(Exception):
    """An expected failure. `message` says what happened, `remedy` what to do about it."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class WrongUse(UsermonError):
    """What was asked for makes no sense, or is refused unless one insists. Exit code 2."""


class SettingsError(WrongUse):
    """A setting is missing or wrong; `name` is the setting, so that callers need not read the text."""

    def __init__(self, name: str, message: str, remedy: str) -> None:
        super().__init__(message, remedy)
        self.name = name


class InvalidUserName(UsermonError):
    """A name that no account can have; `reason` is a short phrase for tables of rejected lines."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"not a user name: {reason}",
            "Use letters, digits, '.', '_' and '-'; at most 64 of them, not starting with '.' or '-'.",
        )
        self.reason = reason
