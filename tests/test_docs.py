"""The manual cannot drift: what programs take, offer and answer is named in docs/."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import collectors.cli
import orchestrator.cli
import overview.cli
from collectors.catalogue import COLLECTORS
from collectors.settings import CollectorSettings
from orchestrator.runtimes.docker import labels as docker_labels
from orchestrator.settings import OrchestratorSettings
from overview.app import create_app
from overview.settings import OverviewSettings
from tests.shared_data import REPOSITORY
from usage_store.engine import Store
from usage_store.settings import StoreSettings
from usermon.state_folder import StateFolder

DOCS = REPOSITORY / "docs"
PAGES = [REPOSITORY / "README.md", *sorted(DOCS.rglob("*.md"))]
MANUAL = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
PACKAGES = (
    "usermon",
    "usage_store",
    "web_shared",
    "orchestrator",
    "overview",
    "collectors",
    "user_dashboard",
)
# Set by the orchestrator for its own containers, so that a change makes new ones; nobody else sets them.
INTERNAL = {"USERMON_ALERT_FILES_SINCE", "USERMON_CONFIG_DIGEST", "USERMON_STORE_URL_SINCE"}


def settings_of_programs() -> set[str]:
    classes = (StoreSettings, OrchestratorSettings, OverviewSettings, CollectorSettings)
    return {f"USERMON_{name.upper()}" for one in classes for name in one.model_fields}


def settings_named_in_code() -> set[str]:
    """Every USERMON_... that stands as a text of its own in a program."""
    found: set[str] = set()
    for package in PACKAGES:
        for file in (REPOSITORY / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found |= {node.value} if re.fullmatch(r"USERMON_[A-Z_]*[A-Z]", node.value) else set()
    return found


@pytest.mark.parametrize("setting", sorted((settings_of_programs() | settings_named_in_code()) - INTERNAL))
def test_every_setting_is_on_the_page_of_settings(setting: str) -> None:
    assert f"`{setting}`" in (DOCS / "settings.md").read_text(encoding="utf-8")


def test_the_page_of_settings_names_none_that_nobody_reads() -> None:
    named = set(re.findall(r"^\| `(USERMON_[A-Z_]+)`", (DOCS / "settings.md").read_text(), re.MULTILINE))
    assert named - settings_of_programs() - settings_named_in_code() == set()


def command_names(group: click.Group, program: str) -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from command_names(command, f"{program} {name}")
        else:
            yield f"{program} {name}"


COMMANDS = [
    *command_names(orchestrator.cli.cli, "orchestrator"),
    *command_names(collectors.cli.commands, "usermon-collect"),
    *command_names(overview.cli.commands, "usermon-overview"),
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_manual(command: str) -> None:
    assert re.search(rf"\b{re.escape(command)}\b", MANUAL)


@pytest.mark.parametrize("collector", sorted(COLLECTORS))
def test_every_collector_is_on_the_page_of_settings(collector: str) -> None:
    assert f"| `{collector}` |" in (DOCS / "settings.md").read_text(encoding="utf-8")


def test_every_label_is_in_the_manual() -> None:
    labels = [value for value in vars(docker_labels).values() if str(value).startswith("org.usermon.")]
    assert len(labels) >= 4
    assert [label for label in labels if label not in MANUAL] == []


def test_every_route_for_programs_is_on_the_page_of_the_rest_api(sqlite_store: Store, tmp_path: Path) -> None:
    app = create_app(StateFolder(tmp_path), sqlite_store)
    page = (DOCS / "rest-api.md").read_text(encoding="utf-8")
    routes = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule) for rule in app.url_map.iter_rules()}
    for_programs = {r for r in routes if r.startswith("/api/") or r in ("/healthz", "/metrics")}
    assert for_programs
    assert {route for route in for_programs if f"`{route}`" not in page} == set()


def links() -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                yield page, target


@pytest.mark.parametrize(("page", "target"), sorted(links()), ids=lambda value: str(value).split("/")[-1])
def test_every_link_in_the_manual_leads_somewhere(page: Path, target: str) -> None:
    assert (page.parent / target).exists()
