"""A small trained transformer that predicts the next character, with or without experts.

Its matrices are those of a `Mixture`, so the placement that gives each of them a tier also says
which weights share a largest weight and meet noise together, and its router, not a random draw,
says which experts every character passes. Embeddings and the output layer are digital.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from aimc.validation import check_array, check_choice, check_integer
from aimc_course.studies.experts.network import Matrix, Mixture

__all__ = ["MODELS", "WEIGHTS", "CharacterModel", "character_model"]

Floats = NDArray[np.float32]
Weights = Mapping[Matrix, Floats]
WARM_UP = 16  # characters of each window that are read but not scored

WEIGHTS = "experts_course.npz"
WEIGHTS_SHA256 = "e594c9bbe42cbcc5bad66a5f1b400badc845cbed93375b189fc56a093789c63d"
MIXTURE = Mixture(blocks=2, width=64, inner=64, experts=8, active=2)
MODELS = {
    "mixture": MIXTURE,
    "dense": MIXTURE.dense(),
    "small": Mixture(blocks=2, width=64, inner=128, experts=1, active=1),
    "plain": MIXTURE,
}
"""A mixture, a dense network of as many weights, and one of as many multiplications per character;
``"plain"`` is the mixture again, trained without noise."""


@dataclass(frozen=True, slots=True, eq=False)
class CharacterModel:
    """Trained weights of a decoder without biases; norms are divisions by the root mean square.

    Raises
    ------
    ValueError
        If a matrix is missing or has another shape than the network says, or the width cannot be
        divided among the heads.
    """

    network: Mixture
    """Shapes."""
    matrices: Weights = field(repr=False)
    """One array of shape (out, in) for each of `Mixture.matrices`."""
    embedding: Floats = field(repr=False)
    """Shape (characters, width)."""
    positions: Floats = field(repr=False)
    """Shape (window, width); added to the embedding."""
    head: Floats = field(repr=False)
    """Output layer, shape (characters, width)."""
    heads: int = 4
    """Heads of attention."""
    _names: dict[tuple[int, str, int | None], Matrix] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        names = {(m.layer, m.stage, m.expert): m for m in self.network.matrices}
        object.__setattr__(self, "_names", names)
        for matrix in self.network.matrices:
            if matrix not in self.matrices or self.matrices[matrix].shape != matrix.shape:
                raise ValueError(f"matrices must hold an array of shape {matrix.shape}: {matrix}")
        if self.network.width % self.heads:
            raise ValueError(
                f"heads={self.heads} is not allowed: they must share the width "
                f"{self.network.width} equally"
            )

    @property
    def window(self) -> int:
        """Characters that the model sees at most."""
        return len(self.positions)

    def scores(self, codes: NDArray[np.integer], matrices: Weights | None = None) -> Floats:
        """Return scores of the next character, shape (n, steps, characters).

        Parameters
        ----------
        codes : array of int, shape (n, steps)
            Texts, as places in the vocabulary; at most `window` steps.
        matrices : mapping, optional
            Weights as devices hold them, in place of the trained ones.
        """
        return self._run(codes, self.matrices if matrices is None else matrices)[0]

    def routes(self, codes: NDArray[np.integer]) -> NDArray[np.int64]:
        """Return the experts of every character of one text, shape (steps, layers, active).

        Parameters
        ----------
        codes : array of int, shape (steps,)
            One text; at most `window` steps.
        """
        return self._run(np.asarray(codes)[None], self.matrices)[1][0]

    def bits_per_character(
        self, codes: NDArray[np.integer], matrices: Weights | None = None
    ) -> float:
        r"""Return the mean of :math:`-\log_2 p` over the characters that came.

        Two to this power is the perplexity per character.

        Parameters
        ----------
        codes : array of int, shape (n,)
            A text, which is read in windows; the first 16 characters of each are not scored.
        matrices : mapping, optional
            As in `scores`.
        """
        check_array("codes", np.asarray(codes, float), ndim=1, low=0, high=len(self.embedding) - 1)
        count = (len(codes) - 1) // self.window
        check_integer("windows in codes", count, low=1)
        starts = self.window * np.arange(count)[:, None]
        windows = np.asarray(codes, np.int64)[starts + np.arange(self.window + 1)]
        scores = self.scores(windows[:, :-1], matrices)[:, WARM_UP:].astype(np.float64)
        came = np.take_along_axis(scores, windows[:, WARM_UP + 1 :, None], axis=-1)[..., 0]
        top = scores.max(axis=-1)
        log_sum = top + np.log(np.exp(scores - top[..., None]).sum(axis=-1))
        return float((log_sum - came).mean() / math.log(2))

    def _run(
        self, codes: NDArray[np.integer], matrices: Weights
    ) -> tuple[Floats, NDArray[np.int64]]:
        """Return the scores, and the experts, shape (n, steps, layers, active)."""
        check_array("codes", np.asarray(codes, float), ndim=2, low=0, high=len(self.embedding) - 1)
        check_integer("steps", codes.shape[1], low=1, high=self.window)
        x = self.embedding[codes] + self.positions[: codes.shape[1]]
        found = np.zeros((*codes.shape, self.network.blocks, self.network.active), np.int64)
        for layer in range(self.network.blocks):
            x = x + self._attend(_norm(x), layer, matrices)
            y, found[:, :, layer] = self._feed_forward(_norm(x), layer, matrices)
            x = x + y
        return _norm(x) @ self.head.T, found

    def _attend(self, x: Floats, layer: int, matrices: Weights) -> Floats:
        n, steps, width = x.shape
        qkv = x @ self._matrix(matrices, layer, "qkv").T
        parts = qkv.reshape(n, steps, 3, self.heads, width // self.heads)
        q, k, v = parts.transpose(2, 0, 3, 1, 4)
        scores = q @ k.swapaxes(-1, -2) / np.float32(math.sqrt(width // self.heads))
        scores = np.where(np.tri(steps, dtype=bool), scores, np.float32(-np.inf))
        y = _softmax(scores) @ v
        joined = y.transpose(0, 2, 1, 3).reshape(n, steps, width)
        return np.asarray(joined @ self._matrix(matrices, layer, "out").T)

    def _feed_forward(
        self, x: Floats, layer: int, matrices: Weights
    ) -> tuple[Floats, NDArray[np.int64]]:
        network = self.network
        picked = np.zeros((*x.shape[:2], network.active), np.int64)
        gates = np.ones((*x.shape[:2], 1), np.float32)
        if network.experts > 1:
            wanted = x @ self._matrix(matrices, layer, "router").T
            picked = np.sort(np.argsort(-wanted, axis=-1)[..., : network.active], axis=-1)
            gates = np.zeros_like(wanted)
            shares = _softmax(np.take_along_axis(wanted, picked, axis=-1))
            np.put_along_axis(gates, picked, shares, axis=-1)
        found = np.zeros_like(x)
        for expert in range(network.experts):
            passes = gates[..., expert] > 0
            hidden = np.maximum(x[passes] @ self._matrix(matrices, layer, "up", expert).T, 0.0)
            y = hidden @ self._matrix(matrices, layer, "down", expert).T
            found[passes] += gates[..., expert][passes, None] * y
        return found, picked

    def _matrix(
        self, matrices: Weights, layer: int, stage: str, expert: int | None = None
    ) -> Floats:
        return matrices[self._names[layer, stage, expert]]


def _norm(x: Floats) -> Floats:
    scale = np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + np.float32(1e-5))
    return np.asarray(x / scale, np.float32)


def _softmax(x: Floats) -> Floats:
    grown = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=-1, keepdims=True), np.float32)


def character_model(name: str = "mixture") -> CharacterModel:
    """Return one of `MODELS`, trained on the text of this course.

    Raises
    ------
    ValueError
        If there is no model of that name.
    ChecksumError
        If the file is damaged.
    """
    check_choice("name", name, tuple(MODELS))
    # loaded when it is needed: the Python of a page has no data sets
    from aimc.datasets.files import REINSTALL, fingerprint, read_npz, verify
    from aimc_course.studies.results import DATA

    arrays = read_npz(DATA / WEIGHTS)
    verify(WEIGHTS, fingerprint(*(arrays[k] for k in sorted(arrays))), WEIGHTS_SHA256, REINSTALL)
    network = MODELS[name]

    def get(key: str) -> NDArray[np.float32]:
        steps = np.asarray(arrays[f"{name}.{key}"], np.float32)
        return steps * np.float32(arrays[f"{name}.{key}.step"])

    matrices: dict[Matrix, NDArray[np.float32]] = {}
    for matrix in network.matrices:
        whole = get(f"{matrix.stage}{matrix.layer}")
        if matrix.expert is not None:
            cut = slice(matrix.expert * network.inner, (matrix.expert + 1) * network.inner)
            whole = whole[cut] if matrix.stage == "up" else whole[:, cut]
        matrices[matrix] = np.ascontiguousarray(whole)
    return CharacterModel(network, matrices, get("embedding"), get("positions"), get("head"))
