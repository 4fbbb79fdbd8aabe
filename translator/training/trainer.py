"""The training loop.

Everything random in update n is drawn from (seed, n): the order of sentences from the epoch's number, dropout from
the update's. A run that was killed and resumed therefore walks the same path as one that was not.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from translator.data.batches import Batch, Examples, batches
from translator.errors import TrainingError
from translator.model.transformer import Transformer
from translator.runs.checkpoint import not_finite
from translator.training.callbacks import Callback, tell
from translator.training.distributed import World
from translator.training.guard import Guard, diverged
from translator.training.interrupt import Interrupt
from translator.training.loss import smoothed_cross_entropy
from translator.training.optimizer import adamw, state_tensors
from translator.training.schedule import learning_rate
from translator.training.settings import Settings
from translator.training.state import State


class Objective(nn.Module):
    """Model and loss as one module: what DistributedDataParallel wraps.

    With `compiled`, the layers run through `torch.compile`, once for all shapes. The loss does not: its loop over
    chunks would be compiled anew for each number of tokens.
    """

    def __init__(self, model: Transformer, smoothing: float, compiled: bool = False) -> None:
        super().__init__()
        self.model, self.smoothing = model, smoothing
        self.hidden = torch.compile(model.hidden, dynamic=True) if compiled else model.hidden

    def forward(self, batch: Batch) -> Tensor:
        """Sum of the loss over the batch's target tokens."""
        hidden = self.hidden(batch.source, batch.target_input, batch.sources, batch.targets)
        smoothing = self.smoothing if self.training else 0.0
        return smoothed_cross_entropy(hidden, self.model.output.weight, batch.target_output, smoothing)


class Trainer:
    """Trains `model` on `train`. `save(self)` is called when a checkpoint is due and must not raise OSError."""

    def __init__(
        self,
        model: Transformer,
        train: Examples,
        settings: Settings,
        world: World,
        *,
        valid: Examples | None = None,
        callbacks: list[Callback] | None = None,
        save: Callable[[Trainer], None] | None = None,
    ) -> None:
        self.model, self.settings, self.world = model.to(world.device), settings, world
        self.train, self.valid, self.save = train, valid, save
        self.callbacks = (callbacks or []) if world.main else []
        self.state = State()
        self.optimizer = adamw(model, settings)
        self._parameters = list(model.parameters())
        objective = Objective(model, settings.smoothing, settings.compile)
        self.objective: nn.Module = objective
        if world.size > 1:
            ids = [world.device.index] if world.device.type == "cuda" else None
            self.objective = self._ddp = DistributedDataParallel(objective, device_ids=ids)
        self.bf16 = settings.precision == "bf16" or (
            settings.precision == "auto" and world.device.type == "cuda" and torch.cuda.is_bf16_supported()
        )
        # Losses stay on the device between records: reading one would make a GPU wait.
        exact = torch.float32 if world.device.type == "mps" else torch.float64
        self._pending = torch.zeros((), dtype=exact, device=world.device)
        self._guard = Guard(world.device)
        self._interrupt = Interrupt()

    @property
    def fraction(self) -> float:
        """How much of the run is done, 0 to 1."""
        steps, minutes = self.settings.steps, self.settings.minutes
        if steps is not None:
            return min(1.0, self.state.step / steps)
        assert minutes is not None  # `Settings` sees to it that one of them is set
        return min(1.0, self.state.seconds / (60 * minutes))

    def run(self) -> str:
        """Train to the end or to an interrupt (Ctrl-C, SIGTERM): "finished" or "interrupted".

        Raises:
            TrainingError: a loss, gradient or weight is not a finite number; no checkpoint holds it.
        """
        tell(self.callbacks, "start", self)
        reason = "interrupted"
        try:
            with self._interrupt.caught():
                reason = self._loop()
        except TrainingError:
            reason = "failed"
            raise
        finally:
            tell(self.callbacks, "end", reason)
        return reason

    def _loop(self) -> str:
        state, settings = self.state, self.settings
        began, before = time.perf_counter(), state.seconds
        supply, saved = self._supply(), state.step
        stop = False
        while self.fraction < 1.0 and not stop:
            norm = self._update([next(supply) for _ in range(settings.accumulate)])
            state.seconds = before + time.perf_counter() - began
            if self.world.size == 1:
                stop = self._interrupt.asked
            elif settings.minutes or state.step % settings.log_every == 0:
                # All must agree on the time and on when to stop, or some would wait for the others for ever.
                asked, seconds = self.world.total(float(self._interrupt.asked), state.seconds)
                stop, state.seconds = asked > 0, seconds / self.world.size
            over = self.fraction >= 1.0
            if over or state.step % settings.log_every == 0:
                self._log(norm)
            if self.valid and (over or state.step % settings.validate_every == 0):
                loss = self.validate(self.valid)
                if not math.isfinite(loss):
                    raise diverged(f"after update {state.step} the validation loss is {loss}", settings, self.bf16)
                tell(self.callbacks, "log", {"step": state.step, "seconds": state.seconds, "valid_loss": loss})
            if state.step % settings.save_every == 0:
                self._save()
                saved = state.step
        if saved != state.step:
            self._save()
        return "finished" if self.fraction >= 1.0 else "interrupted"

    def _supply(self) -> Iterator[NDArray[np.int64]]:
        """Sentence numbers of one batch after another, from where `state` stands, epoch after epoch."""
        state, settings = self.state, self.settings
        while True:
            cut = batches(self.train.lengths, settings.batch_tokens, (settings.seed, state.epoch))
            while state.position < len(cut):
                state.position += 1
                yield cut[state.position - 1]
            state.epoch, state.position = state.epoch + 1, 0

    def _update(self, parts: list[NDArray[np.int64]]) -> Tensor:
        """One step of the optimizer over some batches; returns the gradient's norm before clipping."""
        state, settings, world = self.state, self.settings, self.world
        rate = learning_rate(settings, state.step + 1, self.fraction)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        state.step += 1
        # Dropout of update n is the same in every run, and differs between processes.
        torch.manual_seed(int(np.random.SeedSequence([settings.seed, state.step, world.rank]).generate_state(1)[0]))
        total = int(sum(self.train.lengths[part, 1].sum() for part in parts))
        if not self.objective.training:
            self.objective.train()
        for i, part in enumerate(parts):
            share = part[world.rank :: world.size]
            batch = self.train.batch(share if len(share) else part[:1], world.device)
            with nullcontext() if world.size == 1 or i == len(parts) - 1 else self._ddp.no_sync():
                with self._autocast():
                    loss = self.objective(batch) * float(len(share) > 0)
                # Summed over all processes and divided by all their tokens; DDP by itself would take means.
                (loss * (world.size / total)).backward()
            self._pending += loss.detach()
        state.tokens += total
        norm = nn.utils.clip_grad_norm_(self._parameters, settings.clip)
        # The sum of all losses is not finite if one of them was not.
        self._guard.step(self.optimizer, state.step, norm, self._pending)
        self.optimizer.zero_grad()
        return norm

    @torch.no_grad()
    def validate(self, examples: Examples) -> float:
        """Cross-entropy a target token on `examples`, without smoothing or dropout; all processes share the work."""
        self.objective.eval()
        objective = self._ddp.module if self.world.size > 1 else self.objective
        sums = torch.zeros(2, dtype=torch.float64)
        for i, part in enumerate(batches(examples.lengths, self.settings.batch_tokens)):
            if i % self.world.size == self.world.rank:
                batch = examples.batch(part, self.world.device)
                with self._autocast():
                    sums += torch.tensor([objective(batch).item(), batch.tokens], dtype=torch.float64)
        loss, tokens = self.world.total(*sums.tolist())
        return loss / tokens

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self.world.device.type, torch.bfloat16, enabled=self.bf16)

    def _flush(self) -> None:
        """Move the losses summed on each device into `state`, the same on all processes.

        Raises:
            TrainingError: on all processes, if one of them met a number that is not finite.
        """
        loss, failed = self._guard.total(self.world, self._pending)
        if failed:
            what = f"update {failed}: the loss or the gradient is not a finite number"
            raise diverged(what, self.settings, self.bf16)
        self.state.loss += loss
        self._pending.zero_()

    def _log(self, norm: Tensor) -> None:
        self._flush()
        state = self.state
        spent = max(state.seconds - state.since, 1e-9)
        done = self.fraction
        record = {
            "step": state.step,
            "loss": state.loss / state.tokens,
            "learning_rate": self.optimizer.param_groups[0]["lr"],
            "gradient": float(norm),
            "tokens_per_second": state.tokens / spent,
            "seconds": state.seconds,
            "fraction": done,
            "remaining": state.seconds / done * (1.0 - done),
        }
        tell(self.callbacks, "log", record)
        state.loss, state.tokens, state.since = 0.0, 0, state.seconds

    def _save(self) -> None:
        self._flush()
        # An update that was finite itself may have thrown the weights out of range: all processes see the same.
        bad = not_finite(dict(self.model.named_parameters()) | state_tensors(self.model, self.optimizer))
        if bad:
            what = f"after update {self.state.step} the values of {bad} are not finite numbers"
            raise diverged(what, self.settings, self.bf16)
        if self.save and self.world.main:
            self.save(self)
        self.world.wait()
