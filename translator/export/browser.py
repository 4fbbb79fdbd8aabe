"""Our model as the book's page "A translator in your browser" reads it: 16-bit weights, sizes, the tokenizer.

`model.safetensors` holds the weights by name as IEEE half precision, `model.json` the config, `tokenizer.json` what the
library `tokenizers` reads. The page's code, `book/_static/live-translator/`, computes from these rounded weights.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import load, save

from translator.data.tokenizer import Tokenizer
from translator.errors import ExportError
from translator.export.checking import draw_sentences
from translator.files import write_atomically, write_json
from translator.model.config import TransformerConfig
from translator.model.transformer import Transformer

PACKAGES: tuple[str, ...] = ()
WEIGHTS = "model.safetensors"


def refuse(config: TransformerConfig) -> None:
    """Refuse what the page's code does not compute.

    Raises:
        ExportError: says which option.
    """
    if (config.norm, config.positions, config.tie) != ("pre", "sinusoidal", True):
        raise ExportError(
            f"the page computes pre-norm layers, sinusoidal positions and tied embeddings; this model has norm "
            f"{config.norm}, positions {config.positions}, tie {config.tie}. Train one with the defaults."
        )


def write(model: Transformer, tokenizer: Tokenizer, folder: Path) -> None:
    """Write model.safetensors, model.json and tokenizer.json.

    Raises:
        ExportError: a weight that half precision cannot hold.
    """
    halves = {name: tensor.half().contiguous() for name, tensor in named_weights(model).items()}
    for name, tensor in halves.items():
        if not tensor.isfinite().all():
            raise ExportError(f"{name} has a weight beyond 65,504, or one that is not finite: 16 bits cannot hold it.")
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / WEIGHTS, save(halves))
    write_json(folder / "model.json", {"model": model.config.to_dict()})
    compact = json.dumps(json.loads(tokenizer.text), ensure_ascii=False, separators=(",", ":"))
    write_atomically(folder / "tokenizer.json", compact.encode())


def named_weights(model: Transformer) -> dict[str, torch.Tensor]:
    """The weights by name, each once: what is tied has the name that the source's embedding has."""
    return {name: parameter.detach() for name, parameter in model.named_parameters()}


def read(folder: Path) -> Transformer:
    """The model that lies in `folder`, in evaluation mode, in float32."""
    facts = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    model = Transformer(TransformerConfig.from_dict(facts["model"]))
    found = {name: tensor.float() for name, tensor in load((folder / WEIGHTS).read_bytes()).items()}
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(found[name])
    return model.eval()


def largest_difference(model: Transformer, folder: Path) -> float:
    """Between the logits of the weights in `folder` and those of ours, rounded to the same 16 bits."""
    expected = Transformer(model.config).eval()
    expected.load_state_dict({name: tensor.half().float() for name, tensor in model.state_dict().items()})
    return draw_sentences(expected).difference(draw_sentences(read(folder)).logits)
