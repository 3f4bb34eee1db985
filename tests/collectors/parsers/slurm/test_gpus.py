"""GPUs in Slurm's notations of resources."""

import pytest

from collectors.parsers.slurm.gpus import gpus_in, gpus_of_job


@pytest.mark.parametrize(
    ("text", "gpus"),
    [
        ("", 0),
        ("(null)", 0),
        ("N/A", 0),
        ("gpu", 1),
        ("gpu:4", 4),
        ("gpu:a100", 1),
        ("gpu:a100:4", 4),
        ("gpu:a100:4(S:0-1)", 4),
        ("gpu:h100:4(IDX:0,2-4),gpu:h200:2(IDX:0-1)", 6),
        ("gpu:h100:0(IDX:N/A)", 0),
        ("gpu:2(IDX:0-1)", 2),
        ("gpu:a100:4,shard:16,mps:100,nic:1", 4),
        ("gpu:1K", 1024),
        ("gres:gpu:3", 3),
        ("gres:gpu:a100:2", 2),
        ("gres/gpu:4", 4),
        ("gres/gpu:h100:8", 8),
        ("cpu=8,mem=64G,node=1,gres/gpu=2", 2),
        ("cpu=8,gres/gpu:a100=2,gres/gpu=2,mem=64G", 2),
        ("cpu=8,gres/gpu:a100=2,gres/gpu:h100=1", 3),
        ("gpumem=80G,license=gpu", 0),
    ],
)
def test_a_text_speaks_of_so_many(text: str, gpus: int) -> None:
    assert gpus_in(text) == gpus


def test_what_a_job_was_given_counts_before_what_it_asked_for() -> None:
    assert (
        gpus_of_job(in_detail=("gpu:2(IDX:0-1)", "gpu:1(IDX:3)"), allocated="gres/gpu=8", per_job="gpu:9")
        == 3
    )
    assert gpus_of_job(allocated="cpu=1,gres/gpu=8", per_job="gpu:9") == 8
    assert gpus_of_job(allocated="cpu=1", per_job="gres:gpu:9", per_node="gpu:1", nodes=4) == 9


def test_what_is_asked_for_a_node_or_a_task_is_as_much_for_each() -> None:
    assert gpus_of_job(per_node="gres:gpu:a100:2", nodes=3) == 6
    assert gpus_of_job(per_task="gres:gpu:1", tasks=5) == 5
    assert gpus_of_job(per_node="gpu:2", nodes=0) == 2
