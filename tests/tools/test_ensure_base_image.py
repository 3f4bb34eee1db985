"""The base image: from here, from a registry, or made of packages. With a real registry and a real mirror."""

import http.client
import io
import os
import shutil
import socket
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from uuid import uuid4

import docker
import pytest

from tests.shared_data import REPOSITORY
from tests.tools.conftest import RunTool

TOOL = REPOSITORY / "tools" / "ensure-base-image"


@pytest.fixture(scope="module")
def engine() -> docker.DockerClient:
    return docker.from_env()


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    loader = SourceFileLoader("ensure_base_image", str(TOOL))
    spec = spec_from_loader(loader.name, loader)
    assert spec
    module = module_from_spec(spec)
    sys.modules[loader.name] = module
    loader.exec_module(module)
    return module


@pytest.fixture
def wanted(engine: docker.DockerClient) -> Iterator[str]:
    """The name of an image that no registry has; what stands in for it goes afterwards."""
    name = f"127.0.0.1:9/usermon-test:{uuid4().hex[:8]}"
    yield name
    for made in engine.images.list("usermon-base"):
        for tag in made.tags:
            if name.rpartition(":")[2] in tag:
                engine.images.remove(tag, noprune=True)


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[str]:
    """A registry of our own; the engine takes those of this machine without certificates."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    config = tmp_path / "registry.yml"
    config.write_text(
        f"version: 0.1\nlog: {{level: error}}\nhttp: {{addr: '{address}'}}\n"
        f"storage: {{filesystem: {{rootdirectory: {tmp_path}/registry}}}}\n"
    )
    program = shutil.which("docker-registry")
    assert program, "tools/ensure-test-machine installs docker-registry"
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen([program, "serve", config], stdout=log, stderr=log)
    try:
        _wait_for(address)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            connection = http.client.HTTPConnection(address, timeout=2)
            connection.request("GET", "/v2/")
            assert connection.getresponse().status == 200
            return
        except OSError:
            assert time.monotonic() < deadline, "the registry does not start"
            time.sleep(0.05)


@pytest.mark.docker
def test_an_image_that_is_here_is_named_and_nothing_else_happens(run_tool: RunTool) -> None:
    name = run_tool("ensure-base-image").stdout.strip()

    again = run_tool("ensure-base-image", USERMON_BASE_IMAGE=name)

    assert (again.returncode, again.stdout.strip(), again.stderr) == (0, name, "")


@pytest.mark.docker
def test_an_image_is_pulled_where_a_registry_answers(
    run_tool: RunTool, registry: str, engine: docker.DockerClient
) -> None:
    name = f"{registry}/site/python:3.11-slim"
    small = subprocess.run(
        ["docker", "import", "-", name], input=_tar_of(b"an image"), check=True, capture_output=True
    )
    subprocess.run(["docker", "push", "--quiet", name], check=True, capture_output=True)
    engine.images.remove(name)

    pulled = run_tool("ensure-base-image", USERMON_BASE_IMAGE=name)

    assert (pulled.returncode, pulled.stdout.strip()) == (0, name)
    assert f"pulled {name}" in pulled.stderr
    assert engine.images.get(name).id == small.stdout.decode().strip()
    engine.images.remove(name)


def _tar_of(content: bytes) -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as tar:
        entry = tarfile.TarInfo("file")
        entry.size = len(content)
        tar.addfile(entry, io.BytesIO(content))
    return whole.getvalue()


@pytest.mark.docker
def test_a_registry_without_the_image_is_like_none(
    run_tool: RunTool, registry: str, engine: docker.DockerClient
) -> None:
    done = run_tool("ensure-base-image", USERMON_BASE_IMAGE=f"{registry}/site/nothing:1")

    assert done.returncode == 0
    assert done.stdout.startswith("usermon-base:in-place-of-")
    assert "site/nothing" in done.stderr
    engine.images.remove(done.stdout.strip(), noprune=True)


@pytest.mark.docker
def test_a_registry_that_accepts_and_never_answers_is_given_up(
    tool: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tool.SECONDS_TO_ANSWER == 10
    monkeypatch.setattr(tool, "SECONDS_TO_ANSWER", 1)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        assert tool.pull(f"127.0.0.1:{silent.getsockname()[1]}/silent:1") is None

    assert "no image after 1 s" in capsys.readouterr().err


@pytest.mark.docker
def test_what_stands_in_for_an_image_is_remembered(run_tool: RunTool, wanted: str) -> None:
    first = run_tool("ensure-base-image", USERMON_BASE_IMAGE=wanted)

    second = run_tool("ensure-base-image", USERMON_BASE_IMAGE=wanted)

    assert "asking the registry" in first.stderr
    assert (second.stdout, second.stderr) == (first.stdout, "")


@pytest.fixture(params=["mmdebstrap", "debootstrap"])
def made_of_packages(
    request: pytest.FixtureRequest, tool: ModuleType, engine: docker.DockerClient
) -> Iterator[str]:
    """An image that each way makes: what our own images stand on, where it came that way, else a new one."""
    for image in engine.images.list(tool.MADE_REPOSITORY):
        if image.history()[0]["Comment"] == f"made by tools/ensure-base-image with {request.param}":
            yield image.tags[0]
            return
    name = f"usermon-test-made:{uuid4().hex[:8]}"
    getattr(tool, f"make_with_{request.param}")(tool.distribution_sources(), name)
    yield name
    engine.images.remove(name, force=True)


@pytest.mark.docker
def test_an_image_made_of_packages_has_python_and_is_small(
    made_of_packages: str, engine: docker.DockerClient
) -> None:
    program = "import sys, ssl, sqlite3, venv, ensurepip; print(sys.version_info >= (3, 11))"
    run = ["docker", "run", "--rm", "--network=none", made_of_packages]
    said = subprocess.run([*run, "python3", "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout == "True\n"
    left = "ls -A /var/lib/apt/lists /usr/share/man /proc/1/nothing /etc/apt/apt.conf.d 2>/dev/null"
    listed = subprocess.run([*run, "sh", "-c", left], capture_output=True, text=True, check=False).stdout
    assert "Packages" not in listed
    assert "man1" not in listed
    assert "99mmdebstrap" not in listed
    assert engine.images.get(made_of_packages).attrs["Size"] < 250 << 20


def test_without_an_engine_it_says_what_to_do(run_tool: RunTool) -> None:
    done = run_tool("ensure-base-image", DOCKER_HOST="unix:///nowhere/docker.sock")

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        "error: no Docker engine answers\nfix: Run tools/ensure-engine first; it says what is missing.\n"
    )


DEB822 = """\
Types: deb
URIs: http://mirror.site.example/debian
Suites: bookworm bookworm-updates
Components: main contrib

Types: deb
URIs: http://mirror.site.example/debian-security
Suites: bookworm-security
Components: main

Types: deb
URIs: https://packages.vendor.example/apt
Suites: bookworm
Components: stable
"""
ONE_LINE = """\
deb [arch=amd64] http://mirror.site.example/ubuntu noble main universe
deb http://mirror.site.example/ubuntu noble-security main universe
# deb http://old.example/ubuntu noble main
deb https://packages.vendor.example/apt noble stable
"""


@pytest.fixture
def apt_of_another_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for sources that apt reads in the place of this machine's own."""
    parts = tmp_path / "sources.list.d"
    for folder in (parts, tmp_path / "lists" / "partial"):
        folder.mkdir(parents=True)
    config = tmp_path / "apt.conf"
    config.write_text(
        f'Dir::Etc::SourceList "/dev/null";\nDir::Etc::SourceParts "{parts}";\n'
        f'Dir::State::Lists "{tmp_path}/lists";\nAPT::Architecture "amd64";\n'
        'Acquire::http::Proxy "http://proxy.site.example:3128";\n'
    )
    monkeypatch.setenv("APT_CONFIG", str(config))
    return parts


def test_the_mirror_is_the_machines_own_in_the_newer_format(
    tool: ModuleType, apt_of_another_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (apt_of_another_machine / "debian.sources").write_text(DEB822)
    monkeypatch.setattr(tool, "os_release", lambda: {"VERSION_CODENAME": "bookworm", "ID": "debian"})

    lines = [source.line for source in tool.distribution_sources()]

    assert lines == [
        "deb http://mirror.site.example/debian/ bookworm main",
        "deb http://mirror.site.example/debian/ bookworm-updates main",
        "deb http://mirror.site.example/debian-security/ bookworm-security main",
    ]


def test_the_mirror_is_the_machines_own_in_the_older_format_and_on_ubuntu(
    tool: ModuleType, apt_of_another_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (apt_of_another_machine / "site.list").write_text(ONE_LINE)
    ubuntu = {"VERSION_CODENAME": "noble", "UBUNTU_CODENAME": "noble", "ID": "ubuntu"}
    monkeypatch.setattr(tool, "os_release", lambda: ubuntu)

    lines = [source.line for source in tool.distribution_sources()]

    assert lines == [
        "deb http://mirror.site.example/ubuntu/ noble main universe",
        "deb http://mirror.site.example/ubuntu/ noble-security main universe",
    ]


def test_a_release_with_an_older_python_makes_an_image_of_the_next_one(
    tool: ModuleType, apt_of_another_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (apt_of_another_machine / "site.list").write_text(ONE_LINE.replace("noble", "jammy"))
    ubuntu = {"VERSION_CODENAME": "jammy", "UBUNTU_CODENAME": "jammy", "ID": "ubuntu"}
    monkeypatch.setattr(tool, "os_release", lambda: ubuntu)

    assert [source.suite for source in tool.distribution_sources()] == ["noble", "noble-security"]


def test_a_file_of_mirrors_is_looked_into(
    tool: ModuleType, apt_of_another_machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirrors = tmp_path / "debian.list"
    mirrors.write_text("https://cloud.example/debian/\nhttps://other.example/debian/\n")
    (apt_of_another_machine / "debian.sources").write_text(
        f"Types: deb\nURIs: mirror+file://{mirrors}\nSuites: bookworm\nComponents: main\n"
    )
    monkeypatch.setattr(tool, "os_release", lambda: {"VERSION_CODENAME": "bookworm"})

    assert [source.mirror for source in tool.distribution_sources()] == ["https://cloud.example/debian/"]


def test_apts_proxy_reaches_debootstrap(tool: ModuleType, apt_of_another_machine: Path) -> None:
    assert "http_proxy=http://proxy.site.example:3128" in tool.proxy_variables()
    assert apt_of_another_machine.is_dir()


def test_somebody_without_rights_is_told_what_to_do(
    tool: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 10_001)
    monkeypatch.setattr(tool, "as_root_if_possible", list)
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)

    with pytest.raises(tool.CannotMake, match="only root may install"):
        tool.install("mmdebstrap")
