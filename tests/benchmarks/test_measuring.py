"""What the comparisons with peers share; their figures are not tested."""

from collections.abc import Callable

import torch

from benchmarks.peers.measuring import peak_memory, resident, summary


def grab(mebibytes: int) -> Callable[[], float]:
    return lambda: torch.ones(mebibytes, 2**18).sum().item()


def test_a_ratio_is_that_of_the_same_round_and_of_the_medians() -> None:
    found = summary({"ours": [10.0, 30.0, 20.0], "other": [5.0, 10.0, 20.0]})
    assert found["tokens_per_cpu_second"] == {"ours": 20.0, "other": 10.0}
    assert found["ours_is_faster_by"] == {"other": {"of_medians": 2.0, "by_round": [2.0, 3.0, 1.0]}}


def test_memory_is_that_of_the_work_in_a_process_of_its_own() -> None:
    before = resident()
    found = peak_memory(grab, 200)
    assert 190 < found["peak_mib"] - found["loaded_mib"] < 260
    assert resident() - before < 100
