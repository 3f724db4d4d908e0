"""A perceptron whose layers learn in memory, one image after another."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from aimc.in_memory_training.rule import UpdateRule
from aimc.validation import check_array, check_number

__all__ = ["Perceptron"]


class Perceptron:
    """Dense layers with a tanh between them and a softmax at the end, trained by pulses.

    Each layer gets one input more than the layer before has outputs: a constant one, whose weights
    are the biases. Multiplications are exact here, so that what is seen is what learning does.

    Parameters
    ----------
    layers : sequence of UpdateRule
        One rule per layer, each with a matrix of the shape (out, in + 1).

    Raises
    ------
    ValueError
        If there is no layer, or shapes do not follow each other.
    """

    def __init__(self, layers: Sequence[UpdateRule]) -> None:
        if not layers:
            raise ValueError("layers must hold at least one rule, got none")
        for k, (first, second) in enumerate(pairwise(layers)):
            if second.matrix.shape[1] != first.matrix.shape[0] + 1:
                raise ValueError(
                    f"layers[{k + 1}] must have {first.matrix.shape[0] + 1} inputs (one for the "
                    f"bias), got {second.matrix.shape[1]}"
                )
        self.layers = tuple(layers)

    def logits(self, images: np.ndarray) -> np.ndarray:
        """Return the last layer's outputs, shape (batch, classes)."""
        check_array("images", images, ndim=2, last=self.layers[0].matrix.shape[1] - 1)
        return self._forward(images)[-1]

    def accuracy(self, images: np.ndarray, labels: np.ndarray) -> float:
        """Return the share of images whose largest output is their label."""
        return float(np.mean(np.argmax(self.logits(images), axis=-1) == labels))

    def epoch(
        self, images: np.ndarray, labels: np.ndarray, rate: float, rng: np.random.Generator
    ) -> None:
        """Learn from every image once, in random order, by the gradient of the cross entropy."""
        check_array("images", images, ndim=2, last=self.layers[0].matrix.shape[1] - 1)
        check_number("rate", rate, low=0.0, open_low=True)
        if np.shape(labels) != (len(images),):
            raise ValueError(f"labels must have the shape {(len(images),)}, got {np.shape(labels)}")
        for k in rng.permutation(len(images)):
            self._learn(images[k], int(labels[k]), rate)

    def _forward(self, images: np.ndarray) -> list[np.ndarray]:
        values = [images]
        for k, layer in enumerate(self.layers):
            weights = layer.weights
            out = values[-1] @ weights[:, :-1].T + weights[:, -1]
            values.append(out if k == len(self.layers) - 1 else np.tanh(out))
        return values

    def _learn(self, image: np.ndarray, label: int, rate: float) -> None:
        values = self._forward(image)
        scores = np.exp(values[-1] - values[-1].max())
        d = scores / scores.sum()
        d[label] -= 1.0
        for layer, x in zip(reversed(self.layers), reversed(values[:-1]), strict=True):
            back = layer.weights[:, :-1].T @ d
            layer.update(d, np.append(x, 1.0), rate)
            d = back * (1.0 - x**2)
