"""Every account's password in the state folder: made once, then left alone until `passwd`.

The order keeps every password findable whenever we are killed: clear text into credentials.csv first, its
hash last. An account without hash gets the password that credentials.csv has for it already.
"""

from collections.abc import Mapping
from pathlib import Path

from orchestrator.credentials import ADMIN_ROW, Credential, read_credentials, write_credentials
from orchestrator.owner import Owner, mend_access
from orchestrator.passwords import hash_password, hash_passwords, password_matches, random_password
from orchestrator.secret_files import write_secret
from usermon.secret import Secret
from usermon.state_folder import PASSWORD_HASH, StateFolder


def ensure_passwords(
    state: StateFolder, owner: Owner, url_of: Mapping[str, str], admin_password: Secret | None
) -> list[str]:
    """A password for every account in `url_of` (the admin's is ADMIN_ROW); returns who got a new one.

    `admin_password` is the one that the settings name, if they do: it is in force afterwards.
    """
    if admin_password is not None:
        _enforce_admin_password(state, owner, admin_password)
    credentials = read_credentials(state.credentials_file)
    before = dict(credentials)
    without_hash = [account for account in url_of if not hash_file_of(state, account).exists()]
    made = [account for account in without_hash if account not in credentials]
    for account in made:
        credentials[account] = Credential(account, url_of[account], random_password())
    for account, known in credentials.items():
        if url_of.get(account, known.url) != known.url:
            credentials[account] = Credential(account, url_of[account], known.password)
    if credentials != before or not state.credentials_file.exists():
        write_credentials(state.credentials_file, credentials, owner.admin_chown)
    mend_access(state.credentials_file, 0o600, owner.admin_chown)
    hashes = hash_passwords({account: credentials[account].password for account in without_hash})
    for account, encoded in hashes.items():
        write_secret(hash_file_of(state, account), encoded, owner)
    return made


def set_password(
    state: StateFolder, owner: Owner, account: str, password: Secret, *, keep_text: bool
) -> None:
    """Put `password` in force. With `keep_text`, credentials.csv follows if it still has the account's row;
    without, the row goes, for it would be wrong."""
    credentials = read_credentials(state.credentials_file)
    known = credentials.get(account)
    if known is not None and keep_text:
        credentials[account] = Credential(account, known.url, password)
        write_credentials(state.credentials_file, credentials, owner.admin_chown)
    write_secret(hash_file_of(state, account), hash_password(password), owner)
    if known is not None and not keep_text:
        del credentials[account]
        write_credentials(state.credentials_file, credentials, owner.admin_chown)


def hash_file_of(state: StateFolder, account: str) -> Path:
    folder = state.admin_folder if account == ADMIN_ROW else state.secrets_folder(account)
    return folder / PASSWORD_HASH


def forget_credential(state: StateFolder, owner: Owner, account: str) -> None:
    credentials = read_credentials(state.credentials_file)
    if credentials.pop(account, None) is not None:
        write_credentials(state.credentials_file, credentials, owner.admin_chown)


def _enforce_admin_password(state: StateFolder, owner: Owner, password: Secret) -> None:
    hash_file = hash_file_of(state, ADMIN_ROW)
    if not hash_file.exists() or not password_matches(hash_file.read_text(encoding="ascii"), password):
        set_password(state, owner, ADMIN_ROW, password, keep_text=False)
