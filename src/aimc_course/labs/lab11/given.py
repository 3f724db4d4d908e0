"""What students of lab 11 are given: targets, noisy gradients, and errors of a reference."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from aimc.datasets.small_digits import digit_inputs, digits
from aimc.in_memory_training import (
    AdaptiveReference,
    ChoppedTikiTaka,
    DeviceMatrix,
    Perceptron,
    StochasticGradientDescent,
    TikiTaka2,
    Transfer,
    UpdateRule,
    fast_matrix,
)
from aimc_course.labs.devices.own_lot import DEVICES, devices_of, lot_model

UPDATES, LAST = 400, 100  # updates, and those at the end over which weights are averaged
NOISE = 0.8  # of a gradient; plus or minus
RATE = 0.1  # of plain gradient descent
PUSH, GAIN = 0.4, 0.1  # of the fast array, and of what is read from it
ALTERNATIONS = 400  # pairs of pulses of the reference answer
OFFSETS = np.array([0.0, 0.1, 0.2, 0.4])  # standard deviations of the reference's error
CHOP = 0.05  # probability that a sign turns after an update
WRONG_ZERO = 0.2  # error of the perceptron's reference
CLASSES, INPUTS = 10, 65  # of the perceptron; one input is constant
RULES: dict[str, Callable[..., UpdateRule]] = {
    rule.__name__: rule for rule in (TikiTaka2, ChoppedTikiTaka, AdaptiveReference)
}
RECIPE = ("rule", "rates", "chop")  # what may be chosen
EPOCHS = 4


def targets(serial: int) -> tuple[np.ndarray]:
    """Return what each of the 128 devices should learn, between -0.6 and 0.6."""
    return (np.random.default_rng([serial, 11, 10]).uniform(-0.6, 0.6, DEVICES),)


def noise(serial: int) -> tuple[np.ndarray]:
    """Return what is added to each gradient: plus or minus 0.8, shape (updates, devices)."""
    rng = np.random.default_rng([serial, 11, 11])
    return (NOISE * rng.choice([-1.0, 1.0], (UPDATES, DEVICES)),)


def data_sheet(serial: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the symmetry points of array A, and standard normal errors, one per device."""
    errors = np.random.default_rng([serial, 11, 12]).standard_normal(DEVICES)
    return devices_of(serial, "A").symmetry_point(), errors


def signs(serial: int) -> tuple[np.ndarray]:
    """Return signs that turn now and then, one per update and device: all begin with plus."""
    turns = np.random.default_rng([serial, 11, 13]).random((UPDATES, DEVICES)) < CHOP
    turns[0] = False
    return (np.cumprod(np.where(turns, -1.0, 1.0), axis=0),)


@lru_cache(maxsize=2)
def images() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return images of digits (n, 64) and their labels, to learn from and to test with."""
    data = digits()
    learned, tested = digit_inputs(data.x_train), digit_inputs(data.x_test)
    return (
        np.asarray(learned, float),
        np.asarray(data.y_train),
        np.asarray(tested, float),
        np.asarray(data.y_test),
    )


@lru_cache(maxsize=16)
def learned(
    serial: int, rule: str, rates: tuple[float, ...], **options: float
) -> tuple[UpdateRule, float]:
    """Return a layer of a student's devices that has learned, and its share of the test images.

    Without one of the rules by name, plain pulses teach it. The notebook's ``learn_digits`` does
    the same step by step.
    """
    rng, model, shape = np.random.default_rng(serial), lot_model(serial), (CLASSES, INPUTS)
    slow = DeviceMatrix(model.fabricate(shape, serial), rng=rng)
    fast = fast_matrix(model, shape, serial=serial + 1, rng=rng, offset=WRONG_ZERO)
    layer: UpdateRule = StochasticGradientDescent(slow, rng=rng)
    if rule in RULES:
        layer = RULES[rule](slow, fast, rng=rng, transfer=Transfer(rate=1.0), **options)
    x, y, x_test, y_test = images()
    network = Perceptron([layer])
    for rate in rates:
        network.epoch(x, y, rate, rng)
    return layer, network.accuracy(x_test, y_test)
