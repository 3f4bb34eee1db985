"""A cluster of four nodes on this machine: the distribution's own munged, slurmctld and four slurmd.

Everything it needs and writes lies in a folder of its own: key, socket, logs, state. GPUs are files, which
Slurm complains of and hands out all the same. There is no accounting: slurmdbd would want a database server.
"""

import getpass
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

NODES = ("n1", "n2", "n3", "n4")
FIRST_PORT, LAST_PORT = 24_000, 24_099
PATIENCE_SECONDS = 60

_CONFIGURATION = """\
ClusterName=thicket
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
MailProg=/bin/true
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
ReturnToService=2
SlurmdParameters=config_overrides
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
JobAcctGatherType=jobacct_gather/none
SchedulerParameters=bf_interval=1,sched_interval=1,batch_sched_delay=0
KillWait=1
MinJobAge=300
GresTypes=gpu
NodeName=n[1-4] NodeHostname={host} NodeAddr=127.0.0.1 Port=[{ports[1]}-{ports[4]}] CPUs=4 RealMemory=1000 \
Gres=gpu:a100:4 State=UNKNOWN
PartitionName=main Nodes=n[1-4] Default=YES MaxTime=60
PartitionName=gpu Nodes=n[3-4] MaxTime=60
"""


@dataclass
class Cluster:
    folder: Path
    controller: "subprocess.Popen[bytes]"

    @property
    def environment(self) -> dict[str, str]:
        return environment(self.folder)

    def run(self, *argv: str) -> str:
        """What a command of Slurm prints."""
        done = subprocess.run(argv, env=self.environment, capture_output=True, text=True, timeout=30)
        if done.returncode:
            raise RuntimeError(f"{argv}: {done.stderr}")
        return done.stdout

    def submit(self, command: str, *options: str, name: str = "job") -> str:
        """Submit a shell command as a job; returns its number."""
        asked = ("--mem=10", "--output=/dev/null", f"--chdir={self.folder}", f"--job-name={name}", *options)
        return self.run("sbatch", "--parsable", *asked, f"--wrap={command}").strip()

    def wait_until(self, is_so: Callable[[], bool], what: str) -> None:
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while not is_so():
            if time.monotonic() > give_up_at:
                raise TimeoutError(f"{what}:\n{self.run('squeue', '--states=all')}{self.run('sinfo', '-N')}")
            time.sleep(0.1)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """The controller takes connections and answers none of them."""
        self.controller.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.controller.send_signal(signal.SIGCONT)


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin", "SLURM_CONF": f"{folder}/slurm.conf"}


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    # A socket's path is short, whatever pytest's folders are called.
    folder = Path(mkdtemp(prefix="usermon-slurm-", dir="/tmp"))
    with ExitStack() as at_end:
        at_end.callback(shutil.rmtree, folder, ignore_errors=True)
        _write_files(folder)
        munge = [
            f"--{name}={folder}/munge.{name}" for name in ("socket", "pid-file", "log-file", "seed-file")
        ]
        key = f"--key-file={folder}/munge.key"
        at_end.enter_context(_program(folder, "munged", "--foreground", "--force", key, *munge))
        _wait_for(lambda: (folder / "munge.socket").exists(), folder)
        controller = at_end.enter_context(_program(folder, "slurmctld", "-D", "-i"))
        for node in NODES:
            at_end.enter_context(_program(folder, "slurmd", "-D", "-N", node))
        cluster = Cluster(folder, controller)
        at_end.callback(_end_jobs, cluster)
        _wait_for(lambda: _states(cluster) == ["idle"] * len(NODES), folder)
        yield cluster


def _write_files(folder: Path) -> None:
    host = socket.gethostname().split(".")[0]
    text = _CONFIGURATION.format(folder=folder, host=host, user=getpass.getuser(), ports=_free_ports())
    (folder / "slurm.conf").write_text(text)
    (folder / "gres.conf").write_text(f"NodeName=n[1-4] Name=gpu Type=a100 File={folder}/gpu[0-3]\n")
    for number in range(4):
        (folder / f"gpu{number}").touch()
    (folder / "munge.key").write_bytes(secrets.token_bytes(1024))
    (folder / "munge.key").chmod(0o600)
    for name in ("state", *(f"spool-{node}" for node in NODES)):
        (folder / name).mkdir()


def _free_ports() -> list[int]:
    """Five in a row, of which nobody holds one now."""
    for first in range(FIRST_PORT, LAST_PORT - 4, 5):
        ports = list(range(first, first + 5))
        if all(map(_is_free, ports)):
            return ports
    raise RuntimeError(f"no five free ports from {FIRST_PORT} on")


def _is_free(port: int) -> bool:
    with closing(socket.socket()) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("", port))
        except OSError:
            return False
        return True


@contextmanager
def _program(folder: Path, *argv: str) -> Iterator["subprocess.Popen[bytes]"]:
    with (folder / f"{argv[0]}{argv[-1] if argv[0] == 'slurmd' else ''}.log").open("wb") as log:
        process = subprocess.Popen(
            argv, env=environment(folder), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _states(cluster: Cluster) -> list[str]:
    try:
        return cluster.run("sinfo", "--noheader", "--Node", "--partition=main", "--format=%T").split()
    except RuntimeError:
        return []  # not listening yet


def _end_jobs(cluster: Cluster) -> None:
    """What a job started belongs to slurmd no longer, and would outlive it."""
    cluster.run("scancel", f"--user={getpass.getuser()}")
    cluster.wait_until(lambda: not cluster.run("squeue", "--noheader").strip(), "jobs that do not end")


def _wait_for(is_so: Callable[[], bool], folder: Path) -> None:
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > give_up_at:
            logs = "\n".join(
                f"{log.name}:\n{log.read_text(errors='replace')[-2000:]}" for log in folder.glob("*.log")
            )
            raise TimeoutError(f"the cluster does not come up\n{logs}")
        time.sleep(0.1)
