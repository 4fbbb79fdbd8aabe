"""A trained model in its user's hands: texts in, texts out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from translator.data.tokenizer import Tokenizer
from translator.decoding import batch
from translator.decoding.batch import Translation
from translator.devices import choose_device
from translator.model.transformer import Transformer
from translator.runs.folder import Run


@dataclass(frozen=True)
class Translator:
    """A model in evaluation mode and its tokenizer. Make one with `translator.load`."""

    model: Transformer
    tokenizer: Tokenizer

    @classmethod
    def load(cls, path: str | Path, device: str = "auto") -> Translator:
        """See `translator.load`."""
        run = Run(Path(path))
        return cls(run.model(choose_device(device)), run.tokenizer())

    def translate(self, texts: Sequence[str], beam: int = 1, alpha: float = 0.6) -> list[str]:
        """The translation of each text, in the order given; that of a blank text is blank.

        Args:
            texts: sentences; each is translated by itself.
            beam: prefixes kept at every step; 1 is greedy.
            alpha: exponent of the length penalty: 0 compares translations by log-probability alone, more favours
                longer ones. Greedy decoding has no use for it.

        Raises:
            InputError: a text that is too long for the model (`faults` finds them), or an option out of range.
        """
        return batch.translate(self.model, self.tokenizer, texts, beam, alpha)

    def hypotheses(
        self, texts: Sequence[str], beam: int = 1, alpha: float = 0.6, n_best: int = 1
    ) -> list[list[Translation]]:
        """The `n_best` translations that the beam found for each text, with their scores, best first.

        There are fewer where the beam found fewer, and none for a blank text. Options and errors as in `translate`;
        `n_best` is at most `beam`.
        """
        return batch.hypotheses(self.model, self.tokenizer, texts, beam, alpha, n_best)

    def faults(self, texts: Sequence[str]) -> dict[int, str]:
        """The texts that cannot be translated, by index, each with the reason."""
        return batch.faults(self.model, self.tokenizer, texts)
