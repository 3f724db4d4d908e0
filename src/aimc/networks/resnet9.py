"""A ResNet-9 of width 16 that classifies coloured 32 x 32 images, on crossbars.

Eight 3 x 3 convolutions and a dense layer in the order of the network on the 64-core chip (A077)
:cite:p:`legallo2023hermes`, with 16 instead of 56 filters in the first layer. Convolutions are
matrix products with image patches. Batch normalisation, ReLU, residual sums and pooling are
digital.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from aimc import datasets
from aimc.chip.run import Compute
from aimc.datasets.coloured import CHANNELS, SIDE, coloured
from aimc.layers.im2col import as_feature_maps, im2col
from aimc.layers.workload import Layer as Workload
from aimc.layers.workload import Network, convolution
from aimc.networks.shipped import ShippedNetwork
from aimc.validation import check_array, check_integer

__all__ = ["ResNet9"]

POOLED = (1, 4, 5)  # pooling by two after these convolutions, counted from zero
RESIDUAL = {3: 2, 7: 6}  # the output of the key is added to the input of the value
BATCH = 25  # images at once: the patches of a layer then fit a processor's cache better
CALIBRATION_IMAGES = 100


class ResNet9(ShippedNetwork):
    """The shipped network: weights, structure and ranges.

    Examples
    --------
    >>> from aimc.networks import ResNet9
    >>> network = ResNet9()
    >>> images, labels = network.test_images(20)
    >>> chip = network.program(serial=1)
    >>> bool(network.accuracy(images, labels, chip.at(86400.0).compute) > 0.5)
    True
    """

    def __init__(self, checkpoint: datasets.Checkpoint | None = None) -> None:
        super().__init__(
            datasets.load_checkpoint("resnet9-coloured") if checkpoint is None else checkpoint
        )

    def _calibration_batches(self) -> list[NDArray[np.float32]]:
        return [_images("train", CALIBRATION_IMAGES)[0]]

    @staticmethod
    def test_images(count: int = 2000) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """Return the first coloured test images (count, 3, 32, 32) and their labels (count,)."""
        return _images("test", check_integer("count", count, low=1, high=2000))

    def workload(self) -> Network:
        """Return the network's matrices as a chip has to hold and use them, per image."""
        side, layers = SIDE, []
        *convolutions, dense = self.checkpoint.weights
        for k, weights in enumerate(convolutions):
            filters, channels = weights.shape[0], weights.shape[1] // 9
            layers.append(convolution(f"conv{k + 1}", channels, filters, (side, side), stage=k))
            side //= 2 if k in POOLED else 1
        last = Workload("dense", dense.shape, stage=len(layers), biases=len(dense))
        return Network("ResNet-9, width 16, coloured", (*layers, last), "image")

    def forward(self, compute: Compute, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return class scores (n, 10) of images (n, 3, 32, 32); see `ShippedNetwork.forward`."""
        return self.scores(x, compute)

    def scores(
        self, images: NDArray[np.float32], compute: Compute | None = None
    ) -> NDArray[np.float32]:
        """Return class scores (n, 10) of images (n, 3, 32, 32).

        Parameters
        ----------
        images : array, shape (n, 3, 32, 32)
            Coloured images in [-1, 1].
        compute : callable, optional
            Computes a layer, e.g. ``chip.compute`` of a programmed chip; `digital` by default.
        """
        check_array("images", images, ndim=4)
        if images.shape[1:] != (CHANNELS, SIDE, SIDE):
            raise ValueError(f"images must have shape (n, 3, 32, 32), got {images.shape}")
        run = self.digital if compute is None else compute
        parts = [self._run(images[k : k + BATCH], run) for k in range(0, len(images), BATCH)]
        return np.concatenate(parts)

    def accuracy(
        self,
        images: NDArray[np.float32],
        labels: NDArray[np.integer],
        compute: Compute | None = None,
    ) -> float:
        """Return the fraction of images classified correctly; parameters as in `scores`."""
        return float(np.mean(self.scores(images, compute).argmax(axis=1) == labels))

    def accuracy_and_loss(
        self,
        images: NDArray[np.float32],
        labels: NDArray[np.integer],
        compute: Compute | None = None,
    ) -> NDArray[np.float64]:
        """Return the fraction classified correctly and the mean cross-entropy, nats, as (2,).

        The loss moves with every score, so it tells small errors apart long before a decision
        changes. Parameters as in `scores`.
        """
        scores = self.scores(images, compute).astype(np.float64)
        right = np.mean(scores.argmax(axis=1) == labels)
        scores -= scores.max(axis=1, keepdims=True)
        true = scores[np.arange(len(labels)), labels]
        return np.array([right, np.mean(np.log(np.exp(scores).sum(axis=1)) - true)])

    @staticmethod
    def _run(x: NDArray[np.float32], compute: Compute) -> NDArray[np.float32]:
        inputs = {}
        for k in range(8):
            inputs[k] = x
            side = x.shape[-1]
            outputs = compute(f"conv{k + 1}", im2col(x, 3, padding=1))
            x = as_feature_maps(np.maximum(outputs, 0), side, side)
            if k in RESIDUAL:
                x = x + inputs[RESIDUAL[k]]
            if k in POOLED:
                x = _pool(x)
        return compute("dense", x.max(axis=(2, 3)))


def _pool(x: NDArray[np.float32]) -> NDArray[np.float32]:
    rows = np.maximum(x[:, :, ::2], x[:, :, 1::2])
    return np.maximum(rows[..., ::2], rows[..., 1::2])


@cache
def _dataset() -> datasets.Dataset:
    return datasets.load("fashion-mnist", subset="10k")


def _images(split: str, count: int) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    everything = _dataset()
    images = everything.x_train if split == "train" else everything.x_test
    labels = everything.y_train if split == "train" else everything.y_test
    return coloured(images[:count], split), labels[:count].copy()
