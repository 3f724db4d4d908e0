"""Low-rank adapters of `peft` beside weights that stay on the chip."""

import pytest

torch = pytest.importorskip("torch")
peft = pytest.importorskip("peft")

import aimc  # noqa: E402
import aimc.nn  # noqa: E402
from aimc.recovery.training import GaussianNoise, Recipe, noisy_training  # noqa: E402

pytestmark = pytest.mark.torch


def adapted(model: torch.nn.Module) -> torch.nn.Module:
    torch.manual_seed(1)
    return peft.get_peft_model(model, peft.LoraConfig(r=4, target_modules=["0", "2"]))


def fit(model: torch.nn.Module, x: torch.Tensor, labels: torch.Tensor) -> list[float]:
    """Train what may be trained, and return the losses on the way."""
    trained = [each for each in model.parameters() if each.requires_grad]
    optimiser, losses = torch.optim.Adam(trained, 0.02), []
    for _ in range(60):
        optimiser.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(x), labels)
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    return losses


def test_adapters_learn_what_a_year_on_the_chip_has_lost_and_the_chip_stays(small) -> None:
    x, labels = small.blobs()
    digital = small.perceptron()
    optimiser = torch.optim.Adam(digital.parameters(), 0.02)
    for _ in range(80):
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(digital(x), labels).backward()
        optimiser.step()
    chip = aimc.nn.convert(digital, "hermes").eval()
    aimc.nn.calibrate(chip, [x])
    aimc.nn.at(aimc.nn.program(chip), "1 year")
    held = [chip[k].weights().clone() for k in (0, 2)]
    written = [chip[k].weight.detach().clone() for k in (0, 2)]

    model = adapted(chip)
    trained = [name for name, each in model.named_parameters() if each.requires_grad]
    assert trained
    assert all("lora_" in name for name in trained)
    losses = fit(model, x, labels)
    ideal = float(torch.nn.functional.cross_entropy(digital(x), labels))
    assert losses[0] > ideal + 0.02
    assert sum(losses[-10:]) / 10 < losses[0] - 0.5 * (losses[0] - ideal)
    for k, now, parameter in zip((0, 2), held, written, strict=True):
        layer = model.base_model.model[k].base_layer
        assert torch.equal(layer.weights(), now)
        assert torch.equal(layer.weight, parameter)


def test_adapters_are_trained_with_noise_in_place_of_devices(small) -> None:
    x, labels = small.blobs()
    chip = small.analog()
    noisy_training(chip, Recipe(noise=GaussianNoise(0.05, on="outputs")), x)
    losses = fit(adapted(chip), x, labels)
    assert sum(losses[-10:]) < 0.7 * sum(losses[:10])
