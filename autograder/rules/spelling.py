"""One ready-made function under its spellings in torch: `softmax`, `aten._softmax`, `softmax.int`, `nn.Softmax2d`."""

from __future__ import annotations

#: Where the inner name is more than the outer one with a sign before or behind it.
INNER = {
    "_safe_softmax": "softmax",
    "gumbel_softmax": "softmax",
    "Softmax2d": "Softmax",
    "softmin": "softmax",
    "Softmin": "Softmax",
    "SoftmaxTransform": "softmax",
    "nll_loss_nd": "nll_loss",
    "nll_loss2d": "nll_loss",
    "cross_entropy_loss": "cross_entropy",
    "_fused_sdp_choice": "scaled_dot_product_attention",
    "_native_multi_head_attention": "multi_head_attention_forward",
    "_transformer_encoder_layer_fwd": "TransformerEncoderLayer",
}
BEFORE, BEHIND = ("_sparse_", "_native_", "native_", "_"), ("_forward", "_backward_data", "_backward")


def plain(name: str) -> str:
    """The name that a task would forbid for this spelling of torch's; the name itself where it has but one."""
    name = name.split(".")[0]  # an overload: softmax.int
    if name in INNER:
        return INNER[name]
    if name.startswith("_scaled_dot_product"):
        return "scaled_dot_product_attention"
    if name.startswith("__"):
        return name
    for sign in BEFORE:
        if name.startswith(sign):
            bare = name.removeprefix(sign)
            return next((bare.removesuffix(end) for end in BEHIND if bare.endswith(end)), bare)
    return name
