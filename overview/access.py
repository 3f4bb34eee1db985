"""Who may see the overview: the admin by login, programs by bearer token within the scope of theirs."""

from flask import Flask, request
from werkzeug.exceptions import Forbidden

from usage_store.api_tokens import find_token
from usage_store.engine import Store
from usermon.secret import Secret
from usermon.state_folder import StateFolder
from web_shared.gate import Login
from web_shared.login import install_login

ACCOUNT = "admin"
SCOPES = ("read", "ingest")

# Where programs go. Pages are for people: no token opens them, nor the links into users' dashboards.
_FOR_PROGRAMS = ("/api/", "/metrics")


def install_access(app: Flask, state: StateFolder, store: Store) -> None:
    def accepts(token: Secret) -> bool:
        if not request.path.startswith(_FOR_PROGRAMS):
            return False
        with store.reading() as connection:
            found = find_token(connection, token)
        if found is None:
            return False
        if found.scope != _scope_needed():
            raise Forbidden(f"this token is for {found.scope}; make one with --scope {_scope_needed()}")
        return True

    install_login(
        app,
        Login(
            account=ACCOUNT,
            title="Usermon overview",
            secrets_folder=state.admin_folder,
            bearer=accepts,
            bearer_prefix="/",
        ),
    )


def _scope_needed() -> str:
    return "ingest" if request.path.startswith("/api/ingest/") else "read"
