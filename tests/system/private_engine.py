"""A Docker engine of the tests' own: they may stop and start it without touching other containers."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import docker
from docker.errors import DockerException


class PrivateEngine:
    """`dockerd` with its own folders, socket and network namespace beside the machine's engine.

    In a namespace, since an engine takes the machine's default bridge and firewall chains for its own.
    Published ports answer inside: put `inside` before a command to run it there.
    """

    def __init__(self, folder: Path, namespace: str) -> None:
        self.folder = folder
        self.namespace = namespace
        self.url = f"unix://{folder}/docker.sock"
        # Not `ip netns exec`, which hides the control groups that the engine needs.
        self.inside = ("nsenter", f"--net=/var/run/netns/{namespace}")
        self._process: subprocess.Popen[bytes] | None = None

    def make_namespace(self) -> None:
        subprocess.run(["ip", "netns", "add", self.namespace], check=True)
        subprocess.run([*self.inside, "ip", "link", "set", "lo", "up"], check=True)

    def remove_namespace(self) -> None:
        subprocess.run(["ip", "netns", "delete", self.namespace], check=True)

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *self.inside,
                    shutil.which("dockerd") or "/usr/sbin/dockerd",
                    *("--data-root", self.folder / "data", "--exec-root", self.folder / "exec"),
                    *("--pidfile", self.folder / "pid", "--host", self.url),
                ],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + 60
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise RuntimeError(f"the private engine does not start: {self._log_end()}")
            time.sleep(0.2)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=60)
            self._process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def copy_image(self, image: str) -> None:
        """Bring `image` over from the machine's engine."""
        environment = os.environ | {"DOCKER_HOST": self.url}
        with subprocess.Popen(["docker", "save", image], stdout=subprocess.PIPE) as saving:
            subprocess.run(
                ["docker", "load"], stdin=saving.stdout, env=environment, check=True, capture_output=True
            )
        assert saving.returncode == 0

    def run(self, *arguments: str) -> None:
        """The engine's own command line."""
        environment = os.environ | {"DOCKER_HOST": self.url}
        subprocess.run(["docker", *arguments], env=environment, check=True, capture_output=True)

    def _answers(self) -> bool:
        try:
            client = docker.DockerClient(base_url=self.url, timeout=5)
            try:
                return bool(client.ping())
            finally:
                client.close()
        except (DockerException, OSError):
            return False

    def _log_end(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")[-2000:]
