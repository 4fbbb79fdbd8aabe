"""Checkpoints: one safetensors file each, whole or not there, and checked when read.

A file holds tensors by name and, in its header, JSON: what the tensors belong to and a checksum of their bytes.
Safetensors holds plain data only; nothing in a checkpoint is ever executed.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from translator.errors import CheckpointError
from translator.files import write_atomically


def write(path: Path, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
    """Write tensors and JSON-able facts. Raises OSError, and leaves the old file alone, where the disk is full."""
    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    text = json.dumps(facts)
    header = {"facts": text, "checksum": _checksum(plain, text)}
    write_atomically(path, save(plain, metadata=header))


def read(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The tensors and facts of `write`.

    Raises:
        CheckpointError: no file, one that was cut short or changed, or one with a value that is not a finite number.
    """
    if not path.is_file():
        raise CheckpointError(f"{path} is missing.")
    try:
        with safe_open(path, framework="pt") as file:
            header = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no iterator)
        facts = json.loads(header["facts"])
    except (SafetensorError, KeyError, ValueError, TypeError, OSError) as error:
        raise CheckpointError(f"{path} is damaged or was not written by this package ({error}).") from None
    if _checksum(tensors, header["facts"]) != header.get("checksum"):
        raise CheckpointError(f"{path} is damaged: its contents do not match its checksum.")
    bad = not_finite(tensors)
    if bad:
        raise CheckpointError(f"{path} holds values that are not finite numbers, in {bad}: training had diverged.")
    return tensors, facts


def not_finite(tensors: Mapping[str, Tensor]) -> str | None:
    """The first tensor, by name, with a NaN or an infinity in it. On a GPU it waits once, for all of them."""
    if not tensors:
        return None
    fine = torch.stack([tensor.isfinite().all() for tensor in tensors.values()]).tolist()
    return next((name for name, whole in zip(tensors, fine, strict=True) if not whole), None)


def _checksum(tensors: Mapping[str, Tensor], text: str) -> str:
    total = zlib.crc32(text.encode())
    for name in sorted(tensors):
        total = zlib.crc32(name.encode(), total)
        flat = tensors[name].reshape(-1)
        if flat.numel():
            total = zlib.crc32(flat.view(torch.uint8).numpy().data, total)
    return f"{total:08x}"


def weights(model: nn.Module, prefix: str = "model.") -> dict[str, Tensor]:
    """The model's parameters by name, a tied one once."""
    return {prefix + name: parameter.detach() for name, parameter in model.named_parameters()}


@torch.no_grad()
def load_weights(model: nn.Module, tensors: Mapping[str, Tensor], where: Path, prefix: str = "model.") -> None:
    """Copy tensors of `weights` into a model of the same names and shapes.

    Raises:
        CheckpointError: it is another model; the first difference is named.
    """
    own = dict(model.named_parameters())
    given = {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
    for name in sorted(set(own) ^ set(given)):
        side = "the checkpoint lacks" if name in own else "the checkpoint has, and the model lacks,"
        raise CheckpointError(f"{where} holds another model: {side} {name}. Use the config and parts of its training.")
    for name, parameter in own.items():
        if parameter.shape != given[name].shape:
            shapes = f"{tuple(given[name].shape)}, expected {tuple(parameter.shape)}"
            raise CheckpointError(f"{where} holds another model: {name} has shape {shapes}.")
        parameter.copy_(given[name])


def average(paths: list[Path], prefix: str = "model.") -> dict[str, Tensor]:
    """The mean of the weights in several checkpoints of one run (section 6.1 averages the last 5)."""
    total: dict[str, Tensor] = {}
    for path in paths:
        tensors, _ = read(path)
        for name, tensor in tensors.items():
            if name.startswith(prefix):
                total[name] = total[name] + tensor.double() if name in total else tensor.double()
    return {name: (tensor / len(paths)).float() for name, tensor in total.items()}
