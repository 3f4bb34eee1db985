"""Programs that stand in for Slurm's: each prints a file, and notes how it was called."""

from dataclasses import dataclass
from pathlib import Path

from usermon.site_file import Source

SAMPLES = Path(__file__).parent / "samples" / "slurm"
SACCT_HEADER = "JobID|User|Partition|State|Submit|Start|End|ElapsedRaw|NCPUS|AllocTRES|ReqMem|NNodes|ExitCode"


@dataclass
class StandIns:
    folder: Path

    def prints(self, program: str, text: str, *, exit_code: int = 0, complaint: str = "") -> None:
        (self.folder / f"{program}.out").write_text(text)
        script = self.folder / program
        script.write_text(
            "#!/bin/sh\n"
            f'printf "%s %s\\n" "$SLURM_TIME_FORMAT" "$*" >> {self.folder}/{program}.calls\n'
            f"cat {self.folder}/{program}.out\n"
            f"printf '%s' '{complaint}' >&2\n"
            f"exit {exit_code}\n"
        )
        script.chmod(0o755)

    def calls(self, program: str) -> list[str]:
        file = self.folder / f"{program}.calls"
        return file.read_text().splitlines() if file.exists() else []

    def source(self, **options: object) -> Source:
        return Source("thicket", "slurm", None, 60, "UTC", options={"bin": str(self.folder), **options})


def stand_ins(folder: Path) -> StandIns:
    """A cluster at rest, whose accounts know of no job."""
    programs = StandIns(folder)
    programs.prints("squeue", (SAMPLES / "22.05--squeue.txt").read_text())
    programs.prints("sinfo", (SAMPLES / "22.05--sinfo.txt").read_text())
    programs.prints("sacct", f"{SACCT_HEADER}\n")
    return programs
