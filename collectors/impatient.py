"""Asking what may never answer: a dead mount, a hanging driver. Whoever asks goes on without."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

Answer = TypeVar("Answer")

_log = logging.getLogger(__name__)


@dataclass
class Impatient:
    """Puts each question to a thread of its own, at most one a name: one that hangs is not asked again
    before it has come back. That it hangs, and that it is back, is said once."""

    seconds: float
    _hanging: dict[str, threading.Thread] = field(default_factory=dict)

    def ask(self, name: str, question: Callable[[], Answer]) -> Answer | None:
        """The answer, or None when there is none within the time. Raises what `question` raises."""
        before = self._hanging.get(name)
        if before is not None and before.is_alive():
            return None
        answers: list[Answer] = []
        errors: list[Exception] = []

        def put() -> None:
            try:
                answers.append(question())
            except Exception as error:
                errors.append(error)

        # A daemon: the program ends without waiting for it.
        thread = threading.Thread(target=put, name=name, daemon=True)
        thread.start()
        thread.join(self.seconds)
        if thread.is_alive():
            self._hanging[name] = thread
            _log.warning("%s does not answer within %g s: it is left out until it does", name, self.seconds)
            return None
        if before is not None:
            del self._hanging[name]
            _log.warning("%s answers again", name)
        if errors:
            raise errors[0]
        return answers[0]
