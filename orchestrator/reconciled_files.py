"""The results of reconciling, as lists that `up` reads."""

from dataclasses import fields
from pathlib import Path

from orchestrator.reconcile import Reconciled
from usermon.atomic_file import write_atomically
from usermon.errors import WrongUse


def write_reconciled(reconciled: Reconciled, folder: Path) -> None:
    """both.txt, cryo_only.txt and local_only.txt in `folder`, which is made. Raises WrongUse."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for field in fields(reconciled):
            names = getattr(reconciled, field.name)
            write_atomically(folder / f"{field.name}.txt", "".join(f"{name}\n" for name in names).encode())
    except OSError as error:
        raise WrongUse(
            f"cannot write to {folder}: {error.strerror}", "Name a folder in --out that you may write to."
        ) from error
