"""Two corpora that others published: Multi30k and Tatoeba. Nothing of their text is part of this project.

They come from the folder that TRANSLATOR_DATA names (`multi30k/`, `tatoeba/` in it), or are fetched from their public
home and kept (`translator.data.downloads`). Either way each file is what its checksum says, or is refused whole.
"""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from translator.data.downloads import cache, digest, fetch
from translator.errors import CorpusError

Pairs = list[tuple[str, str]]
HOME = "https://raw.githubusercontent.com"


@dataclass(frozen=True)
class File:
    """A file by its checksum; `home` is the part of its address behind `HOME`, "" for a form that is local only."""

    name: str
    sha256: str
    home: str = ""


def _multi30k() -> dict[str, File]:
    commit = "multi30k/dataset/a3d2e0d26b56f3846f66a952536ffed4e401d05a/data/task1/raw"
    sums = """
    train.en d79cfa999dd4c51d2cb42499b6796d5a882c3a8a961923c25a898c90f8bbd56f
    train.de 726e39b2fa9eb9ffb6dc763fb35a179f80fae06ffc5d28b6ace5faa883de28a6
    train.fr 622e75069e9f4c577425c4f277116ce66e63a2401c0a2312d90073cb12379a3c
    val.en 14f7d25ddd868909a9213e361768460edcacdd6ab9d1e77b92560dc10c10dc28
    val.de f0cba2f995189cf5770f29a8a9a537a3ad3f51657ad873405082ff6863a5e75a
    val.fr ca3106f1a72390591d25f6c45cb4cd39dec4cd3f123e099748a3ce5256c160e9
    test_2016_flickr.en 611d361c6334bc7246101d48097c13cf5c4413c5befc793cc629934359d532d9
    test_2016_flickr.de 9204244e408ccb38d2a55cfcd344df15005fc42a07a6e55ca6c52b6ababb8cc8
    test_2016_flickr.fr 6d326e188d259fb1d04ac19eae3af956559b3a0b93d7635e56c90987c40c8b90
    test_2017_flickr.en 76a444ee25172e72695cddb13ae4a3bda59430617be88e0bb46b60504f054074
    test_2017_flickr.de a2c89666db00c495cd8513b9d708d5a3acc205d7de312ef2bf5fb7ebc1540aee
    test_2017_flickr.fr 3ba671ceb2299f3304ffafefea7a833d08632fbaf0ba18546f8a2ec2391af496
    test_2017_mscoco.en aab300bfb4427697987e02cd0aacd44bfe8aa50456231b6474c08038bbed2b58
    test_2017_mscoco.de 799e4854c25d601cb6cb6be29eabe5667734c61ace2f495e03e429031a0bc338
    test_2017_mscoco.fr 754f3072ba9f124569ba5258b32730fc1d214bbf8e0c6dfb2b74401676220db0
    """
    pairs = (line.split() for line in sums.strip().splitlines())
    return {name: File(f"{name}.gz", total, f"{commit}/{name}.gz") for name, total in pairs}


MULTI30K = _multi30k()
MULTI30K_SPLITS = {"train": "train", "valid": "val"} | {
    name: name for name in ("test_2016_flickr", "test_2017_flickr", "test_2017_mscoco")
}
#: The same text twice: packed, as it may lie in a folder, and as it stands at its home.
TATOEBA = (
    File("cmn-eng.tsv.gz", "3029a7b0f5860512f14b3a47563f8569195f83d3d69b7c9c85472133d70bfa5d"),
    File(
        "cmn.txt",
        "3a8ac6cb8cdaab6e235d3075ec3680084044d975882d6139c903bf7893097ff6",
        "JimEverest/transformer-ready-go/7745df43beea3501a578e17090277ea2d755cb82/data/cmn.txt",
    ),
)
TERMS = {
    "multi30k": "Multi30k (Elliott et al. 2016, 2017): for non-commercial research and education, as its authors say; "
    "it names no standard licence. Pass on neither its text nor a model trained on it.",
    "tatoeba": "Tatoeba, English-Chinese: CC BY 2.0 (France). Credit tatoeba.org and the people named in the file.",
}


def multi30k(source: str, target: str) -> dict[str, Pairs]:
    """Train, valid and three tests, for two of en, de, fr; true case, not tokenised.

    Raises:
        CorpusError: another pair, or a file that is missing or not what its checksum says.
    """
    if not {source, target} <= {"en", "de", "fr"}:
        raise CorpusError(f"multi30k: {source}-{target} is no pair of it; take two of en, de, fr.")
    splits = {}
    for name, file in MULTI30K_SPLITS.items():
        sides = [_lines("multi30k", (MULTI30K[f"{file}.{language}"],)) for language in (source, target)]
        splits[name] = list(zip(*sides, strict=True))
    return splits


def tatoeba(source: str, target: str) -> dict[str, Pairs]:
    """Train, valid, test: 1000 English sentences each for valid and test, chosen by a hash of the sentence.

    Many English sentences have several Chinese ones. All pairs of an English sentence go to one split, or the test
    would be half known; valid and test keep the first of each. About a fifth of the Chinese is in traditional
    characters, and stays so.

    Raises:
        CorpusError: another pair than en-zh (the split is by English sentence), or a damaged or missing file.
    """
    if (source, target) != ("en", "zh"):
        raise CorpusError(f"tatoeba: {source}-{target}; only en-zh, since it is split by its English sentences.")
    translations: dict[str, list[str]] = {}
    for line in _lines("tatoeba", TATOEBA):
        english, chinese, *_ = line.split("\t")
        known = translations.setdefault(english.strip(), [])
        if chinese.strip() not in known:
            known.append(chinese.strip())
    order = sorted(translations, key=lambda english: hashlib.sha256(english.encode()).digest())
    split = {"test": order[:1000], "valid": order[1000:2000]}
    held_out = set(order[:2000])
    train = [(english, zh) for english, some in translations.items() if english not in held_out for zh in some]
    return {"train": train, **{name: [(en, translations[en][0]) for en in some] for name, some in split.items()}}


PUBLISHED: dict[str, Callable[[str, str], dict[str, Pairs]]] = {"multi30k": multi30k, "tatoeba": tatoeba}


def _lines(corpus: str, forms: tuple[File, ...]) -> list[str]:
    """The lines of a file that may come in several forms."""
    path = _local(corpus, forms) if os.environ.get("TRANSLATOR_DATA") else _fetched(corpus, forms)
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
    return text.split("\n")[:-1]  # only LF ends a line


def _local(corpus: str, forms: tuple[File, ...]) -> Path:
    folder = Path(os.environ["TRANSLATOR_DATA"]) / corpus
    for form in forms:
        path = folder / form.name
        if not path.is_file():
            continue
        found = digest(path)
        if found != form.sha256:
            raise CorpusError(
                f"{corpus}: {path} has checksum {found[:12]}…, expected {form.sha256[:12]}…: it is damaged, cut off or "
                "another edition. Put the published file there, or unset TRANSLATOR_DATA to have it fetched."
            )
        return path
    names = " or ".join(form.name for form in forms)
    raise CorpusError(
        f"{corpus}: {folder} holds no {names}. Put it there, or unset TRANSLATOR_DATA to have it fetched."
    )


def _fetched(corpus: str, forms: tuple[File, ...]) -> Path:
    form = next(form for form in forms if form.home)
    return fetch(f"{HOME}/{form.home}", cache() / corpus / form.name, form.sha256)
