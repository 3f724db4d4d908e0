"""The network of the capstone: the small convolutional network, without torch, in float64.

Double precision makes the count of correct images the same on every machine: sums in another order
differ by parts in 10^16 there, and a converter has to be as close as that to a tie before it turns.
"""

from __future__ import annotations

from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from aimc import datasets
from aimc.chip.run import Compute
from aimc.cores import LayerParameters
from aimc.layers.im2col import as_feature_maps, im2col
from aimc.layers.workload import Layer, Network, convolution
from aimc.networks.shipped import ShippedNetwork
from aimc.validation import check_integer
from aimc_course.capstone.design import LAYERS

__all__ = ["MOST_IMAGES", "CapstoneNetwork", "images", "workload"]

MOST_IMAGES = 2000
SIDE = 28
BATCH = 50  # images at once: the patches of a layer then fit a processor's cache better


@cache
def _dataset() -> datasets.Dataset:
    return datasets.load("fashion-mnist", subset="10k")


def images(split: str, count: int) -> tuple[NDArray[np.float64], NDArray[np.integer]]:
    """Return the first images (count, 1, 28, 28) of a split, 0 to 1, and their labels (count,)."""
    check_integer("count", count, low=1, high=MOST_IMAGES)
    kept = _dataset()
    x = kept.x_train if split == "train" else kept.x_test
    labels = kept.y_train if split == "train" else kept.y_test
    # the inputs of all networks here are single precision; what follows is not
    values = datasets.as_inputs(x[:count]).reshape(-1, 1, SIDE, SIDE)
    return values.astype(np.float64), labels[:count].copy()


def workload() -> Network:
    """Return the network's matrices as a chip has to hold and use them, per image."""
    channels, side, layers = (1, 16, 32, 64), SIDE, []
    for k, name in enumerate(LAYERS[:-1]):
        layers.append(convolution(name, channels[k], channels[k + 1], (side, side), stage=k))
        side //= 2
    dense = Layer(LAYERS[-1], (10, channels[-1] * side**2), stage=len(layers), biases=10)
    return Network("small CNN, Fashion-MNIST", (*layers, dense), "image")


class CapstoneNetwork(ShippedNetwork):
    """The small convolutional network in one of its trainings.

    Parameters
    ----------
    training : {"plain", "aware"}
        In floating point, or for the hardware; see `aimc.networks.small_cnn`.

    Examples
    --------
    >>> from aimc_course.capstone.network import CapstoneNetwork, images
    >>> x, labels = images("test", 100)
    >>> network = CapstoneNetwork("aware")
    >>> bool((network.forward(network.digital, x).argmax(axis=1) == labels).mean() > 0.8)
    True
    """

    def __init__(self, training: str) -> None:
        super().__init__(datasets.load_checkpoint(f"cnn-fashion-{training}"))

    @cached_property
    def layers(self) -> dict[str, LayerParameters]:
        """The layers by name, in double precision."""
        kept = self.checkpoint
        wide = [
            [array.astype(np.float64) for array in arrays]
            for arrays in (kept.weights, kept.gains, kept.biases)
        ]
        return {
            name: LayerParameters(weights, gains, biases)
            for name, weights, gains, biases in zip(LAYERS, *wide, strict=True)
        }

    def workload(self) -> Network:
        """Return the network's matrices as a chip has to hold and use them, per image."""
        return workload()

    def forward(self, compute: Compute, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return class scores (n, 10) of images (n, 1, 28, 28); see `ShippedNetwork.forward`."""
        return np.concatenate(
            [self.run_batch(x[k : k + BATCH], compute) for k in range(0, len(x), BATCH)]
        )

    @staticmethod
    def run_batch(x: NDArray[np.float64], compute: Compute) -> NDArray[np.float64]:
        """Return the class scores of images that are computed at once; as `forward`."""
        for name in LAYERS[:-1]:
            side = x.shape[-1]
            outputs = compute(name, im2col(x, 3, padding=1))
            x = _pooled(as_feature_maps(np.maximum(outputs, 0.0), side, side))
        return compute(LAYERS[-1], x.reshape(len(x), -1))


def _pooled(x: NDArray[np.float64]) -> NDArray[np.float64]:
    even = x.shape[-1] // 2 * 2
    rows = np.maximum(x[:, :, 0:even:2, :even], x[:, :, 1:even:2, :even])
    return np.maximum(rows[..., ::2], rows[..., 1::2])
