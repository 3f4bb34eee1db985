"""The URL of a PostgreSQL store holds a password: the services get it as a file, not as a variable."""

from orchestrator.deployment import Deployment
from orchestrator.secret_files import read_secret, write_secret
from orchestrator.services_spec import STORE_URL_FILE


def ensure_store_url_file(deployment: Deployment) -> None:
    """Write the file for the services when the store is not the SQLite in the state folder."""
    path = deployment.state.store_folder / STORE_URL_FILE
    url = deployment.settings.effective_store_url
    if deployment.store_is_ours:
        path.unlink(missing_ok=True)
    elif not path.exists() or read_secret(path).reveal() != url:
        write_secret(path, url, deployment.owner)


def store_url_since(deployment: Deployment) -> int | None:
    """When the URL last changed, so that the services are replaced then; None for the SQLite of our own."""
    if deployment.store_is_ours:
        return None
    path = deployment.state.store_folder / STORE_URL_FILE
    return path.stat().st_mtime_ns if path.exists() else 0
