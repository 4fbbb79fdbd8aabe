"""The benchmark measures what it says: equal weights, equal batches, equal losses. Its figures are not tested here."""

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from translator.model.config import TransformerConfig

CONFIG = TransformerConfig(200, encoder_layers=1, decoder_layers=1, d_model=32, d_ff=64, heads=2, dropout=0.0)


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    path = Path(__file__).parents[2] / "benchmarks" / "training_speed.py"
    spec = importlib.util.spec_from_file_location("training_speed", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_100_updates_of_ours_and_of_torch_have_the_same_losses(bench: ModuleType) -> None:
    assert bench.largest_difference(CONFIG, steps=100, tokens=150) < 1e-3


def test_lengths_are_those_that_were_counted(bench: ModuleType) -> None:
    lengths = bench.draw_examples(3000, 50).lengths
    assert 14 < lengths[:, 0].mean() < 16
    assert 14 < lengths[:, 1].mean() < 16
    assert np.corrcoef(lengths.T)[0, 1] > 0.7


def test_random_batches_are_half_padding_and_bucketed_ones_hardly(bench: ModuleType) -> None:
    examples = bench.draw_examples(4000, 50)
    for kind, low, high in (("random", 0.4, 0.7), ("bucketed", 0.0, 0.1)):
        real, places = 0, 0
        for part in bench.cut(examples, kind, 3000):
            lengths = examples.lengths[part, 1]
            real, places = real + lengths.sum(), places + lengths.max() * len(lengths)
        assert low < 1 - real / places < high, kind


def test_all_systems_are_timed_in_every_round(bench: ModuleType) -> None:
    found = bench.measure(CONFIG, "random", 2, 100, ("ours, bf16", "torch, real logits"))
    assert set(found["tokens_per_cpu_second"]) == {"ours", "ours, bf16", "torch", "torch, real logits"}
    assert len(found["ratio_by_round"]) == 2
