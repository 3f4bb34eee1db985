"""How many GPUs Slurm's two notations of resources speak of.

gpu:a100:4(S:0-1),gpu:2          gres, of a node or a job; the number left out is one
gpu:h100:4(IDX:0,2-4)            gres in use
gres:gpu:a100:2, gres/gpu:4      gres that a job asks for, by version
cpu=8,mem=64G,gres/gpu=4,gres/gpu:a100=4     tres: the second says again what the first says
"""

import re

_ANNOTATION = re.compile(r"\([^()]*\)")
_COUNT = re.compile(r"(\d{1,9})([KkMm]?)", re.ASCII)
_FACTORS = {"": 1, "k": 1 << 10, "m": 1 << 20}


def gpus_in(text: str) -> int:
    """The GPUs of `text`; none where it speaks of none."""
    if "gpu" not in text:  # nearly all of them
        return 0
    typed = untyped = 0
    is_tres = False
    for item in _ANNOTATION.sub("", text).split(","):
        name = item.strip().removeprefix("gres/").removeprefix("gres:")
        if name != "gpu" and not name.startswith(("gpu:", "gpu=")):
            continue
        is_tres |= "=" in name
        words = re.split("[:=]", name)[1:]
        count = _number(words[-1]) if words else 1
        if count is None:  # the last word is a type
            typed += 1
        elif len(words) < 2:
            untyped += count
        else:
            typed += count
    return max(typed, untyped) if is_tres else typed + untyped


def gpus_of_job(
    *,
    allocated: str = "",
    in_detail: tuple[str, ...] = (),
    per_job: str = "",
    per_node: str = "",
    per_task: str = "",
    nodes: int = 1,
    tasks: int = 1,
) -> int:
    """The GPUs that a job has, or asks for.

    What it was given counts most (`in_detail`, one text a node; `allocated`, its tres, which holds GPUs only
    where the cluster accounts for them), then what it asked for: in all, a node, or a task.
    """
    return (
        sum(gpus_in(text) for text in in_detail)
        or gpus_in(allocated)
        or gpus_in(per_job)
        or gpus_in(per_node) * max(1, nodes)
        or gpus_in(per_task) * max(1, tasks)
    )


def _number(word: str) -> int | None:
    match = _COUNT.fullmatch(word)
    return int(match[1]) * _FACTORS[match[2].lower()] if match else None
