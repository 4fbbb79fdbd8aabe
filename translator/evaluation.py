"""How good translations are: exact match, and BLEU as others can reproduce it.

BLEU is computed by sacreBLEU on untokenised, cased text and always comes with its signature: two BLEU figures compare
only if their signatures do (Post 2018). Papers on small corpora often print another figure, on lower-cased text that
the Moses scripts tokenised; it comes on request, under its own name.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Any

from translator.data.tokenizer import Tokenizer
from translator.decoding import batch
from translator.errors import InputError
from translator.model.transformer import Transformer


def evaluate(
    model: Transformer,
    tokenizer: Tokenizer,
    pairs: Sequence[tuple[str, str]],
    language: str,
    width: int = 1,
    moses: bool = False,
    alpha: float = 0.6,
) -> dict[str, Any]:
    """The scores of `translate_and_score`."""
    return translate_and_score(model, tokenizer, pairs, language, width, moses, alpha)[0]


def translate_and_score(
    model: Transformer,
    tokenizer: Tokenizer,
    pairs: Sequence[tuple[str, str]],
    language: str,
    width: int = 1,
    moses: bool = False,
    alpha: float = 0.6,
) -> tuple[dict[str, Any], list[str]]:
    """Translate the sources and score against the targets.

    Args:
        model: in evaluation mode.
        pairs: (source, target).
        language: of the targets, for tokenising them.
        width: of the beam; 1 is greedy.
        moses: also the lower-cased score on Moses tokens.
        alpha: exponent of the beam's length penalty.

    Returns:
        Scores as plain data: sentences, beam, with a beam also alpha, left_blank (sources that are too long for the
        model: their translation is blank, and scored so), exact_match (0 to 1), bleu, signature, seconds,
        sentences_per_second and, on request, moses_bleu and moses_signature. And the translations.
    """
    if not pairs:
        raise InputError("no pairs to evaluate on.")
    if moses:
        _check_moses(language)
    began = time.perf_counter()
    sources = [source for source, _ in pairs]
    blank = batch.faults(model, tokenizer, sources)
    sources = ["" if i in blank else source for i, source in enumerate(sources)]
    found = batch.translate(model, tokenizer, sources, width, alpha)
    seconds = time.perf_counter() - began
    references = [target for _, target in pairs]
    result = {
        "sentences": len(pairs),
        "beam": width,
        **({"alpha": alpha} if width > 1 else {}),
        "left_blank": len(blank),
        "exact_match": exact_match(found, references),
        **bleu(found, references, language),
        "seconds": round(seconds, 2),
        "sentences_per_second": round(len(pairs) / seconds, 1),
        **(moses_bleu(found, references, language) if moses else {}),
    }
    return result, found


def exact_match(found: Sequence[str], references: Sequence[str]) -> float:
    """The share of translations that equal their reference, letter by letter."""
    return sum(a == b for a, b in zip(found, references, strict=True)) / len(references)


def bleu(found: Sequence[str], references: Sequence[str], language: str) -> dict[str, Any]:
    """sacreBLEU, cased, tokenised by its own "zh" for Chinese and "13a" otherwise: bleu (0 to 100) and signature."""
    from sacrebleu.metrics.bleu import BLEU

    metric = BLEU(tokenize="zh" if language == "zh" else "13a")
    score = metric.corpus_score(list(found), [list(references)]).score
    return {"bleu": _rounded(score), "signature": str(metric.get_signature())}


def moses_bleu(found: Sequence[str], references: Sequence[str], language: str) -> dict[str, Any]:
    """BLEU on lower-cased Moses tokens, as `multi-bleu.perl` printed it; never to be compared with `bleu`."""
    _check_moses(language)
    from sacrebleu.metrics.bleu import BLEU
    from sacremoses import MosesPunctNormalizer, MosesTokenizer

    normalise, tokenise = MosesPunctNormalizer(lang=language).normalize, MosesTokenizer(lang=language).tokenize
    sides = [[tokenise(normalise(text.lower()), return_str=True) for text in side] for side in (found, references)]
    metric = BLEU(tokenize="none", force=True)
    score = metric.corpus_score(sides[0], [sides[1]]).score
    return {"moses_bleu": _rounded(score), "moses_signature": f"lower-cased, Moses tokens; {metric.get_signature()}"}


def _check_moses(language: str) -> None:
    if language == "zh":
        raise InputError("Moses has no tokeniser for Chinese; leave --moses out.")


def _rounded(score: float) -> float:
    return 0.0 if math.isnan(score) else round(score, 2)
