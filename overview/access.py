"""Who may see the overview: the admin by login, programs by bearer token within the scope of theirs."""

from flask import Flask, Response, g, request

from overview.pictures.keys import opens
from usage_store.api_tokens import ApiToken, find_token
from usage_store.engine import Store
from usermon.secret import Secret
from usermon.state_folder import StateFolder
from web_shared.account_secrets import AccountSecrets
from web_shared.error_pages import error_answer
from web_shared.gate import Login
from web_shared.login import install_login
from web_shared.same_origin import SAFE_METHODS

ACCOUNT = "admin"
PICTURES = "/images/"
SCOPES = ("read", "ingest")

# Where programs go. Pages are for people: no token opens them, nor the links into users' dashboards.
_FOR_PROGRAMS = ("/api/", "/metrics", PICTURES)


def install_access(app: Flask, state: StateFolder, store: Store) -> None:
    secrets = AccountSecrets(state.admin_folder)

    def refusal(token: Secret) -> Response | None:
        if not request.path.startswith(_FOR_PROGRAMS):
            return _unauthorized(
                "tokens are for /api/, /metrics and /images/ alone",
                f"Sign in at /login with the account {ACCOUNT}.",
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
            opens_itself=lambda: _has_picture_key(secrets),
        ),
    )


def _has_picture_key(secrets: AccountSecrets) -> bool:
    key = request.args.get("key", "")
    if not key or not request.path.startswith(PICTURES) or request.method not in SAFE_METHODS:
        return False
    name = request.path.removeprefix(PICTURES).rpartition(".")[0]
    g.usermon_picture_key = opens(secrets.link_key(), name, key)
    return bool(g.usermon_picture_key)


def opened_by_picture_key() -> bool:
    """Whether this request may come from any site: its address holds the picture's own key."""
    return bool(g.get("usermon_picture_key", False))


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
