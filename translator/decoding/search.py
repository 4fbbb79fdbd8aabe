"""Which translations to return: the greedy one, or the best that a beam finds.

All take sources as token ids that end with EOS, and return target ids without BOS and EOS. A translation ends with
EOS or at its limit of tokens; when all of a sentence is decided, its rows leave the batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from translator.decoding.beams import Beams, Candidates, Hypothesis, log_probabilities, penalty, trim
from translator.decoding.prefixes import Prefixes, Sources
from translator.decoding.topk import top
from translator.errors import InputError
from translator.model.transformer import Transformer
from translator.model.vocabulary import EOS


def limits(model: Transformer, sources: Sequence[Sequence[int]]) -> list[int]:
    """Tokens at most, EOS included: twice the source and ten more, and never more than the model has positions."""
    return [min(2 * len(source) + 10, model.config.max_length) for source in sources]


@torch.inference_mode()
def greedy(model: Transformer, sources: Sequence[Sequence[int]], cached: bool = True) -> list[list[int]]:
    """The most probable token at each position, given those before it."""
    return _follow(Sources(model, sources, cached), torch.tensor(limits(model, sources), device=model.device)).ids


def beam(
    model: Transformer, sources: Sequence[Sequence[int]], width: int = 4, alpha: float = 0.6, cached: bool = True
) -> list[list[int]]:
    """The best translation of each source: the first of its `hypotheses`."""
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
    """The `count` best translations that are found when the `width` best prefixes are kept at every step, best first.

    Translations are compared by log-probability / ((5 + length) / 6)^alpha (Wu et al. 2016; section 6.1 of the paper
    takes width 4 and alpha 0.6): without it a longer one would always lose. A sentence is done when no prefix is left
    that could still win: one only loses probability as it grows, and at best it loses none until its limit.

    For a single translation the greedy one comes first, since it is cheap and its score is a bound: a prefix that
    cannot beat it is dropped. The others are ranked above such a prefix, so they keep their places. Where all that the
    greedy translation left behind is dropped, nothing is left to search. None of this changes a result: where the
    greedy translation itself would fall out of the beam, and nothing better is found, the bound was not the beam's own,
    and the sentence is searched again without it. `translator.decoding.textbook` is the same search without any of it.

    Args:
        model: in evaluation mode.
        width: of the beam; 1 is greedy.
        count: of translations of each source; fewer are found only where there are no more.

    Raises:
        InputError: more translations than the beam is wide.
    """
    if count > width:
        raise InputError(
            f"{count} translations of each sentence were asked for, but a beam of width {width} holds {width}: "
            "ask for fewer, or for a wider beam."
        )
    encoded, limit = Sources(model, sources, cached), torch.tensor(limits(model, sources), device=model.device)
    nothing = torch.full((len(sources), count), -torch.inf, device=model.device)
    if count > 1:
        every = Beams(encoded, torch.arange(len(sources), device=model.device), limit, width, alpha, nothing).search()
        return [every.get(i, []) for i in range(len(sources))]
    first = _follow(encoded, limit)
    bound = first.total / penalty(first.length, alpha)
    every = {i: [Hypothesis(*each)] for i, each in enumerate(zip(first.ids, bound.tolist(), strict=True))}
    if width > 1:
        unsure = (first.left / penalty(limit, alpha) > bound).nonzero()[:, 0]
        beams = Beams(encoded, unsure, limit, width, alpha, bound[:, None])
        every |= beams.search(first)
        every |= Beams(encoded, beams.fallen.nonzero()[:, 0], limit, width, alpha, nothing).search()
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

    def overtaken(self, names: Tensor, length: int, best: Candidates, growing: Candidates) -> Tensor:
        """(S,): whether a beam has no place left for the greedy translation, at this length (`beams.Rival`)."""
        if length > self.path.size(1):
            return torch.zeros_like(names, dtype=torch.bool)
        # It needs a place among the growing; where it ends, among all.
        ending = best.total[:, growing.total.size(1) - 1]
        worst = torch.where(self.length[names] == length, ending, growing.total[:, -1])
        return (worst > self.path[names, length - 1]) & (length <= self.length[names])


def _follow(sources: Sources, limit: Tensor) -> _Greedy:
    """Take the most probable token at every step."""
    count, names = len(limit), torch.arange(len(limit), device=limit.device)
    result = _Greedy([[] for _ in names], *(torch.zeros(count, device=limit.device) for _ in range(4)))
    prefixes, path = Prefixes(sources, names), []
    total, left = torch.zeros(count, device=limit.device), torch.full((count,), -torch.inf, device=limit.device)
    while len(prefixes.tokens):
        values, tokens = top(log_probabilities(prefixes), 2)
        left = torch.maximum(left, total + values[:, 1])
        total = total + values[:, 0]
        path.append(torch.zeros(count, device=limit.device).index_copy(0, prefixes.sentence, total))
        over = (tokens[:, 0] == EOS) | (limit <= len(path))
        prefixes.extend(tokens[:, 0])
        if over.any():
            done = prefixes.sentence[over]
            result.total[done], result.left[done], result.length[done] = total[over], left[over], float(len(path))
            for sentence, row in zip(done.tolist(), prefixes.tokens[over].tolist(), strict=True):
                result.ids[sentence] = trim(row)
            alive = (~over).nonzero()[:, 0]
            total, left, limit = total[alive], left[alive], limit[alive]
            prefixes.keep(alive)
    result.path = torch.stack(path, dim=1)
    return result
