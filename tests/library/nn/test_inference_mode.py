"""A model that was first used in torch's inference mode can be trained afterwards."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

import aimc  # noqa: E402
import aimc.nn  # noqa: E402

pytestmark = pytest.mark.torch


@pytest.mark.parametrize("preset", ["hermes", "joshi2020", "rasch2023"])
def test_gradients_pass_devices_that_were_read_in_inference_mode(preset: str) -> None:
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(16, 8), torch.nn.ReLU(), torch.nn.Linear(8, 4))
    analog = aimc.convert(model, preset)
    aimc.nn.program(analog, serial=1)
    analog.eval()
    x = torch.rand(5, 16, requires_grad=True)
    with torch.inference_mode():
        first = analog(x)
    analog(x).sum().backward()
    assert x.grad is not None
    assert float(x.grad.abs().sum()) > 0
    assert first.shape == (5, 4)


def test_inference_mode_computes_the_same() -> None:
    torch.manual_seed(0)
    model = torch.nn.Linear(16, 8)
    x = torch.rand(5, 16)
    outputs = []
    for context in (torch.no_grad(), torch.inference_mode()):
        analog = aimc.convert(model, "hermes")
        aimc.nn.program(analog, serial=3)
        with context:
            outputs.append(analog(x).clone())
    assert torch.equal(*outputs)
