"""Putting the overview together: `create_app`, and nothing at import, so that tests build many."""

from pathlib import Path

from apiflask import APIFlask

from overview.access import install_access
from overview.api.alerts import alerts_api
from overview.api.backups import backups_api
from overview.api.collection import collection_api
from overview.api.dashboards import dashboards_api
from overview.api.document import describe_api
from overview.api.events import events_api
from overview.api.hosts import hosts_api
from overview.api.ingest import ingest_api
from overview.api.io import io_api
from overview.api.queues import queues_api
from overview.api.search import search_api
from overview.api.storage import storage_api
from overview.error_pages import install_errors
from overview.events import REVISIONS
from overview.metrics import metrics
from overview.pages.alerts import alerts_pages
from overview.pages.api_docs import api_docs_pages
from overview.pages.backups import backups_pages
from overview.pages.collection import collection_pages
from overview.pages.dashboards import dashboards_pages
from overview.pages.frame import install_frame
from overview.pages.hosts import hosts_pages
from overview.pages.images import images_pages
from overview.pages.io import io_pages
from overview.pages.queues import queues_pages
from overview.pages.search import search_pages
from overview.pages.start import start_pages
from overview.pages.storage import storage_pages
from overview.pages.users import users_pages
from overview.shown import install_filters
from overview.site import SiteNow, SiteShown, install_site
from overview.snapshots import Snapshots
from usage_store.engine import Store
from usermon.site_file import SiteFile
from usermon.state_folder import StateFolder
from web_shared.compression import install_compression
from web_shared.headers import install_headers
from web_shared.look import install_look
from web_shared.static_files import StaticFolder

VERSION = "1"
_LARGEST_BODY_BYTES = 1 << 20


def create_app(state: StateFolder, store: Store, site: SiteFile | SiteNow | None = None) -> APIFlask:
    """`site` is usermon.toml, or tells what it says now; None where this machine has none."""
    app = APIFlask(
        "overview",
        title="Usermon",
        version=VERSION,
        spec_path="/api/openapi.json",
        docs_path=None,
        # Ours have hashed addresses, see StaticFolder. Flask takes None, APIFlask's types do not say so.
        static_folder=None,  # type: ignore[arg-type]
        json_errors=False,
    )
    # Of any request but a batch, which says its own: the web server in front of us lets so much through.
    app.config["MAX_CONTENT_LENGTH"] = _LARGEST_BODY_BYTES
    describe_api(app)
    install_errors(app)
    install_access(app, state, store)
    install_headers(app)
    install_compression(app)
    install_look(app, SiteShown(install_site(app, site)))
    StaticFolder("overview", Path(__file__).parent / "static").install(app)
    install_filters(app)
    install_frame(app)
    snapshots = Snapshots(store)
    for blueprint in (
        start_pages(snapshots, store),
        storage_pages(snapshots, store),
        users_pages(snapshots, store),
        queues_pages(snapshots, store),
        io_pages(snapshots, store),
        hosts_pages(snapshots, store),
        backups_pages(snapshots, store),
        dashboards_pages(snapshots, state),
        collection_pages(snapshots, store),
        alerts_pages(snapshots, store),
        search_pages(snapshots, store),
        images_pages(snapshots, store, state),
        metrics(snapshots, store),
        api_docs_pages(app),
        storage_api(snapshots, store),
        io_api(store),
        queues_api(store),
        hosts_api(store),
        backups_api(store),
        dashboards_api(snapshots),
        collection_api(store),
        search_api(store),
        alerts_api(store),
        ingest_api(store),
        events_api(store),
    ):
        app.register_blueprint(blueprint)
    app.extensions[REVISIONS] = snapshots.revisions
    return app
