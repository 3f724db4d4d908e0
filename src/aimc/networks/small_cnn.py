"""A small convolutional network for grey images of clothes, as a model of torch.

Three 3 x 3 convolutions, each with batch normalisation, ReLU and pooling by two, and a dense layer:
some 29,000 weights, which a page can put on ten simulated chips while the reader waits. It comes
in three trainings, all by ``scripts/train_cnn.py``: in plain floating point, hardware-aware from
there, and from there for as long without noise and clipping, as a control.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aimc import datasets
from aimc.validation import check_choice, check_integer

if TYPE_CHECKING:
    import torch

__all__ = ["TRAININGS", "arrays_of", "held_out_set", "small_cnn", "training_set"]

TRAININGS = ("plain", "aware", "longer")
CHANNELS = (1, 16, 32, 64)
SIDE = 3  # pixels of the last feature map
EPSILON = 1e-5


def small_cnn(training: str | None = "plain") -> torch.nn.Sequential:
    """Return the network, for images of shape (n, 1, 28, 28), in evaluation mode.

    Parameters
    ----------
    training : {"plain", "aware", "longer"} or None
        Trained in floating point; for the hardware from there; or from there for as long, without
        noise and clipping. ``None`` is untrained, with first weights from torch's own generator.

    Examples
    --------
    >>> from aimc.networks.small_cnn import small_cnn
    >>> sum(p.numel() for p in small_cnn().parameters())
    29178
    """
    from torch import nn

    layers: list[nn.Module] = []
    for a, b in pairwise(CHANNELS):
        layers += [
            nn.Conv2d(a, b, 3, padding=1, bias=False),
            nn.BatchNorm2d(b, eps=EPSILON),
            nn.ReLU(),
            nn.MaxPool2d(2),
        ]
    network = nn.Sequential(*layers, nn.Flatten(), nn.Linear(CHANNELS[-1] * SIDE**2, 10))
    if training is not None:
        check_choice("training", training, TRAININGS)
        network.load_state_dict(_state(datasets.load_checkpoint(f"cnn-fashion-{training}")))
    return network.eval()


def _state(kept: datasets.Checkpoint) -> dict[str, Any]:
    """Return a checkpoint's arrays by the names of the torch model."""
    import torch

    state: dict[str, Any] = {}
    depth = len(CHANNELS) - 1
    for k in range(depth):
        shape = (CHANNELS[k + 1], CHANNELS[k], 3, 3)
        state[f"{4 * k}.weight"] = torch.from_numpy(kept.weights[k].reshape(shape).copy())
        for ours, theirs in _NORM.items():
            state[f"{4 * k + 1}.{theirs}"] = torch.from_numpy(kept.tables[f"{ours}{k}"].copy())
        state[f"{4 * k + 1}.num_batches_tracked"] = torch.tensor(0)
    state[f"{4 * depth + 1}.weight"] = torch.from_numpy(kept.weights[depth].copy())
    state[f"{4 * depth + 1}.bias"] = torch.from_numpy(kept.biases[depth].copy())
    return state


_NORM = {
    "norm_weight": "weight",
    "norm_bias": "bias",
    "norm_mean": "running_mean",
    "norm_var": "running_var",
}


def arrays_of(network: torch.nn.Sequential) -> dict[str, NDArray[np.float32]]:
    """Return what a checkpoint of the network holds: matrices (out, in), and the digital numbers.

    Parameters
    ----------
    network : torch.nn.Module
        From `small_cnn`.
    """
    state = {key: value.detach().numpy() for key, value in network.state_dict().items()}
    arrays: dict[str, NDArray[np.float32]] = {}
    depth = len(CHANNELS) - 1
    for k in range(depth):
        arrays[f"weight{k}"] = state[f"{4 * k}.weight"].reshape(CHANNELS[k + 1], -1)
        norm = {ours: state[f"{4 * k + 1}.{theirs}"] for ours, theirs in _NORM.items()}
        gain = norm["norm_weight"] / np.sqrt(norm["norm_var"] + EPSILON)
        arrays[f"gain{k}"] = gain.astype(np.float32)
        offset = norm["norm_bias"] - gain * norm["norm_mean"]
        arrays[f"bias{k}"] = offset.astype(np.float32)
        arrays |= {f"{name}{k}": value for name, value in norm.items()}
    arrays[f"weight{depth}"] = state[f"{4 * depth + 1}.weight"]
    arrays[f"bias{depth}"] = state[f"{4 * depth + 1}.bias"]
    return arrays


def training_set(count: int = 10_000) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the first training images (count, 1, 28, 28), 0 to 1, and their labels (count,)."""
    check_integer("count", count, low=1, high=10_000)
    kept = datasets.load("fashion-mnist", subset="10k")
    return _as_tensors(kept.x_train[:count], kept.y_train[:count])


def held_out_set(count: int = 2000) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the first test images (count, 1, 28, 28), 0 to 1, and their labels (count,)."""
    check_integer("count", count, low=1, high=2000)
    kept = datasets.load("fashion-mnist", subset="10k")
    return _as_tensors(kept.x_test[:count], kept.y_test[:count])


def _as_tensors(images: Any, labels: Any) -> tuple[torch.Tensor, torch.Tensor]:
    import torch

    x = torch.from_numpy(datasets.as_inputs(images)).reshape(-1, 1, 28, 28)
    return x, torch.from_numpy(labels.astype(np.int64))
