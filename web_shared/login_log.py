"""What the log tells of who came in and who tried: never a password, a token, or a name that was typed.

People type passwords into the field for names. So a line names the account that this door is for.
"""

import logging

from web_shared.throttle import Pause

_log = logging.getLogger(__name__)
_LONGEST_ADDRESS = 64


class LoginLog:
    def __init__(self, account: str) -> None:
        self._account = account

    def wrong_guess(self, address: str | None, named_right: bool) -> None:
        """Attempts that are refused unchecked do not come here: a flood must not fill the log."""
        if named_right:
            _log.warning("wrong password for %s from %s", self._account, one_line(address))
        else:
            _log.warning("wrong account name at the login of %s from %s", self._account, one_line(address))

    def refusing(self, pause: Pause, address: str | None) -> None:
        whom = "everybody who never signed in here" if pause.of_all else one_line(address)
        _log.warning(
            "refusing guesses for %d s at the login of %s from %s", pause.seconds, self._account, whom
        )

    def signed_in(self, address: str | None) -> None:
        _log.info("%s signed in from %s", self._account, one_line(address))

    def opened_by_link(self, address: str | None) -> None:
        _log.info("%s opened by an admin's link from %s", self._account, one_line(address))


def one_line(address: str | None) -> str:
    """`address` as it can stand in a log: it neither breaks the line nor colours it."""
    return ascii(address)[1:-1][:_LONGEST_ADDRESS] if address else "an unknown address"
