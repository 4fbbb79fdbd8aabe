"""Laws of training: the loss is the loss, a resumed run is the run, and no failure loses what was saved."""

import math
import time
from itertools import count
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from letters import go

from translator.data.batches import Examples
from translator.decoding import translate
from translator.devices import threads, wanted_threads
from translator.errors import CheckpointError, InputError
from translator.model.config import TransformerConfig
from translator.model.custom_parts import Parts
from translator.model.dropout import Dropout
from translator.model.transformer import Transformer
from translator.runs.log import read_log
from translator.training.distributed import World
from translator.training.loss import smoothed_cross_entropy
from translator.training.schedule import learning_rate
from translator.training.settings import Settings
from translator.training.trainer import Trainer


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("tokens", [1, 300, 600])  # one chunk, and several
def test_the_chunked_loss_equals_torch_in_value_and_gradient(smoothing: float, tokens: int) -> None:
    hidden = torch.randn(tokens, 8, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(11, 8, dtype=torch.float64, requires_grad=True)
    target = torch.randint(0, 11, (tokens,))
    ours = smoothed_cross_entropy(hidden, weight, target, smoothing)
    theirs = F.cross_entropy(hidden @ weight.T, target, label_smoothing=smoothing, reduction="sum")
    torch.testing.assert_close(ours, theirs)
    grads = [torch.autograd.grad(loss * 0.3, (hidden, weight)) for loss in (ours, theirs)]
    torch.testing.assert_close(grads[0], grads[1])


def test_the_loss_under_autocast_is_close_and_its_gradients_keep_their_types() -> None:
    hidden, weight = torch.randn(40, 8, requires_grad=True), torch.randn(11, 8, requires_grad=True)
    target = torch.randint(0, 11, (40,))
    exact = smoothed_cross_entropy(hidden, weight, target, 0.1)
    with torch.autocast("cpu", torch.bfloat16):
        rough = smoothed_cross_entropy(hidden, weight, target, 0.1)
    rough.backward()
    assert rough.dtype == weight.grad.dtype == hidden.grad.dtype == torch.float32
    assert abs(rough.item() - exact.item()) < 0.02 * exact.item()


@pytest.mark.parametrize("p", [0.1, 0.5])
def test_dropout_drops_at_its_rate_and_keeps_the_mean_and_the_gradient(p: float) -> None:
    x = torch.ones(1000, 301, requires_grad=True)
    y = Dropout(p)(x)
    assert abs(float((y == 0).double().mean()) - p) < 0.005
    assert abs(y.mean().item() - 1) < 0.01
    y.sum().backward()
    torch.testing.assert_close(x.grad, y.detach())
    half = (y[:, 0] == 0).double(), (y[:, 1] == 0).double()
    assert abs(float(torch.corrcoef(torch.stack(half))[0, 1])) < 0.15, "neighbours share a random number, not a fate"
    assert Dropout(p).eval()(x) is x


def test_the_learning_rate_rises_in_a_line_and_falls_as_asked() -> None:
    def rates(schedule: str) -> list[float]:
        settings = Settings(steps=100, warmup=10, learning_rate=1.0, schedule=schedule)
        return [learning_rate(settings, step, (step - 1) / 100) for step in (1, 5, 11, 51, 100)]

    assert rates("constant") == pytest.approx([0.1, 0.5, 1, 1, 1])
    assert rates("linear") == pytest.approx([0.1, 0.48, 0.9, 0.5, 0.01])
    assert rates("cosine")[3] == pytest.approx(0.5)
    assert rates("inverse-sqrt") == pytest.approx([0.1, 0.5, math.sqrt(10 / 11), math.sqrt(10 / 51), math.sqrt(0.1)])


@pytest.mark.parametrize(
    "bad", [{}, {"steps": 5, "minutes": 1.0}, {"steps": 0}, {"steps": 5, "average": 6}, {"steps": 5, "schedule": "up"}]
)
def test_settings_that_contradict_each_other_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        Settings(**bad)


def test_training_learns_to_turn_sentences_around(corpus: Path, tmp_path: Path) -> None:
    run = go(tmp_path / "run", corpus, steps=300, dropout=0.0, smoothing=0.0, log_every=50, save_every=100, average=2)
    losses = [record["loss"] for record in read_log(run.log_path) if "loss" in record]
    assert losses[0] > 2
    assert losses[-1] < 0.5
    valid = [record["valid_loss"] for record in read_log(run.log_path) if "valid_loss" in record]
    assert valid[-1] < 1.0
    assert run.model().config.d_model == 32


class MyAttention(torch.nn.Module):
    """As a reader would write it: one head, rectangles, boolean masks, no cache."""

    def __init__(self, d_model: int) -> None:
        super().__init__()
        self.project = torch.nn.ModuleList(torch.nn.Linear(d_model, d_model) for _ in range(3))

    def forward(
        self, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, mask: torch.Tensor | None
    ) -> torch.Tensor:
        query, key, value = (layer(x) for layer, x in zip(self.project, (query, key, value), strict=True))
        scores = query @ key.mT / query.size(-1) ** 0.5
        return (scores if mask is None else scores.masked_fill(~mask, -1e9)).softmax(-1) @ value


def test_a_callers_own_attention_is_trained_saved_and_loaded(corpus: Path, tmp_path: Path) -> None:
    parts = Parts(multi_head=lambda config: MyAttention(config.d_model))
    run = go(tmp_path / "run", corpus, steps=60, parts=parts)
    losses = [record["loss"] for record in read_log(run.log_path) if "loss" in record]
    assert losses[-1] < 0.8 * losses[0]
    model, tokenizer = run.model(parts=parts), run.tokenizer()
    assert len(translate(model, tokenizer, ["a b", "c d e"], width=2)) == 2
    with pytest.raises(CheckpointError, match="another model"):
        run.model()


def test_by_the_clock_a_run_ends_with_a_rate_near_zero(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = count()  # the trainer looks at the clock once an update: each takes 20 ms
    monkeypatch.setattr(time, "perf_counter", lambda: 0.02 * next(ticks))
    run = go(tmp_path / "run", corpus, minutes=0.02, log_every=1)
    records = [record for record in read_log(run.log_path) if "loss" in record]
    assert records[-1]["fraction"] == 1.0
    assert 1.2 <= records[-1]["seconds"] < 1.23
    assert records[-1]["learning_rate"] < 0.2 * max(record["learning_rate"] for record in records)


def test_accumulated_and_shared_gradients_are_those_of_the_whole_batch() -> None:
    draw = np.random.default_rng(0)
    sides = [[draw.integers(3, 50, n).tolist() for n in draw.integers(1, 9, 30)] for _ in range(2)]
    sizes = {"encoder_layers": 1, "decoder_layers": 1, "d_model": 8, "d_ff": 8, "heads": 2, "dropout": 0.0}
    model = Transformer(TransformerConfig(50, **sizes)).double()
    numbers, device = np.arange(30), torch.device("cpu")

    def gradient(parts: list[np.ndarray], world: World) -> torch.Tensor:
        trainer = Trainer(model, Examples(*sides), Settings(steps=1, clip=1e9), World(0, 1, device))
        trainer.world = world
        found: list[torch.Tensor] = []
        trainer.optimizer.step = lambda: found.extend(p.grad.flatten().clone() for p in model.parameters())
        trainer._update(parts)
        return torch.cat(found)

    expected = gradient([numbers], World(0, 1, device))
    torch.testing.assert_close(gradient([numbers[:11], numbers[11:]], World(0, 1, device)), expected)
    for size in (2, 31):  # with more processes than sentences some have nothing to do
        shares = [gradient([numbers], World(rank, size, device)) for rank in range(size)]
        torch.testing.assert_close(sum(shares) / size, expected)  # what DistributedDataParallel does with them


def test_a_narrow_model_takes_one_thread_unless_the_user_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    cpu, before = torch.device("cpu"), torch.get_num_threads()
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert wanted_threads(TransformerConfig.named("tiny", 100).d_model, cpu) == 1
    assert wanted_threads(TransformerConfig.named("base", 100).d_model, cpu) == before
    with threads(before + 1):
        assert wanted_threads(TransformerConfig.named("base", 100).d_model, cpu) == before + 1
        monkeypatch.setenv("OMP_NUM_THREADS", str(before + 1))
        assert wanted_threads(TransformerConfig.named("tiny", 100).d_model, cpu) == before + 1
    assert torch.get_num_threads() == before
