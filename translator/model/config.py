"""The numbers that fix a Transformer: table 3 of Vaswani et al. 2017."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from translator.checks import check, flag, from_plain, number, one_of, refuse_unknown, whole
from translator.errors import InputError

#: Layers of encoder and decoder, width, hidden width, heads. `base` is the paper's; `tiny` is that of Wu et al. 2021;
#: `mini` is the one that runs in the reader's browser.
SIZES: dict[str, dict[str, Any]] = {
    "mini": {"encoder_layers": 2, "decoder_layers": 2, "d_model": 128, "d_ff": 256, "heads": 4},
    "tiny": {"encoder_layers": 4, "decoder_layers": 4, "d_model": 128, "d_ff": 256, "heads": 4},
    "small": {"encoder_layers": 6, "decoder_layers": 6, "d_model": 256, "d_ff": 1024, "heads": 4},
    "base": {"encoder_layers": 6, "decoder_layers": 6, "d_model": 512, "d_ff": 2048, "heads": 8},
}
NORMS = ("pre", "post")
POSITIONS = ("sinusoidal", "learned", "rotary")


@dataclass(frozen=True)
class TransformerConfig:
    """Everything that must be known to build a model; the weights are the rest.

    Args:
        vocabulary: number of token ids, shared by both languages.
        encoder_layers, decoder_layers: N of section 3.1, for each stack.
        d_model, d_ff, heads: widths of section 3.2 and 3.3; each head has d_k = d_model / heads.
        dropout: on the output of each sub-layer and on the embedded tokens (section 5.4).
        attention_dropout: on the attention weights. The paper does not mention it; its code had it. Off by default.
        norm: "pre" normalises the input of each sub-layer and trains without care; "post" is the paper's.
        positions: "sinusoidal" (the paper's), "learned" (its table 3, row E) or "rotary" (Su et al. 2021).
        max_length: the longest sequence, in tokens, with its end mark.
        tie: one matrix for both embeddings and the output layer (section 3.4).
    """

    vocabulary: int
    encoder_layers: int = 6
    decoder_layers: int = 6
    d_model: int = 512
    d_ff: int = 2048
    heads: int = 8
    dropout: float = 0.1
    attention_dropout: float = 0.0
    norm: str = "pre"
    positions: str = "sinusoidal"
    max_length: int = 512
    tie: bool = True

    def __post_init__(self) -> None:
        check(self, CHECKS)
        if self.d_model % self.heads:
            raise InputError(
                f"TransformerConfig: d_model {self.d_model} does not divide into {self.heads} heads. "
                "Choose a number of heads that divides d_model: each head gets d_model / heads features."
            )
        if self.positions == "rotary" and self.d_k % 2:
            raise InputError(f"TransformerConfig: rotary positions turn pairs of features, and d_k is {self.d_k}: odd.")

    @property
    def d_k(self) -> int:
        """Features of one head's queries, keys and values."""
        return self.d_model // self.heads

    @classmethod
    def named(cls, size: str, vocabulary: int, **changes: Any) -> TransformerConfig:
        """One of `SIZES` by name, with any field changed: `named("tiny", 8000, norm="post")`."""
        if size not in SIZES:
            raise InputError(f"unknown size {size!r}; expected one of {', '.join(SIZES)}.")
        refuse_unknown(changes, (field.name for field in fields(cls)), cls.__name__)
        return replace(cls(vocabulary, **SIZES[size]), **changes)

    def to_dict(self) -> dict[str, Any]:
        """Plain data, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TransformerConfig:
        """The inverse of `to_dict`; a field that this version does not know, or misses, is an error, not a guess."""
        return from_plain(cls, data)


CHECKS = {
    **dict.fromkeys(
        ("vocabulary", "encoder_layers", "decoder_layers", "d_model", "d_ff", "heads", "max_length"), whole(1)
    ),
    "dropout": number(least=0, below=1),
    "attention_dropout": number(least=0, below=1),
    "norm": one_of(NORMS),
    "positions": one_of(POSITIONS),
    "tie": flag(),
}
