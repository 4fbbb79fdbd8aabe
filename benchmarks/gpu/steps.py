"""What each step of making training fast brings, one at a time, from plain fp32 to everything.

Every system starts from the same weights and sees the same length-bucketed batches; what is timed is one whole
update (forward, smoothed loss, backward, AdamW), by the wall clock, the device waited for. "share_of_peak" is the
floating-point work of the real tokens (`work`) over what the device did in the same seconds on one large matrix
product of the same precision, measured here.

A step that fails on a machine is recorded with its error, and the others go on.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.training_speed import SMOOTHING, Padded, cut, draw_examples
from translator.data.batches import Batch
from translator.model.attention import attention
from translator.model.config import TransformerConfig
from translator.model.custom_parts import Parts
from translator.model.torch_twin import TorchTwin, copy_weights
from translator.model.transformer import Transformer
from translator.training.optimizer import adamw
from translator.training.settings import Settings
from translator.training.trainer import Objective


@dataclass(frozen=True)
class Step:
    """One system. `layout` is "padded" or "packed", `compiled` a mode of torch.compile or None for eager."""

    name: str
    layout: str = "padded"
    plain_attention: bool = False
    tf32: bool = True
    bf16: bool = True
    fused: bool = True
    compiled: str | None = None
    peer: str | None = None


STEPS = (
    Step("plain fp32", plain_attention=True, tf32=False, bf16=False, fused=False),
    Step("+ fused attention", tf32=False, bf16=False, fused=False),
    Step("+ fused AdamW", tf32=False, bf16=False),
    Step("+ TF32", bf16=False),
    Step("+ bf16"),
    Step("+ real tokens only", layout="packed"),
    Step("+ torch.compile", layout="packed", compiled="default"),
    Step("padded, torch.compile", compiled="default"),
    Step("padded, CUDA graphs", compiled="reduce-overhead"),
    Step("nn.Transformer, fp32", tf32=False, bf16=False, peer="torch"),
    Step("nn.Transformer, bf16", peer="torch"),
    Step("Marian, bf16", peer="marian"),
)


def plain(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, dropout: float = 0.0) -> Tensor:
    """Attention as the equation reads, the weights stored."""
    return attention(query, key, value, mask, dropout, need_weights=True)[0]


def objective(step: Step, config: TransformerConfig, weights: Transformer) -> nn.Module:
    """The step's model and loss; called with what `feed` makes of a batch."""
    if step.peer == "torch":
        twin = TorchTwin(config)
        copy_weights(weights, twin)
        return Padded(twin, real=False)
    if step.peer == "marian":
        from benchmarks.peers.training import Marian

        return Marian(config)
    model = Transformer(config, Parts(attention=plain)) if step.plain_attention else Transformer(config)
    model.load_state_dict(weights.state_dict())
    if step.layout == "packed":
        return Objective(model, SMOOTHING, compiled=step.compiled is not None)
    return Padded(_Rectangles(model), real=False)


class _Rectangles(nn.Module):
    """Our model as `Padded` calls it."""

    def __init__(self, model: Transformer) -> None:
        super().__init__()
        self.model = model

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        return self.model(source, target)


def measure(
    step: Step, config: TransformerConfig, batches: list[Batch], device: torch.device, peak: float
) -> dict[str, Any]:
    """Median seconds an update, real target tokens a second, share of the peak, memory in MiB (CUDA only)."""
    torch.manual_seed(0)
    weights = Transformer(config)
    model = objective(step, config, weights).to(device).train()
    call: Callable[..., Tensor] = model
    if step.compiled and step.layout == "padded":
        call = torch.compile(model, mode=step.compiled, dynamic=step.compiled == "default" or None)
    optimizer = adamw(model, Settings(steps=1)) if step.fused else _unfused(model)
    cuda = device.type == "cuda"
    if cuda:
        torch.cuda.reset_peak_memory_stats(device)
    seconds = []
    with _precision(step.tf32):
        for number, batch in enumerate([*batches, *batches]):  # the first pass warms up: compiling, capturing
            inputs = batch if step.layout == "packed" else _rounded(batch) if step.compiled else batch.padded()
            _wait(device)
            began = time.perf_counter()
            with torch.autocast(device.type, torch.bfloat16) if step.bf16 else nullcontext():
                loss = call(inputs) / batch.tokens
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            _wait(device)
            if number >= len(batches):
                seconds.append((time.perf_counter() - began) / batch.tokens)
    flops = statistics.mean(work(config, batch) for batch in batches)
    a_token = statistics.median(seconds)
    return {
        "tokens_per_second": round(1 / a_token, 1),
        "share_of_peak": round(flops / a_token / peak, 4),
        "memory_mib": round(torch.cuda.max_memory_allocated(device) / 2**20) if cuda else None,
    }


def _rounded(batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
    """Rectangles whose sides are multiples of 8, rows and lengths: few shapes, for compiled code and graphs."""
    found = []
    for ids in batch.padded():
        rows, length = (-(-size // 8) * 8 for size in ids.shape)
        found.append(nn.functional.pad(ids, (0, length - ids.size(1), 0, rows - ids.size(0))))
    return found[0], found[1], found[2]


def work(config: TransformerConfig, batch: Batch) -> float:
    """Floating-point operations of one update a real target token: what must be done, padding left out.

    Forward, a weight costs a token two operations and a pair of positions costs attention 4 d_model (score and
    mixture); backward costs twice as much. Not by torch's counter: it does not see fused attention on a CPU.
    """
    d, ff = config.d_model, config.d_ff
    sources, targets = (np.array(packing.lengths) for packing in (batch.sources, batch.targets))
    attention, feed_forward = 4 * d * d, 2 * d * ff
    encoder = sources.sum() * (attention + feed_forward) + 2 * d * (sources**2).sum()
    # Cross-attention makes its keys and values once for each source token.
    decoder = targets.sum() * (attention + attention / 2 + feed_forward) + sources.sum() * attention / 2
    decoder += 2 * d * (targets**2 + targets * sources).sum()
    output = targets.sum() * d * config.vocabulary
    return float(6 * (config.encoder_layers * encoder + config.decoder_layers * decoder + output) / targets.sum())


def peak(device: torch.device, precision: str, size: int) -> float:
    """Operations a second on a product of two (size, size) matrices, the best of ten."""
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    a = torch.ones(size, size, dtype=dtype, device=device)
    best = float("inf")
    with _precision(precision != "fp32"):
        for _ in range(10):
            _wait(device)
            began = time.perf_counter()
            a @ a
            _wait(device)
            best = min(best, time.perf_counter() - began)
    return 2 * size**3 / best


def ladder(size: str, tokens: int, count: int, device: torch.device, vocabulary: int = 10_000) -> dict[str, Any]:
    """All steps at one size of the model and of the batch; the figures by the step's name."""
    config = TransformerConfig.named(size, vocabulary, dropout=0.0)
    examples = draw_examples(max(2000, tokens), vocabulary)
    parts = cut(examples, "bucketed", tokens)[:count]
    batches = [examples.batch(part, device) for part in parts]
    cuda = device.type == "cuda"
    peaks = {name: peak(device, name, 8192 if cuda else 1024) for name in ("fp32", "tf32", "bf16")}
    found: dict[str, Any] = {}
    for step in STEPS:
        if step.compiled == "reduce-overhead" and not cuda:
            found[step.name] = {"skipped": "CUDA graphs need a GPU"}
            continue
        precision = "bf16" if step.bf16 else "tf32" if step.tf32 else "fp32"
        try:
            found[step.name] = measure(step, config, batches, device, peaks[precision])
        except Exception as error:  # one system that a machine cannot run must not cost the others
            found[step.name] = {"failed": f"{type(error).__name__}: {str(error).splitlines()[0][:200]}"}
        gc.collect()
        torch._dynamo.reset()
    return {
        "size": size,
        "tokens_a_batch": tokens,
        "batches": len(batches),
        "peak_tflops": {name: round(value / 1e12, 3) for name, value in peaks.items()},
        "steps": found,
    }


def _unfused(model: nn.Module) -> torch.optim.AdamW:
    return torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.98), eps=1e-9, foreach=False)


@contextmanager
def _precision(tf32: bool) -> Iterator[None]:
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("high" if tf32 else "highest")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
