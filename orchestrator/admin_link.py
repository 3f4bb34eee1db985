"""Signed links by which an admin opens a user's dashboard without the user's password."""

from orchestrator.deployment import Deployment
from orchestrator.errors import UnknownUser
from orchestrator.ledger import load_ledger
from orchestrator.secret_files import read_secret
from usermon.signed_links import derive_link_key, make_link_token
from usermon.state_folder import LINK_KEY


def admin_link(deployment: Deployment, user: str, now: float) -> str:
    """Raises UnknownUser."""
    ledger = load_ledger(deployment.store, ())
    if user not in ledger:
        raise UnknownUser(user)
    master = read_secret(deployment.state.admin_folder / LINK_KEY)
    token = make_link_token(derive_link_key(master, user), now)
    return f"{deployment.settings.url_of(ledger[user].port)}open-as?token={token}"
