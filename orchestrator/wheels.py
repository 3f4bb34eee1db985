"""Wheels for an image, resolved on this machine: the image's build needs neither network nor index.

They are kept below build/wheels, one folder for each lock and base Python: the second time costs nothing.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement

from orchestrator.errors import BuildFailure

_DONE = "lock.txt"  # written last: a folder that holds it is complete
_OLDEST_GLIBC = 5
_OLD_NAMES = ("manylinux2014", "manylinux2010", "manylinux1")


@dataclass(frozen=True, slots=True)
class BasePython:
    """The Python of a base image, as it describes itself."""

    markers: Mapping[str, str]  # PEP 508
    glibc: tuple[int, int]

    @property
    def version(self) -> str:
        return self.markers["python_version"]

    @property
    def machine(self) -> str:
        return self.markers["platform_machine"]

    @property
    def platforms(self) -> tuple[str, ...]:
        """Of wheels that run there, newest first."""
        major, minor = self.glibc
        by_glibc = (f"manylinux_{major}_{n}" for n in range(minor, _OLDEST_GLIBC - 1, -1))
        return tuple(f"{kind}_{self.machine}" for kind in (*by_glibc, *_OLD_NAMES))


# Run in the base image; prints JSON.
DESCRIBE_PYTHON = """
import json, os, platform, sys
markers = {
    "implementation_name": sys.implementation.name,
    "implementation_version": platform.python_version(),
    "os_name": os.name,
    "platform_machine": platform.machine(),
    "platform_python_implementation": platform.python_implementation(),
    "platform_release": "",
    "platform_system": platform.system(),
    "platform_version": "",
    "python_full_version": platform.python_version(),
    "python_version": "%d.%d" % sys.version_info[:2],
    "sys_platform": sys.platform,
}
print(json.dumps({"markers": markers, "glibc": platform.libc_ver()[1]}))
"""


def ensure_wheels(lock: Path, python: BasePython, store: Path) -> Path:
    """A folder with lock.txt (the lines that hold for `python`) and the wheels it names.

    Raises:
        BuildFailure: no index has them, or what came is not what the lock says.
    """
    wanted = lines_for(lock.read_text(), python.markers)
    key = hashlib.sha256("\n".join((wanted, python.version, *python.platforms)).encode()).hexdigest()[:12]
    folder = store / f"{lock.stem}-py{python.version}-{key}"
    if (folder / _DONE).exists():
        return folder
    unfinished = store / f".{folder.name}.{os.getpid()}"
    unfinished.mkdir(parents=True)
    try:
        requirements = unfinished / _DONE
        requirements.write_text(wanted)
        _download(requirements, python, unfinished / "wheels")
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def lines_for(lock: str, markers: Mapping[str, str]) -> str:
    """The lock without what its markers exclude: pip would judge them by this machine's Python."""
    kept = []
    for requirement, hashes in _requirements(lock):
        parsed = Requirement(requirement)
        if parsed.marker is None or parsed.marker.evaluate(dict(markers)):
            kept.append(" ".join((f"{parsed.name}{parsed.specifier}", *hashes)))
    return "\n".join(kept) + "\n"


def _requirements(lock: str) -> Iterator[tuple[str, list[str]]]:
    for line in lock.replace("\\\n", " ").splitlines():
        words = line.split(" --hash=")
        if words[0].strip() and not words[0].lstrip().startswith("#"):
            yield words[0].strip(), [f"--hash={word.strip()}" for word in words[1:]]


def _download(requirements: Path, python: BasePython, into: Path) -> None:
    command = [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
        *("--only-binary=:all:", "--no-deps", "--require-hashes", "--requirement", str(requirements)),
        *("--dest", str(into), "--implementation", "cp", "--python-version", python.version),
    ]
    for platform in python.platforms:
        command += ["--platform", platform]
    # pip takes mirrors, proxies and certificates from this machine's settings.
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - all ours
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        why = " ".join(errors) or done.stderr.strip()
        raise BuildFailure(
            f"pip cannot get the wheels of {requirements.parent.name.removeprefix('.')}: {why}",
            "See that `pip download flask` works here: pip.conf names a mirror, HTTPS_PROXY a proxy, "
            "PIP_CERT the site's certificates.",
        )
