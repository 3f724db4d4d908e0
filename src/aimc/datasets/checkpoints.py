"""Trained weights that are shipped with the package, each with its checksum."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aimc.datasets import files
from aimc.datasets.files import REINSTALL, fingerprint, read_npz, verify
from aimc.validation import check_choice

__all__ = [
    "CHECKPOINT_SHA256",
    "Checkpoint",
    "checkpoint_order",
    "load_checkpoint",
    "read_weights",
]

# `fingerprint` of the arrays.
CHECKPOINT_SHA256 = {
    "cnn-fashion-aware": "5812f66aecda4afd3f489b66e0edc714b9781a9d5fb6a8c3922f40cbdafc9c99",
    "cnn-fashion-longer": "ec40c98e3f8a9b94725226cea1feb83324fbad3e530933c2b050f7fc10245230",
    "cnn-fashion-plain": "f2dd9d3971ec79457f15c0ae0c1aaeca9c1023177016ac4c93d538c6d8c948d3",
    "resnet9-coloured": "0b798258df22e34d14c720c6e257933eabc843033c1e636183fbbdcf22d60a40",
    "lstm-course": "c3e878d440dfa7c6ae35c7f196b72623e93a3f3a04a977e77a24252ab1950e2e",
    "mlp-fashion-mnist": "eefae3e2e850aadc12d3900ebeaac82cca4441b59894442661e1d63c57816bc2",
}


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """Trained weights: one matrix per layer, and what the digital side needs beside them.

    Layer k computes ``gains[k] * (weights[k] @ x) + biases[k]``. Only the matrices are made for a
    crossbar. What happens between the layers is the network's business.

    Attributes
    ----------
    weights : tuple of numpy.ndarray
        One float32 matrix of shape ``(out, in)`` per layer, first layer first.
    biases : tuple of numpy.ndarray
        One float32 vector of shape ``(out,)`` per layer.
    gains : tuple of numpy.ndarray
        One float32 vector of shape ``(out,)`` per layer: a folded batch normalisation, or ones.
    tables : mapping
        Further arrays by name, e.g. an embedding; empty for most networks.
    name : str
        That of the file, with hyphens: the one for `load_checkpoint`.
    test_accuracy : float
        Fraction of the test samples of ``info["data"]`` predicted correctly in floating point.
    info : mapping
        How it was trained: ``command``, ``seed``, ``data``, ``data_sha256``, hyperparameters.
    """

    weights: tuple[NDArray[np.float32], ...] = field(repr=False)
    biases: tuple[NDArray[np.float32], ...] = field(repr=False)
    gains: tuple[NDArray[np.float32], ...] = field(repr=False)
    tables: Mapping[str, NDArray[np.float32]] = field(repr=False)
    name: str
    test_accuracy: float
    info: Mapping[str, Any] = field(repr=False)


def load_checkpoint(name: str = "mlp-fashion-mnist") -> Checkpoint:
    """Return trained weights that are shipped with this package.

    ``"mlp-fashion-mnist"`` is a 784-256-10 perceptron with biases, trained in FP32 on the 10k
    subset. Its inputs are `as_inputs`, its output the ten class scores. ``"resnet9-coloured"`` and
    ``"lstm-course"`` are the networks of `aimc.networks`, trained with noise on their weights;
    ``"cnn-fashion-plain"``, ``"cnn-fashion-aware"`` and ``"cnn-fashion-longer"`` the three
    trainings of `aimc.networks.small_cnn`.

    Raises
    ------
    ValueError
        If there is no checkpoint of that name.
    ChecksumError
        If the file is damaged.
    """
    check_choice("name", name, tuple(CHECKPOINT_SHA256))
    path = files.SHIPPED_FOLDER / f"{name.replace('-', '_')}.npz"
    return read_weights(path, CHECKPOINT_SHA256[name])


def read_weights(path: Path, sha256: str) -> Checkpoint:
    """Return the trained weights in a file whose arrays have this `fingerprint`.

    Raises
    ------
    ChecksumError
        If the file is damaged.
    """
    arrays = read_npz(path)
    found = fingerprint(*(arrays[key] for key in checkpoint_order(arrays)))
    verify(path.name, found, sha256, REINSTALL)
    info = json.loads(str(arrays.pop("info")))
    plain = {key: np.asarray(array, np.float32) for key, array in arrays.items()}
    depth = sum(key.startswith("weight") for key in plain)
    weights = tuple(plain.pop(f"weight{layer}") for layer in range(depth))
    biases = tuple(plain.pop(f"bias{layer}") for layer in range(depth))
    gains = tuple(plain.pop(f"gain{layer}", np.ones_like(biases[layer])) for layer in range(depth))
    accuracy = info["test_correct"] / info.get("test_images", info.get("test_samples"))
    tables = MappingProxyType(plain)
    name = path.stem.replace("_", "-")
    return Checkpoint(weights, biases, gains, tables, name, accuracy, MappingProxyType(info))


def checkpoint_order(names: Iterable[str]) -> list[str]:
    """Return the names of a checkpoint's arrays in the order in which they are fingerprinted."""
    kinds = ("weight", "bias", "gain")
    ranks = {
        name: next((k for k, x in enumerate(kinds) if name.startswith(x)), 3) for name in names
    }
    return sorted(ranks, key=lambda name: (name == "info", ranks[name], name))
