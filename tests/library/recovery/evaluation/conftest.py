"""A small trained model and its test data, made once: two classes of it overlap a little."""

from functools import partial
from types import SimpleNamespace

import pytest

import aimc


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    pytest.importorskip("torch").set_num_threads(1)


@pytest.fixture(scope="session")
def case() -> SimpleNamespace:
    """A trained model on HERMES cores, test inputs and labels, and the digital model."""
    torch = pytest.importorskip("torch")
    analog = pytest.importorskip("aimc.nn")
    generator = torch.Generator().manual_seed(3)
    centres = torch.randn(6, 40, generator=generator)
    labels = torch.arange(3300) % 6
    x = centres[labels] + 2.5 * torch.randn(3300, 40, generator=generator)
    torch.manual_seed(3)
    net = torch.nn.Sequential(torch.nn.Linear(40, 24), torch.nn.ReLU(), torch.nn.Linear(24, 6))
    optimiser = torch.optim.Adam(net.parameters(), 0.02)
    for _ in range(40):
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(net(x[:3000]), labels[:3000]).backward()
        optimiser.step()
    net.eval()
    model = analog.convert(net, partial(aimc.presets.hermes, devices=1))
    analog.calibrate(model, x[:3000])
    return SimpleNamespace(
        net=net, model=model, x=x[3000:], labels=labels[3000:], test=(x[3000:], labels[3000:])
    )
