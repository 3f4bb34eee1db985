"""What the engine gets to build an image from: the Dockerfile, wheels, and our packages."""

import hashlib
import io
import tarfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

_LEFT_OUT = frozenset({"__pycache__"})


def our_files(root: Path, packages: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """Path in the context and content of every file of ours, in a fixed order."""
    yield "Dockerfile", (root / "Dockerfile").read_bytes()
    for package in packages:
        for path in sorted((root / package).rglob("*")):
            if path.is_file() and not _LEFT_OUT.intersection(path.parts):
                yield f"packages/{path.relative_to(root).as_posix()}", path.read_bytes()
    yield from _metadata(root)


def _metadata(root: Path) -> Iterator[tuple[str, bytes]]:
    """Enough for importlib.metadata to know our version, as where we are installed."""
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    name, version = project["name"], project["version"]
    text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    yield f"packages/{name}-{version}.dist-info/METADATA", text.encode()


def digest(files: list[tuple[str, bytes]], *others: str) -> str:
    """Changes when anything does that the image is made of."""
    total = hashlib.sha256()
    for name, content in files:
        total.update(f"{name}\0{hashlib.sha256(content).hexdigest()}\0".encode())
    for other in others:
        total.update(f"{other}\0".encode())
    return total.hexdigest()


def write_context(into: IO[bytes], files: list[tuple[str, bytes]], wheels: Path) -> None:
    """As a tar that is the same for the same content, so that the engine's own cache knows it again."""
    with tarfile.open(fileobj=into, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in files:
            _add(tar, name, io.BytesIO(content), len(content))
        for path in sorted(wheels.rglob("*")):
            if path.is_file():
                with path.open("rb") as file:
                    _add(tar, path.relative_to(wheels).as_posix(), file, path.stat().st_size)


def _add(tar: tarfile.TarFile, name: str, content: IO[bytes], size: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o644
    tar.addfile(entry, content)
