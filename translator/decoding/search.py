"""Which translation to return: the greedy one, or the best that a beam finds.

Both take sources as token ids that end with EOS, and return target ids without BOS and EOS. A translation ends with
EOS or at its limit of tokens; when all of a sentence is decided, its rows leave the batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from translator.decoding.prefixes import Prefixes
from translator.decoding.top import top
from translator.transformer import Transformer
from translator.vocabulary import EOS


def limits(model: Transformer, sources: Sequence[Sequence[int]]) -> list[int]:
    """Tokens at most, EOS included: twice the source and ten more, and never more than the model has positions."""
    return [min(2 * len(source) + 10, model.config.max_length) for source in sources]


@torch.inference_mode()
def greedy(model: Transformer, sources: Sequence[Sequence[int]], cached: bool = True) -> list[list[int]]:
    """The most probable token at each position, given those before it."""
    return _follow(model, sources, cached).ids


@torch.inference_mode()
def beam(
    model: Transformer, sources: Sequence[Sequence[int]], width: int = 4, alpha: float = 0.6, cached: bool = True
) -> list[list[int]]:
    """The best translation that is found when the `width` best prefixes of each sentence are kept at every step.

    Translations are compared by log-probability / ((5 + length) / 6)^alpha (Wu et al. 2016; section 6.1 of the paper
    takes width 4 and alpha 0.6): without it a longer one would always lose.

    The greedy translation comes first, since it is cheap and its score is a bound: a prefix only loses probability as
    it grows, so one that could not beat the best translation so far, even if it lost none until its limit, is dropped.
    The others are ranked above it and keep their places, so this changes no result. Where everything that the greedy
    translation left behind is such a prefix, nothing is left to search. So the result is what a beam finds that drops
    nothing, or the greedy translation where that scores better. A sentence is done when no prefix is left, or when
    `width` of its translations have ended.
    """
    first = _follow(model, sources, cached)
    found = first.ids
    if width > 1:
        limit = torch.tensor(limits(model, sources), device=model.device)
        score = first.total / penalty(first.length, alpha)
        unsure = (first.left / penalty(limit, alpha) > score).nonzero()[:, 0]
        if len(unsure):
            some = [sources[i] for i in unsure.tolist()]
            for i, ids in zip(unsure.tolist(), _better(model, some, width, alpha, cached, score[unsure]), strict=True):
                found[i] = found[i] if ids is None else ids
    return found


@dataclass
class _Greedy:
    """Greedy translations, and of each: its log-probability, its tokens with EOS, and the highest log-probability of
    all prefixes that differ from it in their last token only."""

    ids: list[list[int]]
    total: Tensor
    length: Tensor
    left: Tensor


def _follow(model: Transformer, sources: Sequence[Sequence[int]], cached: bool) -> _Greedy:
    """Take the most probable token at every step."""
    prefixes = Prefixes(model, sources, cached)
    count, device = len(sources), model.device
    limit = torch.tensor(limits(model, sources), device=device)
    result = _Greedy([[] for _ in sources], *(torch.zeros(count, device=device) for _ in range(3)))
    total, left = torch.zeros(count, device=device), torch.full((count,), -torch.inf, device=device)
    length = 0
    while len(prefixes.tokens):
        length += 1
        values, tokens = top(_log_probabilities(prefixes), 2)
        left = torch.maximum(left, total + values[:, 1])
        total = total + values[:, 0]
        over = (tokens[:, 0] == EOS) | (limit <= length)
        prefixes.extend(tokens[:, 0])
        if over.any():
            done = prefixes.sentence[over]
            result.total[done], result.left[done], result.length[done] = total[over], left[over], float(length)
            for sentence, row in zip(done.tolist(), prefixes.tokens[over], strict=True):
                result.ids[sentence] = _trim(row)
            alive = (~over).nonzero()[:, 0]
            total, left, limit = total[alive], left[alive], limit[alive]
            prefixes.keep(alive)
    return result


def _better(
    model: Transformer, sources: Sequence[Sequence[int]], width: int, alpha: float, cached: bool, best: Tensor
) -> list[list[int] | None]:
    """The best translation of each sentence that scores above `best` (sentences,), or None: a beam of `width`."""
    prefixes = Prefixes(model, sources, cached)
    device = model.device
    limit = torch.tensor(limits(model, sources), device=device)
    names = torch.arange(len(sources), device=device)  # of the sentences still searched, S of them
    ended = torch.zeros(len(sources), dtype=torch.long, device=device)  # (S,) translations that have ended
    # Of each prefix, R of them: its log-probability, its sentence among the S, its place among the prefixes of that.
    total, sentence, line = torch.zeros(len(sources), device=device), names, torch.zeros_like(names)
    found: list[list[int] | None] = [None for _ in sources]
    length = 0
    while len(names):
        length += 1
        logs = _log_probabilities(prefixes)
        # Among twice the width at least `width` do not end here, since a prefix can end in one way only.
        values, tokens = top(logs, min(2 * width, logs.size(1)))  # (R, reach)
        reach = values.size(1)
        ranked = values.new_full((len(names), width, reach), -torch.inf)
        ranked[sentence, line] = total[:, None] + values
        prefix = torch.zeros(len(names), width, dtype=torch.long, device=device)
        prefix[sentence, line] = torch.arange(len(total), device=device)
        values, places = ranked.flatten(1).topk(min(2 * width, width * reach))  # (S, 2 width)
        rows = prefix.gather(1, places // reach)
        tokens = tokens[rows, places % reach]
        # An end counts among the best `width` only, or it would be taken from worse prefixes than a growing one.
        # At the limit whatever is there ends, with or without EOS.
        ends, last = tokens == EOS, limit <= length
        final = values.masked_fill(~(ends | last[:, None]), -torch.inf)[:, :width] / penalty(length, alpha)
        score, column = final.max(1)
        for s in (score > best).nonzero()[:, 0].tolist():
            row, token = rows[s, column[s]], tokens[s, column[s]]
            found[int(names[s])] = _trim(torch.cat([prefixes.tokens[row], token[None]]))
        best = torch.maximum(best, score)
        ended += (final > -torch.inf).sum(1)
        totals, column = values.masked_fill(ends, -torch.inf).topk(width)  # (S, width), falling
        # A growing translation loses probability with each token; at best it loses none until its limit.
        grows = totals / penalty(limit, alpha)[:, None] > best[:, None]
        grows &= ~(last | (ended >= width))[:, None]
        prefixes.extend(tokens.gather(1, column)[grows], rows.gather(1, column)[grows])
        alive = grows.any(1)
        sentence, line = grows.nonzero().unbind(1)
        total, sentence = totals[grows], (alive.cumsum(0) - 1)[sentence]
        names, ended, best, limit = (x[alive] for x in (names, ended, best, limit))
    return found


def _log_probabilities(prefixes: Prefixes) -> Tensor:
    """(rows, V) of each row's next token, in float32 at least."""
    scores = prefixes.scores()
    return scores.log_softmax(-1, dtype=torch.promote_types(scores.dtype, torch.float32))


def penalty(length: int | Tensor, alpha: float) -> float | Tensor:
    """((5 + length) / 6)^alpha: equation 14 of Wu et al. 2016; 1 for a length of 1 or an alpha of 0."""
    return ((5 + length) / 6) ** alpha


def _trim(row: Tensor) -> list[int]:
    """A row's tokens without BOS and EOS."""
    tokens = row[1:].tolist()
    return tokens[:-1] if tokens and tokens[-1] == EOS else tokens
