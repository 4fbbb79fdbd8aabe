"""What all formats share: what cannot be exported, which numbers the copy must give, and what is missing to make it."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import torch
from tokenizers import Tokenizer as Inner
from torch import Tensor

from translator.data.tokenizer import Tokenizer
from translator.errors import ExportError
from translator.model.attention import attention
from translator.model.multi_head import MultiHeadAttention
from translator.model.transformer import Transformer
from translator.model.vocabulary import BOS, EOS, PAD

#: Added to the logits of `PAD` and `BOS`, which our decoder never chooses; so far below all others that softmax gives
#: them nothing, and finite, which the arithmetic of every library takes.
FORBIDDEN = -1e9
#: How far the logits of an exported model may lie from ours, in float32.
TOLERANCE = 1e-4
#: What to install, as pip knows it.
EXTRA = "pip install 'transformer-from-the-ground-up[export]'"


def needed(*names: str) -> list[ModuleType]:
    """Import packages that only exporting needs.

    Raises:
        ExportError: one that is not installed, or cannot be loaded.
    """
    try:
        return [importlib.import_module(name) for name in names]
    except ImportError as error:
        raise ExportError(
            f"this format needs the package{'s' if len(names) > 1 else ''} {', '.join(names)} ({error}). "
            f"Install the extra: {EXTRA}"
        ) from None


def refuse_custom_parts(model: Transformer) -> None:
    """Refuse a model with parts that are not the package's own: their weights have no place in another library.

    Raises:
        ExportError: names the first such part.
    """
    with torch.device("meta"):  # shapes without numbers
        own = dict(Transformer(model.config).named_modules())
    for name, module in model.named_modules():
        attend = getattr(module, "attend", attention) if isinstance(module, MultiHeadAttention) else attention
        if type(module) is not type(own.get(name)) or attend is not attention:
            raise ExportError(
                f"{name or 'the model'} is a part of your own ({type(module).__name__}); only models that are built "
                "from this package's parts alone can be exported. Train one without Parts(...)."
            )


def refuse_other_vocabulary(model: Transformer, tokenizer: Tokenizer) -> None:
    """Refuse a tokenizer that has another number of tokens than the model.

    Raises:
        ExportError: says both numbers.
    """
    if len(tokenizer) != model.config.vocabulary:
        raise ExportError(
            f"the model has {model.config.vocabulary} tokens and its tokenizer {len(tokenizer)}; expected the same. "
            "Restore run.json and tokenizer.json of the training."
        )


@dataclass(frozen=True)
class Sentences:
    """Random ones, all of different lengths, and what our model says of them.

    source (B, Ls) with EOS and target (B, Lt) with BOS, both padded; logits (B, Lt, V), `FORBIDDEN` added.
    """

    source: Tensor
    target: Tensor
    logits: Tensor

    def difference(self, logits: Tensor) -> float:
        """The largest between the logits of a copy and ours; padding and forbidden tokens are left out."""
        return float((logits - self.logits)[self.target != PAD][:, EOS:].abs().max())


@torch.no_grad()
def draw_sentences(model: Transformer, count: int = 8) -> Sentences:
    """So many for `model`, in evaluation mode and on the CPU; the same at every call."""
    draw = torch.Generator().manual_seed(0)
    longest = min(40, model.config.max_length)
    lengths = torch.randint(1, longest + 1, (2, count), generator=draw)
    lengths[:, 0], lengths[:, 1] = longest, 1
    ids = torch.randint(EOS + 1, model.config.vocabulary, (2, count, longest), generator=draw)
    places = torch.arange(longest)
    source, target = ids.masked_fill(places >= lengths.unsqueeze(-1), PAD)
    source[places == lengths[0, :, None] - 1] = EOS
    target[:, 0] = BOS
    return Sentences(source, target, model(source, target) + forbidden(model))


def forbidden(model: Transformer) -> Tensor:
    """(V,): `FORBIDDEN` at the tokens that never follow, 0 elsewhere."""
    bias = torch.zeros(model.config.vocabulary)
    bias[[PAD, BOS]] = FORBIDDEN
    return bias


def inner_tokenizer(tokenizer: Tokenizer, folder: Path) -> Inner:
    """Write the tokenizer's file into `folder`, and give what the library `tokenizers` makes of it."""
    path = folder / "tokenizer.json"
    tokenizer.save(path)
    return Inner.from_file(str(path))


def token_names(inner: Inner, ids: Iterable[int]) -> list[str]:
    """Tokens as the tokenizer's file writes them."""
    return [str(inner.id_to_token(i)) for i in ids]
