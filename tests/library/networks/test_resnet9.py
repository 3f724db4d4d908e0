from functools import cache

import numpy as np
import pytest

from aimc import datasets
from aimc.chip import resnet9_cifar10
from aimc.chip.mapping import cores_needed
from aimc.networks import BARS, ResNet9, layers_at
from aimc.statistics import mean_interval

pytestmark = pytest.mark.native("it repeats for long what other tests run there")

DAY = 86400.0
IMAGES, CHIPS = 200, 10


@cache
def network() -> ResNet9:
    return ResNet9()


@cache
def accuracies(t: float, compensate: bool = True, chips: int = CHIPS) -> np.ndarray:
    """Accuracy (%) of the same images on each chip."""
    images, labels = network().test_images(IMAGES)
    return np.array(
        [
            100
            * network().accuracy(
                images, labels, layers_at(network(), serial, t=t, compensate=compensate)
            )
            for serial in range(chips)
        ]
    )


@cache
def digital() -> float:
    return 100 * network().accuracy(*network().test_images(IMAGES))


def test_structure_is_that_of_the_published_network() -> None:
    ours, published = network().workload(), resnet9_cifar10()
    assert [x.name for x in ours.layers] == [x.name for x in published.layers]
    assert [x.mvms for x in ours.layers] == [x.mvms for x in published.layers]
    widths = [layer.shape[0] for layer in ours.layers]
    assert widths == [16, 32, 32, 32, 64, 64, 64, 64, 10]
    assert ours.weights == sum(w.size for w in network().checkpoint.weights)
    assert network().program().plan.mapping.cores == cores_needed(ours) == 18


@pytest.mark.slow
def test_recorded_accuracy_is_right() -> None:
    images, labels = network().test_images()
    info = network().checkpoint.info
    assert len(labels) == info["test_samples"] == 2000
    # Rounding may flip a decision on another machine, not more.
    right = network().accuracy(images, labels) * len(labels)
    assert right == pytest.approx(info["test_correct"], abs=1)


@pytest.mark.slow
def test_ten_chips_work_at_once_and_after_a_day() -> None:
    fresh, day = mean_interval(accuracies(0.0)), mean_interval(accuracies(DAY))
    assert fresh.n == day.n == CHIPS
    assert fresh.low > digital() - 3
    assert day.low > digital() - 5
    assert max(fresh.half_width, day.half_width) < 1.0
    assert fresh.mean > 80


def test_without_drift_compensation_a_day_costs_accuracy() -> None:
    with_, without = accuracies(DAY)[:3], accuracies(DAY, compensate=False, chips=3)
    assert np.all(without < with_)
    assert without.mean() < with_.mean() - 3


def test_same_serial_is_the_same_chip() -> None:
    images, _ = network().test_images(3)
    first, again, other = (network().scores(images, layers_at(network(), s)) for s in (4, 4, 5))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.01


@pytest.mark.portable
def test_perfect_crossbars_are_the_floating_point_network() -> None:
    images, _ = network().test_images(5)
    perfect = layers_at(network(), hardware=BARS["floating point"])
    np.testing.assert_allclose(
        network().scores(images, perfect), network().scores(images), atol=1e-4
    )


@pytest.mark.torch
def test_scores_equal_those_of_torch() -> None:
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional
    checkpoint = network().checkpoint
    images, _ = network().test_images(8)
    pooled, residual = (1, 4, 5), {3: 2, 7: 6}
    x, inputs = torch.from_numpy(images), {}
    for k in range(8):
        inputs[k] = x
        weight = torch.from_numpy(checkpoint.weights[k])
        kernels = weight.reshape(len(weight), -1, 3, 3)
        y = functional.conv2d(x, kernels, padding=1)
        gain, bias = (torch.from_numpy(v[k]) for v in (checkpoint.gains, checkpoint.biases))
        x = functional.relu(gain[:, None, None] * y + bias[:, None, None])
        x = x + inputs[residual[k]] if k in residual else x
        x = functional.max_pool2d(x, 2) if k in pooled else x
    dense, bias = (torch.from_numpy(v[8]) for v in (checkpoint.weights, checkpoint.biases))
    expected = functional.linear(functional.max_pool2d(x, 4).flatten(1), dense, bias)
    np.testing.assert_allclose(network().scores(images), expected.numpy(), atol=2e-4)


@pytest.mark.torch
def test_training_script_learns_and_its_folded_network_is_the_trained_one(script) -> None:
    torch = pytest.importorskip("torch")
    train_resnet9 = script("train_resnet9")
    whole = datasets.load()
    few = datasets.Dataset(
        whole.x_train[:192], whole.y_train[:192], whole.x_test[:8], whole.y_test[:8],
        whole.classes, "few", "test", "",
    )  # fmt: skip
    trained = train_resnet9.train(few, seed=1, epochs=2)
    bound = train_resnet9.WEIGHT_CLIP * trained.dense.weight.detach().std() * 1.1
    assert float(trained.dense.weight.detach().abs().max()) <= float(bound)
    arrays = train_resnet9.folded(trained)
    shipped = network().checkpoint
    folded = datasets.Checkpoint(
        tuple(arrays[f"weight{k}"].astype(np.float32) for k in range(9)),
        tuple(arrays[f"bias{k}"] for k in range(9)),
        tuple(arrays[f"gain{k}"] for k in range(9)),
        {}, "trained", 0.0, shipped.info,
    )  # fmt: skip
    images, _ = network().test_images(4)
    with torch.no_grad():
        expected = trained(torch.from_numpy(images)).numpy()
    np.testing.assert_allclose(ResNet9(folded).scores(images), expected, atol=0.02)


def test_loss_is_the_cross_entropy() -> None:
    images, labels = network().test_images(30)
    right, loss = network().accuracy_and_loss(images, labels)
    assert right == network().accuracy(images, labels)
    scores = network().scores(images).astype(np.float64)
    chance = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    assert loss == pytest.approx(-np.log(chance[np.arange(30), labels]).mean())


def test_bad_images_are_refused() -> None:
    with pytest.raises(ValueError, match=r"images.*\(n, 3, 32, 32\)"):
        network().scores(np.zeros((1, 3, 28, 28), np.float32))
    with pytest.raises(ValueError, match="count=0"):
        network().test_images(0)
