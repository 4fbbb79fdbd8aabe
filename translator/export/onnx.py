"""Our model as two ONNX graphs: the encoder, and one step of the decoder with its key-value cache.

`encoder.onnx` is called once for a batch, `decoder.onnx` once for a token. The batch, the source and what stands
already may have any length up to the model's `max_length`. `model.json` names inputs, outputs and special tokens.
N layers, B sentences, h heads, source length Ls, tokens before this step Lp, and V tokens:

===============  ==========================  ========================================================================
name             shape                       what it is
===============  ==========================  ========================================================================
`source`         (B, Ls) int64               token ids with EOS, then padding: into the encoder
`memory`         (N, 2, B, h, Ls, d_k)       keys and values of cross-attention: out of the encoder, into every step
`source_mask`    (B, Ls) bool                False at padding: out of the encoder, into every step
`token`          (B,) int64                  the newest token of each translation; BOS at first
`past`           (N, 2, B, h, Lp, d_k)       keys and values of self-attention; Lp is 0 at first
`logits`         (B, V)                      of the next token; PAD and BOS, which never follow, are far below all
`present`        (N, 2, B, h, Lp + 1, d_k)   what is `past` in the next step
===============  ==========================  ========================================================================

Where a token stands follows from Lp. All that a greedy translator needs besides:

.. code-block:: python

    def translate(folder, sentences):
        facts = json.loads(pathlib.Path(folder, "model.json").read_text())
        pad, bos, eos = facts["pad"], facts["bos"], facts["eos"]
        tokenizer = tokenizers.Tokenizer.from_file(f"{folder}/tokenizer.json")
        tokenizer.encode_special_tokens = True  # a text that happens to contain "</s>" is text
        encoder = onnxruntime.InferenceSession(f"{folder}/encoder.onnx")
        decoder = onnxruntime.InferenceSession(f"{folder}/decoder.onnx")
        sources = [[*encoding.ids, eos] for encoding in tokenizer.encode_batch(sentences)]
        limits = [min(2 * len(ids) + 10, facts["max_length"]) for ids in sources]
        longest = max(map(len, sources))
        source = np.array([ids + [pad] * (longest - len(ids)) for ids in sources])
        memory, source_mask = encoder.run(None, {"source": source})
        token, past, tokens = np.full(len(sources), bos), memory[..., :0, :], []
        while len(tokens) < max(limits) and not (np.array(tokens) == eos).any(axis=0).all():
            step = {"token": token, "past": past, "memory": memory, "source_mask": source_mask}
            logits, past = decoder.run(None, step)
            token = logits.argmax(-1)
            tokens.append(token)
        rows = [row[:limit].tolist() for row, limit in zip(np.stack(tokens, axis=1), limits)]
        return tokenizer.decode_batch([row[: (row + [eos]).index(eos)] for row in rows])
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from translator.data.tokenizer import Tokenizer
from translator.export.checking import draw_sentences, forbidden, inner_tokenizer, needed
from translator.files import write_json
from translator.model.attention import attention
from translator.model.config import TransformerConfig
from translator.model.transformer import Transformer
from translator.model.vocabulary import BOS, EOS, PAD

PACKAGES = ("onnx", "onnxscript", "onnxruntime")
#: The version of ONNX's operators, which says how new a runtime must be: this one is from 2023.
OPSET = 20
#: Axes whose length is free, by input.
FREE = {
    "source": {0: "batch", 1: "source_length"},
    "token": {0: "batch"},
    "past": {2: "batch", 4: "past_length"},
    "memory": {2: "batch", 4: "source_length"},
    "source_mask": {0: "batch", 1: "source_length"},
}
ENCODER = (("source",), ("memory", "source_mask"))
DECODER = (("token", "past", "memory", "source_mask"), ("logits", "present"))


class EncoderGraph(nn.Module):
    """From token ids to what every step of the decoder looks at."""

    def __init__(self, model: Transformer) -> None:
        super().__init__()
        self.model: Any = model

    def forward(self, source: Tensor) -> tuple[Tensor, Tensor]:
        """source (B, Ls) -> memory (N, 2, B, heads, Ls, d_k) and source_mask (B, Ls)."""
        mask = source != PAD
        hidden = self.model.encode(source, mask.unsqueeze(1))
        pairs = [
            torch.stack(
                [_split(linear(hidden), layer.cross_attention.heads) for linear in _pair(layer.cross_attention)]
            )
            for layer in self.model.decoder.layers
        ]
        return torch.stack(pairs), mask


class StepGraph(nn.Module):
    """One step of the decoder, for the newest token of each translation."""

    def __init__(self, model: Transformer) -> None:
        super().__init__()
        self.model: Any = model
        self.register_buffer("bias", forbidden(model))

    def forward(self, token: Tensor, past: Tensor, memory: Tensor, source_mask: Tensor) -> tuple[Tensor, Tensor]:
        """Shapes as in the table above -> logits (B, V) and present (N, 2, B, heads, Lp + 1, d_k)."""
        position = past.size(4)
        x = self.model.target_embedding(token.unsqueeze(1), torch.arange(position, position + 1))  # (B, 1, d_model)
        mask, present = source_mask[:, None, None, :], []
        for layer, before, pair in zip(self.model.decoder.layers, past, memory, strict=True):
            x, after = _layer(layer, x, before, pair, mask)
            present.append(after)
        hidden = self.model.decoder.norm(x).squeeze(1)
        return self.model.output(hidden) + self.bias, torch.stack(present)


def _layer(layer: Any, x: Tensor, before: Tensor, memory: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """One position through a decoder layer: x (B, 1, d_model) -> the same shape, and the longer keys and values.

    Args:
        before: (2, B, heads, Lp, d_k), keys and values of the positions before.
        memory: (2, B, heads, Ls, d_k), keys and values of the source.
        mask: (B, 1, 1, Ls), False at the source's padding.
    """
    after = before

    def own(h: Tensor) -> Tensor:
        nonlocal after
        part, position = layer.self_attention, before.size(3)
        query, key, value = (_split(linear(h), part.heads) for linear in (part.query, *_pair(part)))
        if part.rotary is not None:
            query, key = part.rotary(query, position), part.rotary(key, position)
        after = torch.cat([before, torch.stack([key, value])], dim=3)
        return _look(part, query, after, None)

    def cross(h: Tensor) -> Tensor:
        part = layer.cross_attention
        return _look(part, _split(part.query(h), part.heads), memory, mask)

    for residual, sublayer in zip(layer.residuals, (own, cross, layer.feed_forward), strict=True):
        x = residual(x, sublayer)
    return x, after


def _look(part: Any, query: Tensor, pair: Tensor, mask: Tensor | None) -> Tensor:
    """query (B, heads, 1, d_k), keys and values in pair (2, B, heads, L, d_k) -> (B, 1, d_model)."""
    found: Tensor = part.output(attention(query, pair[0], pair[1], mask).transpose(1, 2).flatten(2))
    return found


def _pair(part: Any) -> tuple[nn.Module, nn.Module]:
    return part.key, part.value


def _split(x: Tensor, heads: int) -> Tensor:
    """(B, L, d_model) -> (B, heads, L, d_k)."""
    return x.view(*x.shape[:2], heads, -1).transpose(1, 2)


def refuse(config: TransformerConfig) -> None:
    """ONNX holds every model that this package builds: nothing is refused."""


@torch.no_grad()
def write(model: Transformer, tokenizer: Tokenizer, folder: Path) -> None:
    """Write encoder.onnx, decoder.onnx, model.json and tokenizer.json."""
    needed(*PACKAGES)
    folder.mkdir(parents=True, exist_ok=True)
    inner_tokenizer(tokenizer, folder)
    config = model.config
    # Any lengths do, if no two of them are equal and none is 1, which the exporter would take for a constant.
    source = torch.full((2, min(5, config.max_length)), EOS)
    encoder = EncoderGraph(model).eval()
    memory, mask = encoder(source)
    past = memory.new_zeros(config.decoder_layers, 2, 2, config.heads, 3, config.d_k)
    _write_graph(encoder, (source,), ENCODER, folder / "encoder.onnx")
    _write_graph(StepGraph(model).eval(), (torch.full((2,), BOS), past, memory, mask), DECODER, folder / "decoder.onnx")
    graphs = {
        name: {"file": f"{name}.onnx", "inputs": inputs, "outputs": outputs}
        for name, (inputs, outputs) in (("encoder", ENCODER), ("decoder", DECODER))
    }
    tokens = {"pad": PAD, "bos": BOS, "eos": EOS, "vocabulary": config.vocabulary, "max_length": config.max_length}
    write_json(folder / "model.json", {"tokenizer": "tokenizer.json", **tokens, **graphs, "model": config.to_dict()})


def _write_graph(
    graph: nn.Module, example: tuple[Tensor, ...], names: tuple[tuple[str, ...], tuple[str, ...]], path: Path
) -> None:
    inputs, outputs = names
    with _silent():
        torch.onnx.export(
            graph,
            example,
            path,
            input_names=inputs,
            output_names=outputs,
            dynamic_shapes=tuple(FREE[name] for name in inputs),
            opset_version=OPSET,
            dynamo=True,
            external_data=False,
            verbose=False,
        )
    _forget_origin(path)


def _forget_origin(path: Path) -> None:
    """Take out where in which Python file each node came from: it names folders of this machine."""
    (onnx,) = needed("onnx")
    model = onnx.load(path)
    for part in (model, model.graph, *model.graph.node, *model.graph.value_info, *model.graph.initializer):
        del part.metadata_props[:]
        part.doc_string = ""
    onnx.checker.check_model(model)
    onnx.save(model, path)


@contextmanager
def _silent() -> Iterator[None]:
    """Without the exporter's remarks about itself: deprecations, and that torchvision is not installed."""
    logger = logging.getLogger("torch.onnx")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)


def largest_difference(model: Transformer, folder: Path) -> float:
    """Between our logits and those of the two graphs, called step by step by onnxruntime."""
    (runtime,) = needed("onnxruntime")
    encoder, decoder = (runtime.InferenceSession(str(folder / f"{name}.onnx")) for name in ("encoder", "decoder"))
    ours = draw_sentences(model)
    memory, mask = encoder.run(None, {"source": ours.source.numpy()})
    past, found = memory[..., :0, :], []
    for token in ours.target.unbind(1):
        step = {"token": token.numpy(), "past": past, "memory": memory, "source_mask": mask}
        logits, past = decoder.run(None, step)
        found.append(torch.from_numpy(logits))
    return ours.difference(torch.stack(found, dim=1))
