"""Which translation to return: the greedy one, or the best that a beam finds.

Both take sources as token ids that end with EOS, and return target ids without BOS and EOS. A translation ends with
EOS or at its limit of tokens; when all of a sentence is decided, its rows leave the batch.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from translator.decoding.prefixes import Prefixes
from translator.transformer import Transformer
from translator.vocabulary import EOS


def limits(model: Transformer, sources: Sequence[Sequence[int]]) -> list[int]:
    """Tokens at most, EOS included: twice the source and ten more, and never more than the model has positions."""
    return [min(2 * len(source) + 10, model.config.max_length) for source in sources]


@torch.inference_mode()
def greedy(model: Transformer, sources: Sequence[Sequence[int]], cached: bool = True) -> list[list[int]]:
    """The most probable token at each position, given those before it."""
    prefixes = Prefixes(model, sources, cached)
    limit = torch.tensor(limits(model, sources), device=model.device)
    found: list[list[int]] = [[] for _ in sources]
    while len(prefixes.tokens):
        chosen = prefixes.scores().argmax(-1)
        over = (chosen == EOS) | (limit <= prefixes.tokens.size(1))
        prefixes.extend(chosen)
        if over.any():
            for row in over.nonzero()[:, 0].tolist():
                found[int(prefixes.sentence[row])] = _trim(prefixes.tokens[row])
            alive = (~over).nonzero()[:, 0]
            limit = limit[alive]
            prefixes.keep(alive)
    return found


@torch.inference_mode()
def beam(
    model: Transformer, sources: Sequence[Sequence[int]], width: int = 4, alpha: float = 0.6, cached: bool = True
) -> list[list[int]]:
    """The best translation that is found when the `width` best prefixes of each sentence are kept at every step.

    Translations are compared by log-probability / ((5 + length) / 6)^alpha (Wu et al. 2016; section 6.1 of the paper
    takes width 4 and alpha 0.6): without it a longer one would always lose. A sentence is done when `width` of its
    translations have ended, or when none that is still growing can beat the best that has ended.
    """
    prefixes = Prefixes(model, sources, cached)
    device = model.device
    limit = torch.tensor(limits(model, sources), device=device)
    names = torch.arange(len(sources), device=device)  # of the sentences still searched, S of them
    total = torch.zeros(len(sources), 1, device=device)  # (S, prefixes) log-probabilities
    ended = torch.zeros(len(sources), dtype=torch.long, device=device)  # (S,) translations that have ended
    best = torch.full((len(sources),), -torch.inf, device=device)  # (S,) the best one's score
    found: list[list[int]] = [[] for _ in sources]
    length = 0
    while len(names):
        length += 1
        logs = prefixes.scores().float().log_softmax(-1).unflatten(0, total.shape)  # (S, prefixes, V)
        vocabulary, lines = logs.size(-1), total.size(1)
        # Among twice the width at least `width` do not end here, since a prefix can end in one way only.
        reach = min(2 * width, lines * vocabulary)
        values, places = (total[..., None] + logs).flatten(1).topk(reach)
        tokens = places % vocabulary
        rows = places // vocabulary + torch.arange(len(names), device=device)[:, None] * lines
        ends = tokens == EOS
        # An end counts among the best `width` only, or it would be taken from worse prefixes than a growing one.
        final = values.masked_fill(~ends, -torch.inf)[:, :width] / penalty(length, alpha)
        last = limit <= length
        # At the limit whatever is there ends, with or without EOS.
        final = torch.where(last[:, None], values[:, :width] / penalty(length, alpha), final)
        score, column = final.max(1)
        for s in (score > best).nonzero()[:, 0].tolist():
            row, token = rows[s, column[s]], tokens[s, column[s]]
            found[int(names[s])] = _trim(torch.cat([prefixes.tokens[row], token[None]]))
        best = torch.maximum(best, score)
        ended += (final > -torch.inf).sum(1)
        growing = values.masked_fill(ends, -torch.inf)
        total, column = growing.topk(min(width, reach))
        # A growing translation loses probability with each token; at best it loses none until its limit.
        hopeless = total[:, 0] / penalty(limit, alpha) <= best
        alive = (~(last | hopeless | (ended >= width))).nonzero()[:, 0]
        names, total, ended, best, limit = (x[alive] for x in (names, total, ended, best, limit))
        prefixes.extend(tokens.gather(1, column)[alive].flatten(), rows.gather(1, column)[alive].flatten())
    return found


def penalty(length: int | Tensor, alpha: float) -> float | Tensor:
    """((5 + length) / 6)^alpha: equation 14 of Wu et al. 2016; 1 for a length of 1 or an alpha of 0."""
    return ((5 + length) / 6) ** alpha


def _trim(row: Tensor) -> list[int]:
    """A row's tokens without BOS and EOS."""
    tokens = row[1:].tolist()
    return tokens[:-1] if tokens and tokens[-1] == EOS else tokens
