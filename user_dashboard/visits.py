"""When this user last looked, told to the orchestrator alone, so that admins see which are used."""

import json
import time

from flask import Flask, Response, make_response, request

from usermon.secret import Secret
from usermon.visit_questions import accepts_visits_token
from web_shared.account_secrets import AccountSecrets
from web_shared.error_pages import error_answer
from web_shared.login import current_session

PATH = "/last-visit"


class Visits:
    """Kept in this process only: the orchestrator remembers what an earlier one told."""

    def __init__(self, secrets: AccountSecrets) -> None:
        self._secrets = secrets
        self._last: float | None = None

    def install(self, app: Flask) -> None:
        """After the login, which lets PATH through: the token is checked here."""
        app.after_request(self._note)
        app.add_url_rule(PATH, "last_visit", self._answer)

    def _note(self, answer: Response) -> Response:
        # What redraws itself in an open tab is no visit, and neither is an admin who came in by a link.
        if request.path == "/" and answer.status_code == 200:
            session = current_session()
            if session is None or not session.by_link:
                self._last = time.time()
        return answer

    def _answer(self) -> Response:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        right = scheme.lower() == "bearer" and self._is_right(token.strip())
        if not right:
            return error_answer(401, "not for you", "The orchestrator alone asks this.")
        answer = make_response(json.dumps({"last_visit": self._last}))
        answer.mimetype = "application/json"
        return answer

    def _is_right(self, token: str) -> bool:
        key: Secret = self._secrets.link_key()
        return accepts_visits_token(key, token, time.time())
