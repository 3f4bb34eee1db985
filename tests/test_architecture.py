"""Arrows point down only: every import is read from the source, lazy ones included."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.shared_data import REPOSITORY

PROGRAMS = {"orchestrator", "overview", "collectors", "user_dashboard"}
# What each package may stand on, itself aside.
MAY_IMPORT = {
    "usermon": set(),
    "usage_store": {"usermon"},
    "web_shared": {"usermon"},
    "cli_shared": {"usermon"},
    "orchestrator": {"usermon", "usage_store", "cli_shared"},
    "alerts": {"usermon", "usage_store"},
    "overview": {"usermon", "usage_store", "web_shared", "cli_shared", "alerts"},
    "collectors": {"usermon", "usage_store", "cli_shared"},
    # Its image holds these three packages and nothing else.
    "user_dashboard": {"usermon", "web_shared"},
}
# One owner for each outside library, a package or a single module: swapping it is a change in one place.
OWNERS = {
    "docker": {"orchestrator.runtimes.docker"},
    "requests": {"orchestrator.runtimes"},  # what the Docker SDK lets through of its own transport
    "urllib3": {"orchestrator.runtimes"},
    "sqlalchemy": {"usage_store"},
    "alembic": {"usage_store"},
    "dash": {"user_dashboard"},
    "apiflask": {"overview"},
    # Loaded at the first picture; the report's page of paper is laid out in figures of it.
    "matplotlib": {"overview.pictures", "overview.report.paper"},
    # What Flask renders pages with; the report is made without Flask, and images hold templates compiled.
    "jinja2": {"overview.report.page", "user_dashboard.prepared_templates"},
    "marshmallow": {"overview"},  # the schemas of APIFlask
    "argon2": {"web_shared", "orchestrator"},  # one checks passwords, the other makes them
    "flask": {"web_shared", "overview", "user_dashboard"},
    "werkzeug": {"web_shared", "overview", "user_dashboard"},
    "markupsafe": {"web_shared", "overview", "user_dashboard"},
    "waitress": {"user_dashboard"},
    "uvicorn": {"overview.server"},
    "packaging": {"orchestrator"},  # reads the lock file when images are built
    "psutil": {"orchestrator", "collectors.host_counters"},
    "fabric": {"collectors.ssh"},
    "paramiko": {"collectors.ssh"},  # what fabric lets through of its own transport
    "dotenv": {"collectors.agent_settings"},
    # Each command line has its own.
    "click": {"cli_shared", "orchestrator", "overview", "collectors"},
    "rich": {"orchestrator", "collectors"},
    "pydantic": {"usage_store", "orchestrator", "overview", "collectors"},
    "pydantic_settings": {"usage_store", "orchestrator", "overview", "collectors"},
}


@dataclass(frozen=True)
class Import:
    module: str  # who imports
    target: str  # what, as far as it is a module of ours: whole; else its first name
    line: int

    @property
    def package(self) -> str:
        return self.module.partition(".")[0]

    @property
    def target_package(self) -> str:
        return self.target.partition(".")[0]


def module_name(file: Path) -> str:
    parts = file.relative_to(REPOSITORY).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {
    module_name(file): file for package in MAY_IMPORT for file in sorted((REPOSITORY / package).rglob("*.py"))
}


def targets_of(node: ast.AST, module: str, is_package: bool) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            parts = module.split(".")
            above = parts[: len(parts) - node.level + is_package]
            base = ".".join([*above, *([base] if base else [])])
        for alias in node.names:
            # `from package import module` imports the module.
            whole = f"{base}.{alias.name}"
            yield whole if whole in SOURCES else base
    elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        called = ast.unparse(node.func)
        if called in ("importlib.import_module", "import_module", "__import__"):
            yield str(node.args[0].value)


def imports_of(module: str, source: str, is_package: bool = False) -> list[Import]:
    found = []
    for node in ast.walk(ast.parse(source)):
        for target in targets_of(node, module, is_package):
            found.append(Import(module, target, getattr(node, "lineno", 0)))
    return found


IMPORTS = [
    one
    for module, file in SOURCES.items()
    for one in imports_of(module, file.read_text(encoding="utf-8"), file.name == "__init__.py")
]


def told(imports: list[Import]) -> list[str]:
    return [f"{one.module}:{one.line} imports {one.target}" for one in imports]


def test_imports_are_found_wherever_they_stand() -> None:
    source = """
import os.path
from usage_store import schema
from . import b
from ..other import c
def later():
    import docker
    import importlib
    importlib.import_module("flask")
"""
    found = {one.target for one in imports_of("overview.pages.a", source)}
    assert found == {
        *("os.path", "usage_store.schema", "overview.pages", "overview.other"),
        *("docker", "importlib", "flask"),
    }


def test_every_package_is_there() -> None:
    assert {module.partition(".")[0] for module in SOURCES} == set(MAY_IMPORT)


@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_arrows_point_down(package: str) -> None:
    ours = set(MAY_IMPORT)
    upward = [
        one
        for one in IMPORTS
        if one.package == package
        and one.target_package in ours
        and one.target_package not in MAY_IMPORT[package] | {package}
    ]
    assert told(upward) == []


def test_programs_never_import_each_other() -> None:
    across = [
        one for one in IMPORTS if one.package in PROGRAMS and one.target_package in PROGRAMS - {one.package}
    ]
    assert told(across) == []


def test_the_shared_vocabulary_needs_the_standard_library_alone() -> None:
    outside = [
        one
        for one in IMPORTS
        if one.package == "usermon"
        and one.target_package != "usermon"
        and one.target_package not in sys.stdlib_module_names
    ]
    assert told(outside) == []


def test_every_outside_library_has_its_owner() -> None:
    known = {*sys.stdlib_module_names, *MAY_IMPORT} - {"sqlite3"}
    foreign = []
    for one in IMPORTS:
        if one.target_package in known:
            continue
        owners = OWNERS.get(one.target_package, set())
        if not any(one.module == owner or one.module.startswith(f"{owner}.") for owner in owners):
            foreign.append(one)
    assert told(foreign) == []


def test_no_owner_is_named_for_a_library_that_nobody_uses() -> None:
    used = {one.target_package for one in IMPORTS}
    assert set(OWNERS) - used == set()


def test_no_modules_import_each_other_in_a_ring() -> None:
    below: dict[str, set[str]] = {module: set() for module in SOURCES}
    for one in IMPORTS:
        # A package that chooses among its own modules does so inside a function.
        is_switch = SOURCES[one.module].name == "__init__.py" and one.target.startswith(f"{one.module}.")
        if one.target in SOURCES and one.target != one.module and not is_switch:
            below[one.module].add(one.target)
    done: set[str] = set()

    def walk(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " -> ".join((*path[path.index(module) :], module))
        if module not in done:
            for target in sorted(below[module]):
                walk(target, (*path, module))
            done.add(module)

    for module in SOURCES:
        walk(module, ())


def calls(module: str) -> set[str]:
    tree = ast.parse(SOURCES[module].read_text(encoding="utf-8"))
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def test_only_command_lines_print_and_end_the_program() -> None:
    loud = [
        f"{module} calls {', '.join(sorted(bad))}"
        for module in SOURCES
        if not ({"cli", "cli_shared", "__main__", "commands"} & set(module.split(".")))
        if (bad := calls(module) & {"print", "exit", "quit", "sys.exit", "os._exit", "click.echo"})
    ]
    assert loud == []


def test_no_file_has_grown_past_a_thought() -> None:
    # At 400 lines one splits; a little later the test insists.
    long = [
        f"{module}: {lines} lines"
        for module, file in SOURCES.items()
        if (lines := len(file.read_text(encoding="utf-8").splitlines())) > 450
    ]
    assert long == []
