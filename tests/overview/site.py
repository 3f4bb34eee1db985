"""An overview to test: its secrets, and who asks it."""

from pathlib import Path

from argon2 import PasswordHasher

from usermon.state_folder import LINK_KEY, PASSWORD_HASH, SESSION_KEY, StateFolder

PASSWORD = "correct horse battery"
MASTER_LINK_KEY = "cd" * 32
ADMIN = ("admin", PASSWORD)

# The cheapest argon2id: these tests are about pages.
_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def make_state(root: Path) -> StateFolder:
    """A state folder with the admin's secrets."""
    state = StateFolder(root)
    state.admin_folder.mkdir(parents=True)
    (state.admin_folder / PASSWORD_HASH).write_text(_HASHER.hash(PASSWORD))
    (state.admin_folder / SESSION_KEY).write_text("ab" * 32)
    (state.admin_folder / LINK_KEY).write_text(MASTER_LINK_KEY)
    return state
