"""Images: what goes into them, when they are built, and what a container of one finds."""

import io
import json
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import docker
import pytest

from orchestrator.build_context import digest, our_files, write_context
from orchestrator.errors import BuildFailure
from orchestrator.image import DASHBOARD, SERVICES, build_images
from orchestrator.settings import OrchestratorSettings
from orchestrator.wheels import BasePython, ensure_wheels, lines_for
from tests.shared_data import REPOSITORY

LOCK = """\
both==1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
newer==2.0 ; python_full_version >= '3.12' \\
    --hash=sha256:cc
older==3.0 ; python_full_version < '3.12' \\
    --hash=sha256:dd
windows==4.0 ; sys_platform == 'win32' \\
    --hash=sha256:ee
"""


def python_of_image(version: str = "3.11.2", glibc: tuple[int, int] = (2, 36)) -> BasePython:
    return BasePython(
        {
            "implementation_name": "cpython",
            "implementation_version": version,
            "os_name": "posix",
            "platform_machine": "x86_64",
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": "Linux",
            "platform_version": "",
            "python_full_version": version,
            "python_version": version.rpartition(".")[0],
            "sys_platform": "linux",
        },
        glibc,
    )


def test_the_lock_is_read_with_the_images_python_not_with_ours() -> None:
    assert lines_for(LOCK, python_of_image("3.11.2").markers).splitlines() == [
        "both==1.0 --hash=sha256:aa --hash=sha256:bb",
        "older==3.0 --hash=sha256:dd",
    ]
    assert lines_for(LOCK, python_of_image("3.13.5").markers).splitlines() == [
        "both==1.0 --hash=sha256:aa --hash=sha256:bb",
        "newer==2.0 --hash=sha256:cc",
    ]


def test_wheels_are_taken_for_the_images_c_library_and_older_ones() -> None:
    platforms = python_of_image(glibc=(2, 31)).platforms

    assert platforms[0] == "manylinux_2_31_x86_64"
    assert "manylinux_2_17_x86_64" in platforms
    assert "manylinux2014_x86_64" in platforms
    assert "manylinux_2_36_x86_64" not in platforms


def test_wheels_that_are_here_need_no_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = tmp_path / "few.txt"
    lock.write_text(_lines_of("blinker"))
    folder = ensure_wheels(lock, python_of_image(), tmp_path / "wheels")
    assert [wheel.suffix for wheel in (folder / "wheels").iterdir()] == [".whl"]
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")

    assert ensure_wheels(lock, python_of_image(), tmp_path / "wheels") == folder


def _lines_of(package: str) -> str:
    text = (REPOSITORY / "locks" / "user-dashboard.txt").read_text()
    start = text.index(f"{package}==")
    return text[start:].split("\n", 1)[0] + "\n" + "".join(
        f"{line}\n" for line in text[start:].splitlines()[1:3]
    )  # fmt: skip


def test_a_wheel_that_is_not_what_the_lock_says_is_refused(tmp_path: Path) -> None:
    lock = tmp_path / "wrong.txt"
    lock.write_text(f"blinker==1.9.0 --hash=sha256:{'0' * 64}\n")

    with pytest.raises(BuildFailure, match="pip cannot get the wheels of wrong"):
        ensure_wheels(lock, python_of_image(), tmp_path / "wheels")

    assert list((tmp_path / "wheels").iterdir()) == []


def test_each_image_holds_its_own_packages_and_no_others() -> None:
    dashboard = {name.split("/")[1] for name, _ in our_files(REPOSITORY, DASHBOARD.packages) if "/" in name}
    services = {name.split("/")[1] for name, _ in our_files(REPOSITORY, SERVICES.packages) if "/" in name}

    assert {name for name in dashboard if not name.endswith(".dist-info")} == {
        "usermon",
        "web_shared",
        "user_dashboard",
    }
    assert {name for name in services if not name.endswith(".dist-info")} == {
        "usermon",
        "web_shared",
        "cli_shared",
        "usage_store",
        "alerts",
        "collectors",
        "orchestrator",
        "overview",
    }


def test_the_same_files_make_the_same_context(tmp_path: Path) -> None:
    files = [("Dockerfile", b"FROM scratch"), ("packages/a.py", b"1")]
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    (wheels / "lock.txt").write_text("x")
    contexts = []
    for _ in range(2):
        (wheels / "lock.txt").touch()
        contexts.append(io.BytesIO())
        write_context(contexts[-1], files, wheels)

    assert contexts[0].getvalue() == contexts[1].getvalue()
    with tarfile.open(fileobj=io.BytesIO(contexts[0].getvalue())) as tar:
        assert tar.getnames() == ["Dockerfile", "packages/a.py", "lock.txt"]


def test_any_change_changes_the_digest() -> None:
    files = [("a", b"1"), ("b", b"2")]
    digests = {
        digest(files, "lock"),
        digest(files, "another lock"),
        digest([("a", b"1"), ("b", b"3")], "lock"),
        digest([("a", b"1"), ("c", b"2")], "lock"),
        digest([("a", b"1")], "lock"),
    }

    assert len(digests) == 5


@pytest.fixture(scope="module")
def engine() -> docker.DockerClient:
    return docker.from_env()


@pytest.fixture(scope="module")
def images(engine: docker.DockerClient) -> Iterator[OrchestratorSettings]:
    """Settings under whose names both images are built."""
    tag = uuid4().hex[:8]
    settings = OrchestratorSettings(
        image=f"usermon-test-dashboard:{tag}", services_image=f"usermon-test-services:{tag}"
    )
    build_images(settings, say=lambda _: None)
    yield settings
    for name in (settings.image, settings.services_image):
        engine.images.remove(name, force=True)


def run(image: str, *command: str) -> str:
    """Run as a dashboard runs: no network, nothing to write to, nobody's rights."""
    hardened = ["--rm", "--network=none", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges"]
    done = subprocess.run(
        ["docker", "run", *hardened, image, *command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.docker
def test_images_are_built_once(images: OrchestratorSettings) -> None:
    said: list[str] = []

    again = build_images(images, say=said.append)

    assert [image.built for image in again] == [False, False]
    assert said == []


@pytest.mark.docker
@pytest.mark.parametrize(("kind", "optimize"), [("image", "-OO"), ("services_image", "")])
def test_nothing_is_compiled_when_a_program_starts(
    images: OrchestratorSettings, kind: str, optimize: str
) -> None:
    program = "user_dashboard.app" if kind == "image" else "overview.app"

    command = f"python {optimize} -v -c 'import {program}' 2>&1 && echo done"
    lines = run(getattr(images, kind), "bash", "-c", command).splitlines()

    assert lines[-1] == "done"
    loaded = [line for line in lines if "code object from '/" in line]
    assert len(loaded) > 300
    assert [line for line in loaded if ".pyc" not in line] == []


@pytest.mark.docker
def test_the_dashboards_image_has_a_user_of_its_own_and_no_tools(images: OrchestratorSettings) -> None:
    assert run(images.image, "id", "-u", "-n") == "usermon"
    assert run(images.image, "id", "-g") == "10001"
    found = run(
        images.image, "bash", "-c", "type -P pip pip3 || true; ls /build 2>&1 || true; ls /opt/usermon/lib"
    )
    assert "pip" not in found
    assert "No such file" in found  # /build
    modules = "import importlib.util as u; print([n for n in {!r} if u.find_spec(n)])"
    left_out = ("pip", "pandas", "sqlalchemy", "usage_store", "overview", "orchestrator", "docker")
    assert run(images.image, "python", "-c", modules.format(left_out)) == "[]"


@pytest.mark.docker
@pytest.mark.parametrize("kind", ["image", "services_image"])
def test_an_image_knows_our_version(images: OrchestratorSettings, kind: str) -> None:
    from importlib.metadata import version

    program = "from importlib.metadata import version; print(version('usermon'))"

    assert run(getattr(images, kind), "python", "-c", program) == version("usermon")


@pytest.mark.docker
def test_an_image_says_what_it_is_made_of_and_how_it_feels(
    images: OrchestratorSettings, engine: docker.DockerClient
) -> None:
    config = engine.images.get(images.image).attrs["Config"]

    assert config["Labels"]["org.usermon.source"]
    assert config["User"] == "10001:10001"
    assert config["Cmd"] == ["python", "-OO", "-m", "user_dashboard"]
    assert "python" not in json.dumps(config["Healthcheck"]["Test"])


@pytest.mark.docker
def test_a_base_image_without_python_is_refused(engine: docker.DockerClient) -> None:
    empty = f"usermon-test-empty:{uuid4().hex[:8]}"
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode="w"):
        pass
    context.seek(0)
    subprocess.run(
        ["docker", "import", "-", empty], input=context.getvalue(), check=True, capture_output=True
    )
    try:
        with pytest.raises(BuildFailure, match="python3"):
            build_images(
                OrchestratorSettings(base_image=empty, image=f"{empty}-x", services_image=f"{empty}-y"),
                say=lambda _: None,
            )
    finally:
        engine.images.remove(empty, force=True)
