"""Your own parts in place of the model's: any function or module that does what the paper's part does.

    Transformer(config, Parts(attention=my_attention))
    Transformer(config, Parts(encoder_layer=lambda config: MyEncoderLayer(config.d_model, config.heads)))

A part is written for padded tensors (B, L, d_model) and boolean masks, True = may attend, or None. Shapes:

======================  ===========================  ===============================================================
field                   what it builds               is called as
======================  ===========================  ===============================================================
attention               (it is the function itself)  attention(query, key, value, mask, dropout): (B, heads, L, d_k)
multi_head              attention with heads         module(query, key, value, mask) -> (B, Lq, d_model)
feed_forward            position-wise network        module(x) -> the shape of x
encoder_layer, encoder  one layer, the stack         module(x, mask) -> (B, Ls, d_model)
decoder_layer, decoder  one layer, the stack         module(x, memory, mask, memory_mask) -> (B, Lt, d_model)
======================  ===========================  ===============================================================

A module with an attribute `packs = True` declares that it takes packed tensors, as the model's own do; any other is
called on padded rectangles. Decoding keeps keys and values from step to step where the decoder, its layers and their
multi-head attention are the model's own; else it computes the whole prefix at every step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor, nn

from translator.model.config import TransformerConfig
from translator.model.multi_head import Attend
from translator.model.packing import Mask, PackedMask

Builder = Callable[[TransformerConfig], nn.Module]


@dataclass(frozen=True)
class Parts:
    """What replaces the model's own parts; None keeps the own one. See the table above."""

    attention: Attend | None = None
    multi_head: Builder | None = None
    feed_forward: Builder | None = None
    encoder_layer: Builder | None = None
    decoder_layer: Builder | None = None
    encoder: Builder | None = None
    decoder: Builder | None = None

    def build(self, field: str, config: TransformerConfig, own: Callable[[], nn.Module]) -> nn.Module:
        """The caller's part, made to fit where ours would stand, or else `own()`."""
        builder = getattr(self, field)
        if builder is None:
            return own()
        module = builder(config)
        if not isinstance(module, nn.Module):
            raise TypeError(
                f"Parts.{field} gave {type(module).__name__}; expected a function that takes the config and "
                f"returns an nn.Module, for example {field}=lambda config: My{type(own).__name__}(config.d_model)."
            )
        return module if field == "feed_forward" or getattr(module, "packs", False) else OnRectangles(module)


class OnRectangles(nn.Module):
    """A part that knows only padded tensors, in a model whose tokens are packed."""

    def __init__(self, part: nn.Module) -> None:
        super().__init__()
        self.part = part

    def forward(self, *inputs: Tensor | Mask) -> Tensor:
        """Tensors, then masks. Packed tensors are laid out for the part, and its result is packed again."""
        masks = [x for x in inputs if isinstance(x, PackedMask)]
        if not masks:
            return self.part(*inputs)
        tensors = [x for x in inputs if isinstance(x, Tensor)]
        # The last mask is the one that relates the first tensor to all others: to itself, to keys, to memory.
        return masks[-1].on_rectangles(self.part, *tensors, masks=masks)
