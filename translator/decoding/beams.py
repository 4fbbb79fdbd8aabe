"""The beams of many sentences at once, without the prefixes that cannot win. What they find, `textbook.beam` finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeVar

import torch
from torch import Tensor

from translator.decoding.prefixes import Prefixes, Sources
from translator.decoding.topk import top
from translator.model.vocabulary import EOS

Length = TypeVar("Length", float, Tensor)


def penalty(length: Length, alpha: float) -> Length:
    """((5 + length) / 6)^alpha: equation 14 of Wu et al. 2016; 1 for a length of 1 or an alpha of 0."""
    result: Length = ((5 + length) / 6) ** alpha
    return result


class Hypothesis(NamedTuple):
    """A finished translation: ids without BOS and EOS, and its log-probability over the penalty of its length."""

    ids: list[int]
    score: float


class Rival(Protocol):
    """A translation of each sentence that was found by other means. Would a beam have found it too?"""

    def overtaken(self, names: Tensor, length: int, best: Candidates, growing: Candidates) -> Tensor:
        """(S,): whether a beam of the sentences `names` loses the rival at this step, of `length` tokens.

        Args:
            best: at least `width` candidates, ended or not.
            growing: the `width` best of those that have not ended.
        """
        ...


@dataclass
class Candidates:
    """Continuations of S sentences, n of each in falling order.

    total: (S, n) log-probabilities.  rows: (S, n) prefixes that are continued.  tokens: (S, n) that continue them.
    """

    total: Tensor
    rows: Tensor
    tokens: Tensor

    def growing(self, width: int) -> Candidates:
        """The `width` best that do not end: (S, width) each."""
        total, column = self.total.masked_fill(self.tokens == EOS, -torch.inf).topk(width)
        return Candidates(total, self.rows.gather(1, column), self.tokens.gather(1, column))


class Beams:
    """A beam of `width` for each of some sentences, for translations that score above `best`.

    Args:
        sources: what is translated.
        names: (S,) which of its sentences.
        limit: (sentences,) tokens at most, of every sentence, searched or not.
        best: (sentences, count) the scores that are to be beaten, falling: `count` translations are looked for.
    """

    def __init__(self, sources: Sources, names: Tensor, limit: Tensor, width: int, alpha: float, best: Tensor) -> None:
        self.prefixes, self.names, self.limit = Prefixes(sources, names), names, limit
        self.width, self.alpha, self.best = width, alpha, best.clone()
        # Of each prefix, R of them: its sentence among the S, its place among that one's prefixes, its log-probability.
        self.sentence = torch.arange(len(names), device=names.device)
        self.line, self.total = torch.zeros_like(self.sentence), torch.zeros(len(names), device=names.device)
        self.length = 0
        self.found: dict[int, list[Hypothesis]] = {}
        self.fallen = torch.zeros(len(limit), dtype=torch.bool, device=names.device)

    def search(self, rival: Rival | None = None) -> dict[int, list[Hypothesis]]:
        """Go on until nothing is left that can win; returns what was found, by sentence, the best first.

        Afterwards `fallen` (sentences,) says where the beam lost the rival and found nothing.
        """
        while len(self.names):
            self.length += 1
            candidates = self.candidates()
            growing = candidates.growing(self.width)
            self.finish(candidates)
            if rival is not None:
                self.fallen[self.names] |= rival.overtaken(self.names, self.length, candidates, growing)
            self.grow(growing)
        self.fallen[list(self.found)] = False
        count = self.best.size(1)
        return {name: sorted(some, key=lambda each: -each.score)[:count] for name, some in self.found.items()}

    def candidates(self) -> Candidates:
        """The 2 `width` best continuations of each sentence, of all its prefixes together."""
        # A prefix can end in one way only: among one more than the width, at least `width` go on.
        values, tokens = top(log_probabilities(self.prefixes), self.width + 1)  # (R, reach)
        reach = values.size(1)
        ranked = values.new_full((len(self.names), self.width, reach), -torch.inf)
        ranked[self.sentence, self.line] = self.total[:, None] + values
        row = torch.zeros(len(self.names), self.width, dtype=torch.long, device=values.device)
        row[self.sentence, self.line] = torch.arange(len(self.total), device=values.device)
        total, places = ranked.flatten(1).topk(min(2 * self.width, self.width * reach))  # (S, 2 width)
        rows = row.gather(1, places // reach)
        return Candidates(total, rows, tokens[rows, places % reach])

    @property
    def last(self) -> Tensor:
        """(S,): whether this step is the last that a sentence may take."""
        return self.limit[self.names] <= self.length

    def finish(self, candidates: Candidates) -> None:
        """Note the translations that end here and are among the best so far."""
        # An end counts among the best `width` only, or it would be taken from worse prefixes than a growing one.
        # At the limit whatever is there ends, with or without EOS.
        ends = (candidates.tokens == EOS) | self.last[:, None]
        score = candidates.total.masked_fill(~ends, -torch.inf)[:, : self.width] / penalty(self.length, self.alpha)
        before = self.best[self.names]
        best = torch.cat([before, score], dim=1).topk(before.size(1)).values  # (S, count)
        s, column = ((score > before[:, -1:]) & (score >= best[:, -1:])).nonzero().unbind(1)
        found = torch.cat([self.prefixes.tokens[candidates.rows[s, column]], candidates.tokens[s, column, None]], dim=1)
        for name, ids, value in zip(self.names[s].tolist(), found.tolist(), score[s, column].tolist(), strict=True):
            self.found.setdefault(name, []).append(Hypothesis(trim(ids), value))
        self.best[self.names] = best

    def grow(self, growing: Candidates) -> None:
        """Continue the prefixes that can still win: at best they lose no probability until their limit."""
        bound = growing.total / penalty(self.limit[self.names], self.alpha)[:, None]
        wins = (bound > self.best[self.names, -1:]) & ~self.last[:, None]  # (S, width)
        self.prefixes.extend(growing.tokens[wins], growing.rows[wins])
        alive = wins.any(1)
        sentence, self.line = wins.nonzero().unbind(1)
        self.total, self.sentence = growing.total[wins], (alive.cumsum(0) - 1)[sentence]
        self.names = self.names[alive]


def log_probabilities(prefixes: Prefixes) -> Tensor:
    """(rows, V) of each row's next token, in float32 at least."""
    scores = prefixes.scores()
    return scores.log_softmax(-1, dtype=torch.promote_types(scores.dtype, torch.float32))


def trim(row: list[int]) -> list[int]:
    """A row's tokens without BOS and EOS."""
    return row[1:-1] if row[-1] == EOS else row[1:]
