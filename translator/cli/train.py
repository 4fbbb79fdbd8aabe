"""Train a model into a folder."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from translator.errors import TrainingError
from translator.model.config import NORMS, POSITIONS, SIZES
from translator.training.recipes import GENERAL, spoken_default
from translator.training.settings import PRECISIONS, SCHEDULES

#: Options that are not of the run: where it lies, and where and how it is computed this time.
OWN = {"out", "resume", "device", "no_tensorboard", "run"}
CORPUS = "pocket, multi30k, tatoeba, or a folder with train.en, train.de, ... one sentence a line"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options without a value here take that of the recipe (`translator.training.recipes`), or the resumed run's."""
    parser.epilog = (
        "A default may depend on the size, and on the corpus, which counts first. With --resume the defaults are what "
        "the run was begun with; only its length, the precision, and how often it writes what may be changed."
    )
    add = parser.add_argument
    add("--out", type=Path, required=True, metavar="RUN", help="folder of the run; made if it is not there (required)")
    add("--resume", action="store_true", help="go on from the last checkpoint; begin if there is none (default: no)")
    add("--corpus", help=f"{CORPUS} (default: {GENERAL['corpus']})")
    add("--pair", help=f"source and target language (default: {GENERAL['pair']})")
    add("--size", help=f"{', '.join(SIZES)} (default: {GENERAL['size']})")
    add("--device", default="auto", help="auto (a GPU if there is one), cpu, cuda, cuda:1, mps (default: auto)")
    length = parser.add_mutually_exclusive_group()
    _add(length, "--steps", "updates in all", type=int)
    _add(length, "--minutes", "train for so long instead; the decay follows the clock", type=float)
    _add(parser, "--batch-tokens", "tokens a batch on either side, over all processes together", type=int)
    _add(parser, "--accumulate", "batches an update", type=int)
    _add(parser, "--learning-rate", "the highest", type=float)
    _add(parser, "--warmup", "updates in which it rises", type=int)
    _add(parser, "--schedule", "how it falls afterwards", choices=SCHEDULES)
    _add(parser, "--dropout", "share of features set to zero, after each sub-layer and the embedding", type=float)
    _add(parser, "--smoothing", "label smoothing", type=float)
    _add(parser, "--weight-decay", "of AdamW, on matrices", type=float)
    _add(parser, "--clip", "largest norm of the gradient", type=float)
    _add(parser, "--norm", "layer normalization before each sub-layer, or after it as in the paper", choices=NORMS)
    _add(parser, "--positions", "how positions are told", choices=POSITIONS)
    _add(parser, "--vocabulary", "tokens at most, both languages together", type=int)
    _add(parser, "--max-length", "longest sentence in tokens; longer pairs are left out", type=int)
    _add(parser, "--precision", "of matrix products; auto is bf16 on a GPU that has it, else fp32", choices=PRECISIONS)
    _add(parser, "--compile", "torch.compile the model", action="store_true")
    _add(parser, "--log-every", "updates between two records of the loss", type=int)
    _add(parser, "--validate-every", "updates between two validations", type=int)
    _add(parser, "--save-every", "updates between two checkpoints", type=int)
    _add(parser, "--keep", "checkpoints kept", type=int)
    _add(parser, "--average", "average so many last checkpoints into the final weights", type=int)
    _add(parser, "--seed", "of weights, batches and dropout", type=int)
    add("--no-tensorboard", action="store_true", help="write no event files (default: they are written)")


def _add(to: argparse._ActionsContainer, flag: str, text: str, **how: Any) -> None:
    """An option of the run: absent, it is None, and the recipe decides."""
    default = spoken_default(flag.removeprefix("--").replace("-", "_"))
    if "type" in how:
        how["metavar"] = "N" if how["type"] is int else "X"
    to.add_argument(flag, default=None, help=f"{text} (default: {default})".replace("%", "%%"), **how)


def run(options: argparse.Namespace) -> int:
    """Train; 0 when finished, 130 when interrupted with a whole checkpoint."""
    from translator.runs.folder import Run
    from translator.training.callbacks import Callback, JsonLog, Progress, TensorBoard
    from translator.training.distributed import world
    from translator.training.train import train

    folder = Run(options.out)
    asked = {name: value for name, value in vars(options).items() if name not in OWN}
    callbacks: list[Callback] = [JsonLog(folder.log_path), Progress()]
    if not options.no_tensorboard:
        callbacks.append(TensorBoard(options.out / "tensorboard"))
    with world(options.device) as here:
        command = ["python", "-m", "translator", *sys.argv[1:]]
        try:
            reason = train(folder, asked, here, resume=options.resume, callbacks=callbacks, command=command)
        except TrainingError:  # all processes meet it together, and one line is enough
            if here.main:
                raise
            return 1
        if not here.main:
            return 0
    if reason == "interrupted":
        print(f"stopped with a whole checkpoint; go on with: --out {options.out} --resume", file=sys.stderr)
        return 130
    print(f'finished; try: python -m translator translate {options.out} "..."', file=sys.stderr)
    return 0
