"""AdamW, and its state by parameter name, as checkpoints hold it."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from translator.training.settings import Settings


def adamw(model: nn.Module, settings: Settings) -> torch.optim.AdamW:
    """Adam with the paper's betas (section 5.3) and decoupled weight decay.

    Only matrices decay: pulling biases and the gains of LayerNorm towards zero regularises nothing. The fused
    implementation does one pass over the memory instead of about ten, on CPU and GPU.
    """
    matrices = [p for p in model.parameters() if p.dim() >= 2]
    vectors = [p for p in model.parameters() if p.dim() < 2]
    groups = [{"params": matrices, "weight_decay": settings.weight_decay}, {"params": vectors, "weight_decay": 0.0}]
    # eps 1e-9 of section 5.3: with the default 1e-8 rare tokens, whose gradients are tiny, would learn more slowly.
    return torch.optim.AdamW(groups, lr=settings.learning_rate, betas=(0.9, 0.98), eps=1e-9, fused=True)


#: What AdamW keeps of each parameter: means of gradient and of squared gradient, and how many it has seen.
KINDS = ("exp_avg", "exp_avg_sq", "step")


def state_tensors(model: nn.Module, optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """The optimizer's state as tensors named "optimizer.KIND.PARAMETER"."""
    return {
        f"optimizer.{kind}.{name}": optimizer.state[parameter][kind]
        for name, parameter in model.named_parameters()
        for kind in KINDS
    }


@torch.no_grad()
def load_state(model: nn.Module, optimizer: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    """Put back what `state_tensors` gave."""
    for name, parameter in model.named_parameters():
        optimizer.state[parameter] = {
            kind: tensors[f"optimizer.{kind}.{name}"].to(parameter.device).clone() for kind in KINDS
        }
