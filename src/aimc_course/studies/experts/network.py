"""A transformer with a mixture of experts, as shapes: its matrices, and what a router picks."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from aimc.layers import DecoderShape, Network
from aimc.validation import check_array, check_integer, check_number

__all__ = ["Matrix", "Mixture", "coactivation", "route"]


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
class Mixture(DecoderShape):
    """A decoder whose feed-forward layers are a mixture of experts, each of the width `inner`.

    One expert is the dense network, which has no router. Attention is priced by its products alone,
    in which heads play no part.
    """

    name: str = "mixture of experts"
    width: int = 512
    blocks: int = 2
    heads: int = 1
    inner: int = 1024
    experts: int = 8
    """Feed-forward parts of a block."""
    active: int = 2
    """Experts that a token passes in each block."""

    def __post_init__(self) -> None:
        DecoderShape.__post_init__(self)
        check_integer("experts", self.experts, low=1)
        check_integer("active", self.active, low=1, high=self.experts)

    @property
    def matrices(self) -> tuple[Matrix, ...]:
        """All matrices, block by block in the order in which a token meets them."""
        width, found = self.width, []
        for layer in range(self.blocks):
            found.append(Matrix(layer, "qkv", None, (3 * width, width)))
            found.append(Matrix(layer, "out", None, (width, width)))
            if self.experts > 1:
                found.append(Matrix(layer, "router", None, (self.experts, width)))
            for stage, shape in (("up", (self.inner, width)), ("down", (width, self.inner))):
                found += [Matrix(layer, stage, e, shape) for e in range(self.experts)]
        return tuple(found)

    @property
    def block_weights(self) -> int:
        """Weights of the matrices of one block, all experts and the router included."""
        experts = 2 * self.experts * self.width * self.inner
        router = self.experts * self.width if self.experts > 1 else 0
        return 4 * self.width * self.width + experts + router

    @property
    def active_weights(self) -> int:
        """Weights, and so multiply-accumulates, that one token passes."""
        idle = 2 * self.blocks * (self.experts - self.active) * self.width * self.inner
        return self.weights - idle

    def block(self, context: int) -> Network:
        """Refuse: which matrices a token meets depends on its experts."""
        if self.experts > 1:
            raise ValueError(
                f"experts={self.experts}: a block of a mixture is no fixed list of layers; place "
                "its matrices with aimc_course.studies.experts.place"
            )
        return DecoderShape.block(self, context)

    def dense(self) -> Mixture:
        """Return the network whose single expert holds the weights of all; it needs no router."""
        return replace(self, inner=self.inner * self.experts, experts=1, active=1)


def route(
    network: Mixture,
    tokens: int,
    rng: np.random.Generator,
    *,
    skew: float = 0.0,
    affinity: float = 0.0,
) -> np.ndarray:
    """Draw the experts of every token: the largest of random scores, as a trained router's.

    Parameters
    ----------
    network : Mixture
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
    shape = (tokens, network.blocks, network.experts)
    block = np.arange(network.experts) // network.active
    scores = rng.gumbel(size=shape) + skew * rng.standard_normal(shape[1:])
    topic = rng.integers(block[-1] + 1, size=shape[:2])
    scores += affinity * (topic[..., None] == block)
    return np.sort(np.argsort(-scores, axis=-1)[..., : network.active], axis=-1)


def coactivation(network: Mixture, routes: np.ndarray) -> np.ndarray:
    """Return the share of tokens that pass two experts; shape (layers, experts, experts).

    The diagonal is the share that passes each expert.
    """
    check_routes(network, routes)
    picked = (routes[..., None] == np.arange(network.experts)).any(axis=2).astype(float)
    return np.einsum("tli,tlj->lij", picked, picked) / len(routes)


def check_routes(network: Mixture, routes: np.ndarray) -> None:
    """Raise if ``routes`` does not name `active` different experts per token and layer."""
    check_array("routes", routes, ndim=3, low=0, high=network.experts - 1)
    wanted = (network.blocks, network.active)
    if routes.shape[1:] != wanted or not np.issubdtype(routes.dtype, np.integer):
        raise ValueError(
            f"routes must hold integers of shape (tokens, {wanted[0]}, {wanted[1]}), "
            f"got {routes.dtype} of shape {routes.shape}"
        )
    if (np.diff(np.sort(routes, axis=-1), axis=-1) == 0).any():
        raise ValueError("routes must name different experts for a token, got one twice")
