"""What all tests of torch models start from: one thread, and the same random weights each time."""

import pytest


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    torch.manual_seed(5)
