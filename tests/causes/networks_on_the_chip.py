"""Controls of the chapter on networks on the chip."""

import numpy as np
from controls import control, matrix

from aimc.chip.run import Compute
from aimc.layers.im2col import as_feature_maps, im2col
from aimc.networks import BARS, ResNet9, layers_at
from aimc.networks.resnet9 import POOLED, RESIDUAL

PAGE = "3-chip/08-networks-on-the-chip"


def pooled(y: np.ndarray, largest: bool) -> np.ndarray:
    """Return maps (images, side, side, channels), pooled two by two."""
    images, side, _, channels = y.shape
    blocks = y.reshape(images, side // 2, 2, side // 2, 2, channels)
    return blocks.max(axis=(2, 4)) if largest else blocks.mean(axis=(2, 4))


@control(
    page=PAGE,
    claim="Noise that is fresh for each pixel shifts a network more than noise of one moment, "
    "because max pooling picks the largest of values whose noise differs.",
    without="mean pooling",
    quantity="shift of the mean pooled output, fresh minus one moment, in sizes of the noise",
    shows=lambda with_, without: with_.min() > 0.06 and np.abs(without).max() < 0.01,
)
def max_pooling_picks_the_largest(weights: str, seed: int, cause: bool) -> float:
    rng, w = np.random.default_rng(seed), matrix(weights, (48, 27), seed)
    shade = rng.normal(size=(6, 1, 1, 3)) + 0.3 * rng.normal(size=(6, 18, 18, 3))
    image = np.maximum(shade, 0.0)  # pixels of an image are much alike
    patches = [image[:, r : r + 16, c : c + 16] for r in range(3) for c in range(3)]
    x = np.concatenate(patches, axis=-1)
    y = x @ w.T
    shifts, size = [], 0.05 * np.linalg.norm(x, axis=-1, keepdims=True)
    for _ in range(16):
        moment = x @ (0.05 * rng.normal(size=w.shape)).T
        fresh = size * rng.normal(size=y.shape)
        # either sign of the same noise is as likely
        made = [
            np.mean(pooled(y + e, cause) + pooled(y - e, cause) - 2 * pooled(y, cause)) / 2
            for e in (fresh, moment)
        ]
        shifts.append(made[0] - made[1])
    return float(np.mean(shifts) / np.sqrt(np.mean(size**2)))


@control(
    page=PAGE,
    claim="A common drift changes the decisions of a network with ReLU, because digital offsets do "
    "not shrink along.",
    without="a network without offsets",
    quantity="decisions that drift of all weights to 0.8 changes, %",
    shows=lambda with_, without: with_.min() > 2 and without.max() == 0,
)
def offsets_do_not_shrink(weights: str, seed: int, cause: bool) -> float:
    rng = np.random.default_rng(seed)
    first, second = matrix(weights, (64, 32), seed), matrix(weights, (10, 64), seed + 1)
    x, choices = rng.normal(size=(600, 32)), []
    offset = cause * rng.normal(size=64) * np.std(x @ first.T)
    for kept in (1.0, 0.8):
        hidden = np.maximum(kept * (x @ first.T) + offset, 0.0)
        choices.append((kept * (hidden @ second.T)).argmax(axis=1))
    return 100 * float(np.mean(choices[0] != choices[1]))


@control(
    page=PAGE,
    claim="A layer whose filters respond to differences of colours has a large relative error, "
    "because large products of opposite sign cancel while their errors do not.",
    without="pixels that have nothing in common, so that nothing cancels",
    quantity="error of the outputs over their standard deviation",
    shows=lambda with_, without: with_.min() > 2 * without.max(),
)
def products_of_differences_cancel(weights: str, seed: int, cause: bool) -> float:
    rng, w = np.random.default_rng(seed), matrix(weights, (16, 27), seed)
    w = w - w.mean(axis=1, keepdims=True)  # filters that respond to differences
    shade = rng.normal(size=(400, 1)) if cause else rng.normal(size=(400, 27))
    x = shade + 0.3 * rng.normal(size=(400, 27))
    wrong = 0.05 * np.abs(w).max() * rng.normal(size=w.shape)
    return float(np.std(x @ wrong.T) / np.std(x @ w.T))


def through(
    images: np.ndarray, compute: Compute, means: list[np.ndarray] | None = None
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return the scores of the ResNet-9 and the mean of each pooled channel.

    With `means` the pooled channels are moved to these means.
    """
    found: list[np.ndarray] = []

    def kept(x: np.ndarray) -> np.ndarray:
        mean = x.mean(axis=(0, 2, 3), keepdims=True)
        found.append(mean)
        return x if means is None else x + (means[len(found) - 1] - mean).astype(x.dtype)

    x, inputs = images, {}
    for k in range(8):
        inputs[k], side = x, x.shape[-1]
        outputs = compute(f"conv{k + 1}", im2col(x, 3, padding=1))
        x = as_feature_maps(np.maximum(outputs, 0), side, side)
        if k in RESIDUAL:
            x = x + inputs[RESIDUAL[k]]
        if k in POOLED:
            rows = np.maximum(x[:, :, ::2], x[:, :, 1::2])
            x = kept(np.maximum(rows[..., ::2], rows[..., 1::2]))
    x = kept(x.max(axis=(2, 3), keepdims=True))
    return compute("dense", x[:, :, 0, 0]), found


@control(
    page=PAGE,
    claim="A third or more of what noise that is fresh for each read costs the ResNet-9 comes from "
    "the shift of the means by max pooling.",
    without="the mean of each pooled channel moved to its value without read noise",
    quantity="rise of the loss by fresh noise on 100 images, thousandths of a nat",
    shows=lambda with_, without: with_.min() > 0 and without.mean() < 0.72 * with_.mean(),
    weights=("one device", "two devices"),
    seeds=(0, 1, 2, 3),
)
def a_shift_of_means_costs_part(weights: str, seed: int, cause: bool) -> float:
    network, devices = ResNet9(), ("one device", "two devices").index(weights) + 1
    images, labels = network.test_images(100)
    quiet, means = through(images, layers_at(network, seed, BARS["both"], devices))
    loud = layers_at(network, seed, devices=devices, read_noise="fresh")
    noisy, _ = through(images, loud, None if cause else means)

    def loss(scores: np.ndarray) -> float:
        size = np.log(np.exp(scores.astype(float)).sum(axis=1))
        return float(np.mean(size - scores[np.arange(len(labels)), labels]))

    return 1000 * (loss(noisy) - loss(quiet))
