"""Every test runs on one thread and draws from its own seed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from letters import go, write_corpus

from translator.runs.folder import Run


@pytest.fixture(autouse=True)
def _one_thread_and_a_seed() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def float64() -> Iterator[None]:
    """Modules and tensors made in the test are float64, so that equality can be asked for almost exactly."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of sentences to turn around."""
    return write_corpus(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="session")
def whole(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A short run that nothing interrupted."""
    torch.set_num_threads(1)
    return go(tmp_path_factory.mktemp("whole") / "run", corpus)
