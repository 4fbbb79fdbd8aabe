"""Which translation to return: the greedy one, or the best that a beam finds.

All take sources as token ids that end with EOS, and return target ids without BOS and EOS. A translation ends with
EOS or at its limit of tokens; when all of a sentence is decided, its rows leave the batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from translator.decoding.prefixes import Prefixes, Sources
from translator.decoding.topk import top
from translator.model.transformer import Transformer
from translator.model.vocabulary import EOS


class Hypothesis(NamedTuple):
    """A finished translation: ids without BOS and EOS, and its log-probability over the penalty of its length."""

    ids: list[int]
    score: float


def limits(model: Transformer, sources: Sequence[Sequence[int]]) -> list[int]:
    """Tokens at most, EOS included: twice the source and ten more, and never more than the model has positions."""
    return [min(2 * len(source) + 10, model.config.max_length) for source in sources]


def greedy(model: Transformer, sources: Sequence[Sequence[int]], cached: bool = True) -> list[list[int]]:
    """The most probable token at each position, given those before it."""
    return beam(model, sources, 1, cached=cached)


def beam(
    model: Transformer, sources: Sequence[Sequence[int]], width: int = 4, alpha: float = 0.6, cached: bool = True
) -> list[list[int]]:
    """The best of `hypotheses` for each source."""
    return [found[0].ids for found in hypotheses(model, sources, width, alpha, cached=cached)]


@torch.inference_mode()
def hypotheses(
    model: Transformer,
    sources: Sequence[Sequence[int]],
    width: int = 4,
    alpha: float = 0.6,
    count: int = 1,
    cached: bool = True,
) -> list[list[Hypothesis]]:
    """The `count` best translations that are found when the `width` best prefixes of each sentence are kept at every
    step, best first. There are fewer only where fewer exist.

    Translations are compared by log-probability / ((5 + length) / 6)^alpha (Wu et al. 2016; section 6.1 of the paper
    takes width 4 and alpha 0.6): without it a longer one would always lose. A sentence is done when no prefix is left
    that could still be among the best: one only loses probability as it grows, and at best it loses none until its
    limit.

    Where one is asked for, the greedy translation comes first, since it is cheap and its score is a bound: a prefix
    that cannot beat it is dropped. The others are ranked above such a prefix, so they keep their places. Where all that
    the greedy translation left behind is dropped, nothing is left to search. None of this changes a result: where the
    greedy translation itself would fall out of the beam, and nothing better is found, the bound was not the beam's own,
    and the sentence is searched again without it.
    """
    encoded, limit = Sources(model, sources, cached), torch.tensor(limits(model, sources), device=model.device)
    nothing = torch.full((len(sources), count), -torch.inf, device=limit.device)
    if count > 1:
        found, _ = _search(encoded, torch.arange(len(sources), device=limit.device), limit, width, alpha, nothing, None)
        return [found[i] for i in range(len(sources))]
    first = _follow(encoded, limit)
    bound = first.total / penalty(first.length, alpha)
    every = {i: [Hypothesis(*one)] for i, one in enumerate(zip(first.ids, bound.tolist(), strict=True))}
    if width > 1:
        unsure = (first.left / penalty(limit, alpha) > bound).nonzero()[:, 0]
        found, lost = _search(encoded, unsure, limit, width, alpha, bound[:, None], first)
        again, _ = _search(encoded, lost, limit, width, alpha, nothing, None)
        every |= found | again
    return [every[i] for i in range(len(sources))]


@dataclass
class _Greedy:
    """Greedy translations: their ids; of each the log-probability, the tokens with EOS, and the highest log-probability
    of all prefixes that differ from it in their last token only; and the log-probability of its prefixes, by length."""

    ids: list[list[int]]
    total: Tensor  # (sentences,)
    length: Tensor  # (sentences,)
    left: Tensor  # (sentences,)
    path: Tensor  # (sentences, steps)


def _follow(sources: Sources, limit: Tensor) -> _Greedy:
    """Take the most probable token at every step."""
    count, names = len(limit), torch.arange(len(limit), device=limit.device)
    result = _Greedy([[] for _ in names], *(torch.zeros(count, device=limit.device) for _ in range(4)))
    prefixes, path = Prefixes(sources, names), []
    total, left = torch.zeros(count, device=limit.device), torch.full((count,), -torch.inf, device=limit.device)
    while len(prefixes.tokens):
        values, tokens = top(_log_probabilities(prefixes), 2)
        left = torch.maximum(left, total + values[:, 1])
        total = total + values[:, 0]
        path.append(torch.zeros(count, device=limit.device).index_copy(0, prefixes.sentence, total))
        over = (tokens[:, 0] == EOS) | (limit <= len(path))
        prefixes.extend(tokens[:, 0])
        if over.any():
            done = prefixes.sentence[over]
            result.total[done], result.left[done], result.length[done] = total[over], left[over], float(len(path))
            for sentence, row in zip(done.tolist(), prefixes.tokens[over], strict=True):
                result.ids[sentence] = _trim(row)
            alive = (~over).nonzero()[:, 0]
            total, left, limit = total[alive], left[alive], limit[alive]
            prefixes.keep(alive)
    result.path = torch.stack(path, dim=1)
    return result


def _search(
    sources: Sources, names: Tensor, limit: Tensor, width: int, alpha: float, best: Tensor, rival: _Greedy | None
) -> tuple[dict[int, list[Hypothesis]], Tensor]:
    """A beam of `width` over some sentences, for translations that score above the worst of `best`.

    Args:
        names: which sentences, S of them.
        limit: (sentences,), of every sentence, searched or not.
        best: (sentences, count), the scores to beat, falling.
        rival: the translations that scored `best`, if that is where it is from.

    Returns:
        The `count` best of what was found, by sentence, best first; and the sentences where nothing was, but whose
        rival falls out of the beam.
    """
    prefixes, device = Prefixes(sources, names), names.device
    # Of each prefix, R of them: its log-probability, its sentence among the S, its place among the prefixes of that.
    sentence = torch.arange(len(names), device=device)
    total, line = torch.zeros(len(names), device=device), torch.zeros_like(sentence)
    found: dict[int, list[Hypothesis]] = {}
    fallen = torch.zeros_like(limit, dtype=torch.bool)  # (sentences,)
    best, count, length = best.clone(), best.size(1), 0
    while len(names):
        length += 1
        # A prefix can end in one way only: among one more than the width, at least `width` go on.
        values, tokens = top(_log_probabilities(prefixes), width + 1)  # (R, reach)
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
        ends, last = tokens == EOS, limit[names] <= length
        final = values.masked_fill(~(ends | last[:, None]), -torch.inf)[:, :width] / penalty(length, alpha)
        score, column = final.topk(min(count, final.size(1)))  # (S, count)
        for s, c in (score > best[names, -1:]).nonzero().tolist():
            place = column[s, c]
            ids = _trim(torch.cat([prefixes.tokens[rows[s, place]], tokens[s, place, None]]))
            one = Hypothesis(ids, float(score[s, c]))
            found[name] = sorted([*found.get(name := int(names[s]), []), one], key=_score, reverse=True)[:count]
        best[names] = torch.cat([best[names], score], dim=1).topk(count).values
        totals, column = values.masked_fill(ends, -torch.inf).topk(width)  # (S, width), falling
        if rival is not None and length <= rival.path.size(1):
            worst = torch.where(rival.length[names] == length, values[:, width - 1], totals[:, -1])
            fallen[names] |= (worst > rival.path[names, length - 1]) & (length <= rival.length[names])
        grows = (totals / penalty(limit[names], alpha)[:, None] > best[names, -1:]) & ~last[:, None]
        prefixes.extend(tokens.gather(1, column)[grows], rows.gather(1, column)[grows])
        alive = grows.any(1)
        sentence, line = grows.nonzero().unbind(1)
        total, sentence, names = totals[grows], (alive.cumsum(0) - 1)[sentence], names[alive]
    fallen[list(found)] = False
    return found, fallen.nonzero()[:, 0]


def _score(hypothesis: Hypothesis) -> float:
    return hypothesis.score


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
