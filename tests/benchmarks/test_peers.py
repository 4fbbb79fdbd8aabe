"""The peers get our model: equal hypotheses, a Marian of equal size."""

from pathlib import Path

import pytest
import torch
import transformers

from benchmarks.gpu import steps
from benchmarks.peers import decoding, training
from benchmarks.training_speed import cut, draw_examples
from translator.decoding import beam, greedy
from translator.export.ctranslate2 import to_ctranslate2
from translator.model.config import TransformerConfig
from translator.model.transformer import Transformer
from translator.model.vocabulary import EOS

SIZES = {"encoder_layers": 2, "decoder_layers": 3, "d_model": 32, "d_ff": 48, "heads": 4, "max_length": 60}


@pytest.fixture(autouse=True)
def _quiet() -> None:
    torch.set_num_threads(1)
    transformers.utils.logging.disable_progress_bar()


def model(vocabulary: int = 120) -> Transformer:
    """Every weight random, and choices that are not ties."""
    torch.manual_seed(0)
    net = Transformer(TransformerConfig(vocabulary, **SIZES)).eval()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.1)
        net.output.weight[EOS] *= 2.5
    return net


def test_planted_another_model_is_noticed_before_it_is_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = decoding.to_hugging_face(model())
    with torch.no_grad():
        theirs.get_parameter("model.decoder.layers.2.fc1.bias").add_(0.01)
    monkeypatch.setattr(decoding, "to_hugging_face", lambda net: theirs)
    with pytest.raises(AssertionError, match="not the same model"):
        decoding._hugging_face(model(), None)


@pytest.mark.parametrize("width", [1, 4])
def test_all_engines_find_the_same_translations_or_ones_that_score_the_same(width: int, tmp_path: Path) -> None:
    net = model()
    to_ctranslate2(net, tmp_path, decoding.as_text(range(net.config.vocabulary)))
    engines = {
        "Hugging Face": decoding._hugging_face(net, None),
        "CTranslate2": decoding._ctranslate2(tmp_path),
    }
    draw = torch.Generator().manual_seed(1)
    sources = [[*torch.randint(3, 120, (5,), generator=draw).tolist(), EOS] for _ in range(20)]
    ours = greedy(net, sources) if width == 1 else beam(net, sources, width, alpha=0.0)
    # A translation that is cut at its limit has no end: what the engines make of it differs.
    kept = [i for i, ids in enumerate(ours) if len(ids) < decoding.longest(sources) - 1]
    assert len(kept) >= 5
    sources, ours = [sources[i] for i in kept], [ours[i] for i in kept]
    for name, engine in engines.items():
        found = decoding.agreement(net, sources, ours, engine(sources, width, 8))
        assert found["identical"] >= 0.8, (name, found)
        assert found["ours_worse"] == 0, (name, found)


def test_marian_has_our_size_but_for_the_two_last_norms_that_a_post_norm_model_does_not_need() -> None:
    config = TransformerConfig(120, **SIZES)
    sizes = [
        sum(p.numel() for p in net.parameters() if p.requires_grad)
        for net in (Transformer(config), training.marian(config))
    ]
    assert sizes[0] - sizes[1] == 2 * 2 * 32


def test_the_ladder_of_a_gpu_can_time_marian() -> None:
    (step,) = (step for step in steps.STEPS if step.peer == "marian")
    config = TransformerConfig(50, **SIZES)
    examples = draw_examples(20, 50)
    batch = examples.batch(cut(examples, "bucketed", 100)[0])
    found = steps.measure(step, config, [batch], torch.device("cpu"), peak=1.0)
    assert found["tokens_per_second"] > 0
