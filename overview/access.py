"""Who may see the overview: the admin by login, programs by bearer token within the scope of theirs."""

from flask import Flask, Response, g, request

from usage_store.api_tokens import ApiToken, find_token
from usage_store.engine import Store
from usermon.secret import Secret
from usermon.state_folder import StateFolder
from web_shared.error_pages import error_answer
from web_shared.gate import Login
from web_shared.login import install_login

ACCOUNT = "admin"
SCOPES = ("read", "ingest")

# Where programs go. Pages are for people: no token opens them, nor the links into users' dashboards.
_FOR_PROGRAMS = ("/api/", "/metrics")


def install_access(app: Flask, state: StateFolder, store: Store) -> None:
    def refusal(token: Secret) -> Response | None:
        if not request.path.startswith(_FOR_PROGRAMS):
            return _unauthorized(
                "tokens are for /api/ and /metrics alone", f"Sign in at /login with the account {ACCOUNT}."
            )
        with store.reading() as connection:
            found = find_token(connection, token)
        needed = _scope_needed()
        if found is None:
            return _unauthorized(
                "no such token is known: it was never made here, or a newer one of its name replaced it",
                _how_to_make(needed),
            )
        if found.scope != needed:
            return error_answer(
                403,
                f"this token has the scope {found.scope}, and {request.path} needs the scope {needed}",
                _how_to_make(needed),
            )
        g.usermon_token = found
        return None

    install_login(
        app,
        Login(
            account=ACCOUNT,
            title="Usermon overview",
            secrets_folder=state.admin_folder,
            bearer=refusal,
            bearer_prefix="/",
        ),
    )


def token_of_request() -> ApiToken | None:
    """The token of this request; None for people."""
    token: ApiToken | None = g.get("usermon_token")
    return token


def _scope_needed() -> str:
    return "ingest" if request.path.startswith("/api/ingest/") else "read"


def _how_to_make(scope: str) -> str:
    sources = " --source SOURCE" if scope == "ingest" else ""
    return f"Make a token: `usermon-overview token NAME --scope {scope}{sources}`."


def _unauthorized(error: str, remedy: str) -> Response:
    answer = error_answer(401, error, remedy)
    answer.headers["WWW-Authenticate"] = 'Bearer realm="Usermon", error="invalid_token"'
    return answer
