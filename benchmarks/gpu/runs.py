"""The recorded runs as options of the translator's commands: plain data, so a rehearsal is the same list, smaller."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Recorded:
    """One training and how it is scored; its receipt is `NAME.json`.

    train, evaluate: options of `python -m translator train` and `evaluate`.
    processes: started by `torchrun` where there is more than one.
    marks: BLEU on lower-cased Moses tokens; the seconds until a checkpoint first reaches each are recorded, on
        `split`. Empty: no such curve.
    """

    name: str
    train: tuple[str, ...]
    evaluate: tuple[str, ...]
    processes: int = 1
    marks: tuple[float, ...] = ()
    split: str = ""


#: The size and the regularisation of Wu et al. (2021), who report 41.02; updates twice as large and half as many as
#: their two GPUs did, since one GPU has room for both shares.
MULTI30K = (
    *("--corpus", "multi30k", "--pair", "en-de", "--size", "tiny", "--vocabulary", "10000", "--dropout", "0.3"),
    *("--batch-tokens", "8192", "--learning-rate", "5e-3", "--warmup", "2000", "--schedule", "inverse-sqrt"),
    *("--steps", "8000", "--save-every", "100", "--keep", "80", "--average", "10", "--validate-every", "100"),
)
TATOEBA = (
    *("--corpus", "tatoeba", "--pair", "en-zh", "--size", "small", "--vocabulary", "10000", "--dropout", "0.3"),
    *("--batch-tokens", "8192", "--steps", "5000", "--average", "5"),
)
#: What a CPU can do of each in seconds, without a corpus of others.
REHEARSAL = (
    *("--corpus", "pocket", "--pair", "en-de", "--size", "tiny", "--batch-tokens", "256", "--steps", "20"),
    *("--save-every", "10", "--keep", "2", "--average", "2", "--log-every", "5", "--warmup", "5"),
)


def recorded(rehearse: bool, gpus: int) -> list[Recorded]:
    """The runs of issue's list: three seeds of Multi30k, Tatoeba, and two processes where two GPUs are there."""
    if rehearse:
        scored = ("--limit", "20", "--beam", "2")
        seeds = [
            Recorded(
                f"rehearsal-seed-{seed}",
                (*REHEARSAL, "--seed", str(seed)),
                (*scored, "--moses"),
                marks=(0.0, 100.1),
                split="seen",
            )
            for seed in (1, 2)
        ]
        return [*seeds, Recorded("rehearsal-two-processes", REHEARSAL, scored, processes=2)]
    scored = ("--beam", "5", "--moses")
    found = [
        Recorded(
            f"gpu-multi30k-en-de-seed-{seed}",
            (*MULTI30K, "--seed", str(seed)),
            scored,
            marks=(35.0, 40.0),
            split="test_2016_flickr",
        )
        for seed in (1, 2, 3)
    ]
    found.append(Recorded("gpu-tatoeba-en-zh", TATOEBA, ("--beam", "5")))
    if gpus > 1:
        found.append(Recorded("gpu-multi30k-en-de-two-processes", (*MULTI30K, "--seed", "1"), scored, processes=2))
    return found
