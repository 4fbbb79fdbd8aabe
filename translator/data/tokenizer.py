"""Text to token ids and back: byte-pair encoding by Hugging Face `tokenizers`, one vocabulary for both languages.

The encoding works on bytes, so there is no unknown token: any text is encoded, and decoding gives it back (in Unicode
normal form NFC). Words never share a token, and each Chinese character is a word: Chinese has no spaces, and merging
over a whole sentence would give tokens that mean nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from tokenizers import Regex, decoders, models, normalizers, pre_tokenizers, trainers
from tokenizers import Tokenizer as Inner

from translator.errors import TokenizerError
from translator.files import write_atomically
from translator.model.vocabulary import BOS, EOS, PAD, SPECIAL


class Tokenizer:
    """A trained encoding. Make one with `train` or `load`."""

    def __init__(self, inner: Inner) -> None:
        found = tuple(inner.token_to_id(token) for token in SPECIAL)
        if found != (PAD, BOS, EOS):
            raise TokenizerError(
                f"the tokenizer has {dict(zip(SPECIAL, found, strict=True))}; expected the ids {(PAD, BOS, EOS)}. "
                "It was not made by this package: use the tokenizer.json that lies beside the model."
            )
        self._inner = inner

    @classmethod
    def train(cls, lines: Iterable[str], size: int) -> Tokenizer:
        """Learn at most `size` tokens from `lines`: both sides of the training split and nothing else."""
        smallest = len(SPECIAL) + 256
        if size < smallest:
            raise TokenizerError(f"a vocabulary of {size}; expected at least {smallest}: the bytes and the marks.")
        inner = Inner(models.BPE())
        inner.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Strip()])
        inner.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.Split(Regex(r"\p{Han}"), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False)]
        )
        inner.decoder = decoders.ByteLevel()
        alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
        inner.train_from_iterator(
            lines,
            trainers.BpeTrainer(
                vocab_size=size, special_tokens=list(SPECIAL), initial_alphabet=alphabet, show_progress=False
            ),
        )
        # Text that happens to contain "</s>" is text: the marks get their ids from us, never from a sentence.
        inner.encode_special_tokens = True
        return cls(inner)

    @classmethod
    def load(cls, path: Path) -> Tokenizer:
        """Read what `save` wrote."""
        try:
            inner = Inner.from_str(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise TokenizerError(f"{path} is missing; a model cannot be used without its tokenizer.") from None
        except Exception as error:  # the library raises bare Exception
            raise TokenizerError(f"{path} is not a tokenizer ({error}). Restore the file, or train again.") from None
        inner.encode_special_tokens = True
        return cls(inner)

    def save(self, path: Path) -> None:
        """Write one JSON file, whole or not at all."""
        write_atomically(path, self.text.encode())

    @property
    def checksum(self) -> str:
        """sha256 of the file that `save` writes; stored with the model."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def __len__(self) -> int:
        return self._inner.get_vocab_size()

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Each text's token ids, without BOS and EOS."""
        return [encoding.ids for encoding in self._inner.encode_batch(list(texts), add_special_tokens=False)]

    def decode(self, ids: Sequence[Sequence[int]]) -> list[str]:
        """Each sequence's text; special tokens are left out."""
        return self._inner.decode_batch([list(row) for row in ids], skip_special_tokens=True)

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """Each token as a reader can see it: its own text, without the space in front; special tokens by name."""
        names = {PAD: SPECIAL[PAD], BOS: SPECIAL[BOS], EOS: SPECIAL[EOS]}
        return [names[i] if i in names else self._inner.decode([i]).strip() for i in ids]

    @property
    def text(self) -> str:
        """The file that `save` writes, readable JSON."""
        return self._inner.to_str(pretty=True)
