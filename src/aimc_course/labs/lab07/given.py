"""What students of lab 7 are given: a matrix with a long tail, two inputs, chips and images."""

from functools import cache
from typing import Any

import numpy as np

CHIPS = 3
TIMES = ("1 h", "1 d", "1 y")
IMAGES, ADAPTATION = 400, 300  # test images that count, training images for the ranges
CLIP = 2.5  # standard deviations
SIZE = 29_178 + 2 * (16 + 32 + 64) + 3  # numbers of the network, statistics and counters included


def matrix(serial: int) -> tuple[np.ndarray]:
    """Return weights (out, in) of which a few stand far out, differently many in each output."""
    rng = np.random.default_rng([serial, 7, 0])
    w = 0.1 * rng.standard_normal((40, 200))
    far = rng.integers(0, 200, (40, 3))
    w[np.arange(40)[:, None], far] *= rng.uniform(2.0, 6.0, (40, 3))
    return (w,)


def inputs(serial: int) -> tuple[np.ndarray, np.ndarray]:
    """Return two input vectors (200,) as a ReLU leaves them, alike to some degree."""
    rng = np.random.default_rng([serial, 7, 1])
    common = rng.standard_normal(200)
    one, other = (common + rng.uniform(0.6, 1.2) * rng.standard_normal(200) for _ in range(2))
    return np.maximum(one, 0.0), np.maximum(other, 0.0)


def chips(serial: int) -> tuple[np.ndarray]:
    """Return the serial numbers of a student's three chips."""
    return (serial + 1000 * np.arange(CHIPS, dtype=np.int64),)


@cache
def data() -> tuple[Any, Any, Any]:
    """Return test images and labels that count, and training images for the ranges."""
    from aimc.networks.small_cnn import held_out_set, training_set

    images, labels = held_out_set(IMAGES)
    return images, labels, training_set(ADAPTATION)[0]


def on_cores(network: Any) -> Any:
    """Return a network on cores of the 2023 model: a scale per output, calibrated ranges."""
    import aimc
    import aimc.nn

    analog = aimc.nn.convert(network, aimc.presets.rasch2023, weight_range="output")
    aimc.nn.calibrate(analog, [data()[2]])
    return analog


def measured(network: Any, serial: int) -> np.ndarray:
    """Return the accuracy of a network, 0 to 1, on a student's chips over time, shape (3, 3)."""
    import torch

    from aimc.recovery.evaluation import evaluate

    torch.set_num_threads(1)
    images, labels, _ = data()
    found = evaluate(
        on_cores(network),
        (images, labels),
        chips=chips(serial)[0].tolist(),
        times=TIMES,
        compensation="global",
        progress=False,
    )
    return np.asarray(found.values.mean(axis=-1))


def as_vector(network: Any) -> np.ndarray:
    """Return all numbers of a torch network as one vector, in the order of its state."""
    return np.concatenate([v.detach().numpy().ravel() for v in network.state_dict().values()])


def from_vector(numbers: Any) -> Any:
    """Return the network whose numbers `as_vector` gave."""
    import torch

    from aimc.networks.small_cnn import small_cnn

    network, left = small_cnn(None), torch.as_tensor(np.array(numbers, dtype=np.float64))
    state = network.state_dict()
    for name, value in state.items():
        state[name] = left[: value.numel()].reshape(value.shape).to(value.dtype)
        left = left[value.numel() :]
    network.load_state_dict(state)
    return network.eval()
