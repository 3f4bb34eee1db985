"""How a message goes out: what senders of mail and of webhooks have in common."""

from usermon.errors import UsermonError


class NotDelivered(UsermonError):
    """Nobody took it. `is_final`: this one never will be taken; else the next attempt may do. `is_of_one`: it
    says nothing about other messages that go the same way."""

    def __init__(
        self, message: str, remedy: str = "", *, is_final: bool = False, is_of_one: bool = False
    ) -> None:
        super().__init__(message, remedy)
        self.is_final = is_final
        self.is_of_one = is_of_one or is_final
