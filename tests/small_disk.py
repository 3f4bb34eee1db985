"""A real file system that is full in no time."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def mounted_small_disk(folder: Path, size: str = "100k") -> Iterator[Path]:
    """A tmpfs of `size` over the existing `folder`; by sudo where we are not root."""
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    options = f"size={size},uid={os.geteuid()},gid={os.getegid()},mode=700"
    subprocess.run([*sudo, "mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        # Lazily: a test that failed may hold files open, and its own failure is what should be read.
        subprocess.run([*sudo, "umount", "--lazy", folder], check=True)
