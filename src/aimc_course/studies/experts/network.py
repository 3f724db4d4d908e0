"""A transformer with a mixture of experts, as shapes: its matrices, and what a router picks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aimc.validation import check_array, check_integer, check_number

__all__ = ["Matrix", "Transformer", "coactivation", "route"]


@dataclass(frozen=True, slots=True)
class Matrix:
    """One weight matrix of the network."""

    layer: int
    """Layer, from 0."""
    stage: str
    """``"qkv"``, ``"out"``, ``"router"``, ``"up"`` or ``"down"``."""
    expert: int | None
    """Number of the expert, or None for a matrix that every token passes."""
    shape: tuple[int, int]
    """(out, in)."""


@dataclass(frozen=True, slots=True)
class Transformer:
    """Shapes of a decoder whose feed-forward layers are a mixture of experts.

    One expert is the dense network, which has no router.
    """

    layers: int = 2
    width: int = 512
    hidden: int = 1024
    """Hidden units of one expert."""
    experts: int = 8
    active: int = 2
    """Experts that a token passes in each layer."""

    def __post_init__(self) -> None:
        for name in ("layers", "width", "hidden", "experts"):
            check_integer(name, getattr(self, name), low=1)
        check_integer("active", self.active, low=1, high=self.experts)

    @property
    def matrices(self) -> tuple[Matrix, ...]:
        """All matrices, layer by layer in the order in which a token meets them."""
        width, found = self.width, []
        for layer in range(self.layers):
            found.append(Matrix(layer, "qkv", None, (3 * width, width)))
            found.append(Matrix(layer, "out", None, (width, width)))
            if self.experts > 1:
                found.append(Matrix(layer, "router", None, (self.experts, width)))
            for stage, shape in (("up", (self.hidden, width)), ("down", (width, self.hidden))):
                found += [Matrix(layer, stage, e, shape) for e in range(self.experts)]
        return tuple(found)

    @property
    def parameters(self) -> int:
        """Weights in all matrices."""
        return sum(m.shape[0] * m.shape[1] for m in self.matrices)

    @property
    def active_parameters(self) -> int:
        """Weights, and so multiply-accumulates, that one token passes."""
        idle = 2 * self.layers * (self.experts - self.active) * self.width * self.hidden
        return self.parameters - idle

    def dense(self) -> Transformer:
        """Return the network whose single expert holds the weights of all; it needs no router."""
        return Transformer(self.layers, self.width, self.hidden * self.experts, 1, 1)


def route(
    network: Transformer,
    tokens: int,
    rng: np.random.Generator,
    *,
    skew: float = 0.0,
    affinity: float = 0.0,
) -> np.ndarray:
    """Draw the experts of every token: the largest of random scores, as a trained router's.

    Parameters
    ----------
    network : Transformer
        Its experts and how many are active.
    tokens : int
        Length of the sequence.
    rng : numpy.random.Generator
        Source of the draws.
    skew : float
        Spread of the experts' popularity, in units of a score's logarithm; 0 for a balanced router.
    affinity : float
        How much a token's topic raises the scores of a block of `active` neighbouring experts,
        which then are likely picked together.

    Returns
    -------
    array of shape (tokens, layers, active)
        Numbers of experts, ascending.
    """
    check_integer("tokens", tokens, low=1)
    check_number("skew", skew, low=0.0)
    check_number("affinity", affinity, low=0.0)
    shape = (tokens, network.layers, network.experts)
    block = np.arange(network.experts) // network.active
    scores = rng.gumbel(size=shape) + skew * rng.standard_normal(shape[1:])
    topic = rng.integers(block[-1] + 1, size=shape[:2])
    scores += affinity * (topic[..., None] == block)
    return np.sort(np.argsort(-scores, axis=-1)[..., : network.active], axis=-1)


def coactivation(network: Transformer, routes: np.ndarray) -> np.ndarray:
    """Return the share of tokens that pass two experts; shape (layers, experts, experts).

    The diagonal is the share that passes each expert.
    """
    check_routes(network, routes)
    picked = (routes[..., None] == np.arange(network.experts)).any(axis=2).astype(float)
    return np.einsum("tli,tlj->lij", picked, picked) / len(routes)


def check_routes(network: Transformer, routes: np.ndarray) -> None:
    """Raise if ``routes`` does not name `active` different experts per token and layer."""
    check_array("routes", routes, ndim=3, low=0, high=network.experts - 1)
    wanted = (network.layers, network.active)
    if routes.shape[1:] != wanted or not np.issubdtype(routes.dtype, np.integer):
        raise ValueError(
            f"routes must hold integers of shape (tokens, {wanted[0]}, {wanted[1]}), "
            f"got {routes.dtype} of shape {routes.shape}"
        )
    if (np.diff(np.sort(routes, axis=-1), axis=-1) == 0).any():
        raise ValueError("routes must name different experts for a token, got one twice")
