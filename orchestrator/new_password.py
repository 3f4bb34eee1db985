"""`passwd`: the container re-reads the file with the hash, so the new password holds at once."""

from orchestrator.credentials import ADMIN_ROW
from orchestrator.deployment import Deployment
from orchestrator.errors import UnknownUser
from orchestrator.password_files import set_password
from orchestrator.passwords import random_password
from orchestrator.progress import Progress
from usermon.errors import InvalidUserName, WrongUse
from usermon.secret import Secret

SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 1024


def give_new_password(
    deployment: Deployment, user: str | None, chosen: Secret | None, progress: Progress
) -> Secret:
    """Put `chosen` in force for `user` (None: the admin), or a random one, and return it.

    Raises:
        UnknownUser, WrongUse
    """
    if chosen is not None:
        _refuse_weak(chosen)
    account = ADMIN_ROW if user is None else _known(deployment, user)
    if user is None and deployment.settings.chosen_admin_password() is not None:
        raise WrongUse(
            "the admin password comes from the settings",
            "Change USERMON_ADMIN_PASSWORD (or the file in USERMON_ADMIN_PASSWORD_FILE) and run `up`.",
        )
    password = chosen or random_password()
    with deployment.locked("passwd", progress):
        set_password(deployment.state, deployment.owner, account, password, keep_text=chosen is None)
    return password


def _known(deployment: Deployment, user: str) -> str:
    # The folder tells as much as the ledger, and needs no database.
    try:
        if deployment.state.secrets_folder(user).is_dir():
            return user
    except InvalidUserName as error:
        raise UnknownUser(user) from error
    raise UnknownUser(user)


def _refuse_weak(password: Secret) -> None:
    text = password.reveal()
    if not SHORTEST_PASSWORD <= len(text) <= LONGEST_PASSWORD or not text.isprintable():
        raise WrongUse(
            f"that is no good password: {SHORTEST_PASSWORD} printable characters at least",
            "Give a longer one, or leave --stdin out to have one made.",
        )
