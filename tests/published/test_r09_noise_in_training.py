"""R09: accuracy against noise on the weights, for networks trained with several sizes of it.

The published curves are those of ResNet-32 on CIFAR-10; ours those of a perceptron on the shipped
images, so shapes are compared and not values. All networks start from the same weights and meet the
same draws of noise. Confidence: an interval of 95 % of the differences in pairs over the draws.
"""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import aimc  # noqa: E402
import aimc.nn  # noqa: E402
from aimc import datasets  # noqa: E402
from aimc.published import fact  # noqa: E402
from aimc.recovery.training import (  # noqa: E402
    GaussianNoise,
    Optimisation,
    recipe,
    train,
)
from aimc.statistics import mean_interval  # noqa: E402

NOISES = (0.0, 0.05, 0.12)
DRAWS = 8
TRAININGS = (1, 2, 3)  # one training differs from the next by 0.2 points


def tensors() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    data = datasets.load("fashion-mnist", subset="10k")
    images = (torch.from_numpy(datasets.as_inputs(x)).float() for x in (data.x_train, data.x_test))
    labels = (torch.from_numpy(y.astype(np.int64)) for y in (data.y_train, data.y_test))
    return *images, *labels


@cache
def digital() -> torch.nn.Sequential:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    x, _, y, _ = tensors()
    linear, relu = torch.nn.Linear, torch.nn.ReLU
    model = torch.nn.Sequential(
        linear(784, 64), relu(), linear(64, 64), relu(), linear(64, 64), relu(), linear(64, 10)
    )
    optimiser = torch.optim.Adam(model.parameters(), 2e-3)
    for _ in range(8):
        for chosen in torch.randperm(len(x)).split(128):
            optimiser.zero_grad()
            torch.nn.functional.cross_entropy(model(x[chosen]), y[chosen]).backward()
            optimiser.step()
    return model


@cache
def accuracies(trained: float, rng: int = 1) -> dict[float, np.ndarray]:
    """Return accuracies (%) by noise in use, one per draw, after training with a noise."""
    x, x_test, y, y_test = tensors()
    analog = aimc.nn.convert(digital(), aimc.presets.joshi2020)
    own = replace(
        recipe("joshi2020"),
        noise=GaussianNoise(trained),
        optimisation=Optimisation("adam", 1e-3, epochs=5, batch_size=128),
    )
    train(analog, (x, y), own, rng=rng, progress=False)
    found = {}
    for used in NOISES:
        scores = []
        for draw in range(DRAWS):
            for k, layer in enumerate(aimc.nn.analog_layers(analog).values()):
                layer.weight_noise = GaussianNoise(used, rng=100 * draw + k)
            with torch.no_grad():
                scores.append(float((analog(x_test).argmax(1) == y_test).double().mean()))
        found[used] = 100 * np.array(scores)
    return found


@pytest.mark.filterwarnings("ignore::aimc.RangeWarning")
def test_more_noise_in_training_is_better_up_to_that_in_use() -> None:
    none, some, most = NOISES
    found = {(noise, used): a for noise in NOISES for used, a in accuracies(noise).items()}
    # under strong noise each step of training noise is a gain, and more so the stronger it is
    assert mean_interval(found[most, most] - found[none, most]).low > 0
    assert found[none, most].mean() < found[some, most].mean() < found[most, most].mean()
    gains = [(found[most, used] - found[none, used]).mean() for used in NOISES]
    assert gains[0] < gains[2]
    # where there is none, strong noise in training is no gain
    assert gains[0] < 0.3


@pytest.mark.filterwarnings("ignore::aimc.RangeWarning")
def test_networks_keep_their_accuracy_up_to_the_published_noise() -> None:
    """On average half a point below the baseline at most, trained with the noise that they meet."""
    tolerated = fact("C011").number / 100
    assert tolerated in NOISES
    loss = [
        accuracies(0.0, rng)[0.0].mean() - accuracies(tolerated, rng)[tolerated].mean()
        for rng in TRAININGS
    ]
    assert np.mean(loss) < 0.5
    # and noise hurts at all: what is compared is no constant
    untrained = accuracies(0.0)[0.0] - accuracies(0.0)[NOISES[-1]]
    assert mean_interval(untrained).low > 0
    assert untrained.mean() > 1.0
