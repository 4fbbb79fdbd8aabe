"""Decoding beside Hugging Face `generate` and CTranslate2: the same weights, the same sentences, one thread, float32.

    python -m benchmarks.peers.decoding RUN --receipt benchmarks/receipts/peers-decoding.json

All three look for the translation with the highest log-probability, without a length penalty: the one score that all
of them can be told to use (ours: alpha 0; both others: length_penalty 0, and early_stopping="never", which by Hugging
Face's documentation is canonical beam search). No translation may be longer than twice its batch's longest source and
ten tokens more. Sentences come from the test splits of the run's corpus, an equal number of each.

Hugging Face is called in four ways: "one call" hands it all sentences as they come, as its documentation does; "same
batches" hands it ours, sorted by length; "tuned" are batches so sorted, of the size, of those tried, at which it is
fastest; "one by one" is the default of its pipeline. Ours and CTranslate2 are sorted and tuned too. The clock is CPU
time, of token ids in and token ids out; the engines take turns. Where hypotheses differ, our model says what both are
worth.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import ctranslate2
import torch
import transformers

from benchmarks.peers.measuring import head, peak_memory, summary
from translator.data import corpora
from translator.decoding import beam, greedy
from translator.export.checking import TOLERANCE
from translator.export.ctranslate2 import to_ctranslate2
from translator.export.huggingface import compare, to_hugging_face
from translator.files import write_json
from translator.model.transformer import Transformer
from translator.model.vocabulary import BOS, EOS, PAD
from translator.runs.folder import Run

Ids = list[list[int]]
#: Source ids, width of the beam, sentences a batch -> target ids without BOS and EOS.
Engine = Callable[[Ids, int, int], Ids]
ONE_CALL, SAME, TUNED, SINGLE = (f"Hugging Face, {way}" for way in ("one call", "same batches", "tuned", "one by one"))
ENGINES = ("ours", ONE_CALL, SAME, TUNED, SINGLE, "CTranslate2")
BATCHES = (32, 64, 128, 256)
#: Of the ways to call `generate` that do not sort: sentences a call, out of so many.
UNSORTED: dict[str, Callable[[int], int]] = {ONE_CALL: lambda count: count, SINGLE: lambda count: 1}
TIE = 1e-3


def longest(sources: Ids) -> int:
    """Tokens at most, EOS included, of a translation of any of these."""
    return 2 * max(map(len, sources)) + 10


def in_batches(decode: Callable[[Ids, int], Ids], fixed: Callable[[int], int] | None = None) -> Engine:
    """An engine that sorts sentences by length and calls `decode` on one batch after another.

    fixed: the batch size for so many sentences, whatever is asked for; the order then stays.
    """

    def engine(sources: Ids, width: int, size: int) -> Ids:
        order = sorted(range(len(sources)), key=lambda i: 0 if fixed else len(sources[i]))
        size = fixed(len(sources)) if fixed else size
        found: Ids = [[] for _ in sources]
        for start in range(0, len(order), size):
            numbers = order[start : start + size]
            for i, ids in zip(numbers, decode([sources[i] for i in numbers], width), strict=True):
                found[i] = ids
        return found

    return engine


def load(name: str, run: Path, exported: Path) -> Engine:
    """One of `ENGINES`."""
    if name == "CTranslate2":
        return _ctranslate2(exported)
    model = Run(run).model()
    if name == "ours":
        return in_batches(
            lambda sources, width: greedy(model, sources) if width == 1 else beam(model, sources, width, alpha=0.0)
        )
    return _hugging_face(model, UNSORTED.get(name))


def _hugging_face(model: Transformer, fixed: Callable[[int], int] | None) -> Engine:
    theirs = to_hugging_face(model)
    difference = compare(model, theirs)
    if not difference <= TOLERANCE:
        raise AssertionError(f"Hugging Face's logits differ from ours by {difference:.1e}: it is not the same model.")

    @torch.inference_mode()
    def decode(sources: Ids, width: int) -> Ids:
        ids = torch.nn.utils.rnn.pad_sequence([torch.tensor(s) for s in sources], batch_first=True, padding_value=PAD)
        options = {"num_beams": width, "length_penalty": 0.0, "early_stopping": "never"} if width > 1 else {}
        found = theirs.generate(
            input_ids=ids, attention_mask=ids != PAD, do_sample=False, max_new_tokens=longest(sources), **options
        )
        return [[i for i in row if i not in (PAD, BOS, EOS)] for row in found.tolist()]

    return in_batches(decode, fixed)


def as_text(ids: Sequence[int]) -> list[str]:
    """Token ids as CTranslate2, whose interface is text, knows them here: 17 is "17"."""
    return [str(i) for i in ids]


def _ctranslate2(folder: Path) -> Engine:
    theirs = ctranslate2.Translator(str(folder), device="cpu", compute_type="float32", inter_threads=1, intra_threads=1)

    def engine(sources: Ids, width: int, size: int) -> Ids:  # it sorts by itself
        found = theirs.translate_batch(
            [as_text(source) for source in sources],
            beam_size=width,
            length_penalty=0.0,
            min_decoding_length=0,
            max_decoding_length=longest(sources),
            max_batch_size=size,
        )
        return [[int(token) for token in result.hypotheses[0]] for result in found]

    return engine


@torch.inference_mode()
def log_probability(model: Transformer, source: Sequence[int], target: Sequence[int]) -> float:
    """Of target and its end, given source; PAD and BOS cannot follow."""
    ids = torch.tensor([[BOS, *target, EOS]])
    logits = model(torch.tensor([source]), ids[:, :-1])
    logits[..., [PAD, BOS]] = -torch.inf
    return float(logits.log_softmax(-1).gather(-1, ids[:, 1:, None]).sum())


def agreement(model: Transformer, sources: Ids, ours: Ids, theirs: Ids) -> dict[str, Any]:
    """How many hypotheses are the same, and of the others how many tie in our model's log-probability."""
    gains = [
        log_probability(model, source, own) - log_probability(model, source, other)
        for source, own, other in zip(sources, ours, theirs, strict=True)
        if own != other
    ]
    return {
        "identical": round(1 - len(gains) / len(sources), 4),
        "ties": sum(abs(gain) <= TIE for gain in gains),
        "ours_better": sum(gain > TIE for gain in gains),
        "ours_worse": sum(gain < -TIE for gain in gains),
    }


def seconds(engine: Engine, sources: Ids, width: int, size: int) -> tuple[float, Ids]:
    """CPU seconds, and the translations."""
    began = time.process_time()
    found = engine(sources, width, size)
    return time.process_time() - began, found


def draw(run: Run, count: int) -> Ids:
    """`count` sentences, from the test splits in turn, as ids with EOS."""
    facts = run.facts()["corpus"]
    corpus = corpora.load(facts["name"], facts["pair"])
    turns = zip(*(corpus.splits[split] for split in corpus.tests), strict=False)
    texts = [pair[0] for turn in turns for pair in turn][:count]
    return [[*ids, EOS] for ids in run.tokenizer().encode(texts)]


def measure(
    model: Transformer, engines: dict[str, Engine], sources: Ids, width: int, sizes: dict[str, int], rounds: int
) -> dict[str, Any]:
    """Tokens a CPU second of each engine, medians over rounds, and whether they say the same."""
    speeds: dict[str, list[float]] = {name: [] for name in engines}
    results: dict[str, Ids] = {}
    for engine in engines.values():
        engine(sources[:20], width, 20)  # warms up
    for turn in range(rounds):
        for name in sorted(engines, reverse=bool(turn % 2)):
            spent, results[name] = seconds(engines[name], sources, width, sizes.get(name, 0))
            speeds[name].append(sum(len(ids) + 1 for ids in results[name]) / spent)
    return {
        "sentences": len(sources),
        "beam": width,
        **summary(speeds),
        "hypotheses": {
            name: agreement(model, sources, results["ours"], found) for name, found in results.items() if name != "ours"
        },
        "longest_translation": max(len(ids) + 1 for ids in results["ours"]),
    }


def _prepare(name: str, run: Path, exported: Path, sources: Ids, width: int, size: int) -> Callable[[], Any]:
    transformers.utils.logging.set_verbosity_error()
    engine = load(name, run, exported)
    return lambda: engine(sources, width, size)


def main() -> None:
    """Measure, print and write the receipt."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, metavar="RUN", help="folder of a trained run")
    parser.add_argument("--sentences", type=int, nargs="+", default=[100, 400, 1000], help="sizes of work")
    parser.add_argument("--beams", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--receipt", type=Path, metavar="FILE")
    options = parser.parse_args()
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    transformers.utils.logging.set_verbosity_error()
    run = Run(options.run)
    model, sources = run.model(), draw(run, max(options.sentences))
    result = head("benchmarks.peers.decoding") | {
        "corpus": run.facts()["corpus"],
        "model": run.facts()["model"],
        "parameters": sum(p.numel() for p in model.parameters()),
        "score": "log-probability",
        "rounds": options.rounds,
        "batch": {},
        "speed": [],
        "memory": {},
    }
    with tempfile.TemporaryDirectory() as folder:
        exported = Path(folder)
        to_ctranslate2(model, exported, as_text(range(model.config.vocabulary)))
        engines = {name: load(name, options.run, exported) for name in ENGINES}
        some = sources[: sorted(options.sentences)[len(options.sentences) // 2]]
        for width in options.beams:
            sizes = {
                name: min(BATCHES, key=lambda size: min(seconds(engine, some, width, size)[0] for _ in range(2)))
                for name, engine in engines.items()
                if name in ("ours", TUNED, "CTranslate2")
            }
            sizes[SAME] = sizes["ours"]
            result["batch"][f"beam {width}"] = sizes
            for count in options.sentences:
                part = measure(model, engines, sources[:count], width, sizes, options.rounds)
                print(json.dumps(part), flush=True)
                result["speed"].append(part)
            result["memory"][f"beam {width}"] = {
                name: peak_memory(_prepare, name, options.run, exported, sources, width, sizes.get(name, 0))
                for name in ENGINES
            }
    print(json.dumps(result, indent=2))
    if options.receipt:
        write_json(options.receipt, result)


if __name__ == "__main__":
    main()
