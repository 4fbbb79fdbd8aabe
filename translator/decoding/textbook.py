"""Beam search as textbooks tell it: one sentence, no cache, and nothing dropped before its time.

`translator.decoding.search` finds the same translations and scores, many sentences at once and several times as fast;
the tests hold it to this page.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from translator.decoding.beams import Hypothesis, penalty
from translator.model.transformer import Transformer
from translator.model.vocabulary import BOS, EOS, PAD


@torch.inference_mode()
def beam(model: Transformer, source: Sequence[int], width: int, alpha: float, limit: int) -> list[Hypothesis]:
    """Every translation that a beam of `width` comes to, best first: ids without BOS and EOS, and scores.

    Args:
        model: in evaluation mode.
        source: ids with EOS.
        limit: tokens at most, EOS included.
    """
    beams, finished = [([BOS], 0.0)], []  # prefixes that grow, and translations that have ended
    for length in range(1, limit + 1):
        prefixes = torch.tensor([prefix for prefix, _ in beams])
        logits = model(torch.tensor([source] * len(beams)), prefixes)[:, -1]  # (prefixes, V)
        logits[:, [PAD, BOS]] = -torch.inf  # they never follow
        candidates = [
            ([*prefix, token], total + log_probability)
            for (prefix, total), row in zip(beams, logits.log_softmax(-1).tolist(), strict=True)
            for token, log_probability in enumerate(row)
        ]
        candidates.sort(key=lambda candidate: candidate[1], reverse=True)
        # Of the best `width`, those with EOS have ended; at the limit all have. As many others go on.
        for ids, total in candidates[:width]:
            if ids[-1] == EOS or length == limit:
                words = [token for token in ids[1:] if token != EOS]
                finished.append(Hypothesis(words, total / penalty(length, alpha)))
        beams = [candidate for candidate in candidates if candidate[0][-1] != EOS][:width]
    return sorted(finished, key=lambda hypothesis: hypothesis.score, reverse=True)
