"""Train a model into a folder."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from translator.model.config import NORMS, POSITIONS, SIZES
from translator.runs.folder import Run
from translator.training.settings import PRECISIONS, SCHEDULES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options without a default here take that of the corpus's recipe, or, with --resume, the run's own."""
    add = parser.add_argument
    add("--out", type=Path, required=True, metavar="RUN", help="folder of the run; made if it is not there")
    add("--resume", action="store_true", help="go on from the last checkpoint; begin if there is none")
    add(
        "--corpus",
        help="pocket (the default), multi30k, tatoeba, or a folder with train.en, train.de, ... one sentence a line",
    )
    add("--pair", help="source and target language, such as en-de (the default)")
    add("--size", help=f"{', '.join(SIZES)}; tiny is the default")
    add("--device", default="auto", help="auto (a GPU if there is one), cpu, cuda")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--steps", type=int, help="updates in all")
    length.add_argument("--minutes", type=float, help="train for so long; the decay follows the clock")
    add("--batch-tokens", type=int, help="tokens a batch on either side, over all processes together")
    add("--accumulate", type=int, help="batches an update")
    add("--learning-rate", type=float, help="the highest")
    add("--warmup", type=int, help="updates until then")
    add("--schedule", choices=SCHEDULES, help="how it falls afterwards")
    add("--dropout", type=float)
    add("--smoothing", type=float, help="label smoothing")
    add("--weight-decay", type=float)
    add("--clip", type=float, help="largest norm of the gradient")
    add("--norm", choices=NORMS, help="layer normalization before each sub-layer, or after it as in the paper")
    add("--positions", choices=POSITIONS)
    add("--vocabulary", type=int, help="tokens at most, both languages together")
    add("--max-length", type=int, help="longest sentence in tokens; longer pairs are left out")
    add("--precision", choices=PRECISIONS)
    add("--compile", action="store_true", default=None, help="torch.compile the model")
    add("--log-every", type=int)
    add("--validate-every", type=int)
    add("--save-every", type=int)
    add("--keep", type=int, help="checkpoints kept")
    add("--average", type=int, help="average so many last checkpoints into the final weights")
    add("--seed", type=int)
    add("--no-tensorboard", action="store_true", help="write no event files")


OWN = {"out", "resume", "device", "no_tensorboard", "run"}


def run(options: argparse.Namespace) -> int:
    """Train; 0 when finished, 130 when interrupted with a whole checkpoint."""
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
        reason = train(
            folder,
            asked,
            here,
            resume=options.resume,
            callbacks=callbacks,
            command=command,
        )
        if not here.main:
            return 0
    if reason == "interrupted":
        print(f"stopped with a whole checkpoint; go on with: --out {options.out} --resume", file=sys.stderr)
        return 130
    print(f'finished; try: python -m translator translate {options.out} "..."', file=sys.stderr)
    return 0
