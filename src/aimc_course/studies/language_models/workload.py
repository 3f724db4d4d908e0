r"""What of a decoder runs on cores and what cannot, as a function of how much text there is.

With a width :math:`d`, :math:`N_b` blocks and :math:`P` weights in matrices, one more character
(or word piece) that looks back on :math:`L` of them takes

.. math::

   \text{on cores: } P, \qquad \text{in attention: } 2\,L\,d\,N_b

multiply-accumulates. The first are with weights that stand still and do not depend on :math:`L`;
the second multiply activations with activations, which no device holds. A multiplication and an
addition count as two operations, a function of one number as one. Converters are part of a core.

What a token takes in energy follows from the machine and the price list of
`aimc_course.studies.roadmap`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aimc.layers import DecoderShape
from aimc.layers import DecoderShape as Shape  # the name that lab 10 has for it
from aimc.validation import check_integer, check_number
from aimc_course.studies.roadmap import Constants, analog_machine, seven_billion, today, token

__all__ = [
    "Energy",
    "Shape",
    "Work",
    "decode",
    "energy",
    "phi3_mini",
    "prefill",
    "seven_billion",
    "tiny",
]

PER_SCORE = 4  # scaled, exponentiated, summed and divided
PER_NORMED = 5  # summed, centred, squared and summed, scaled, multiplied with a gain


def phi3_mini() -> DecoderShape:
    """Return the sizes of Phi-3-mini from its published configuration :cite:p:`phi3config`."""
    return DecoderShape("Phi-3-mini", 3072, 32, 32, 8192, 32064, gated=True, source="phi3config")


def tiny() -> DecoderShape:
    """Return the sizes of the network of the chapter on language models."""
    return DecoderShape("network of this chapter", 64, 3, 4, 256, 50)


@dataclass(frozen=True, slots=True)
class Work:
    """Operations per token."""

    on_cores: float
    """With weights that stand still."""
    attention: float
    """Products of activations with activations: scores, and the mixing of values."""
    other: float
    """Softmax, norms, sums, functions of single numbers."""

    @property
    def total(self) -> float:
        """All operations."""
        return self.on_cores + self.attention + self.other

    @property
    def share(self) -> float:
        """Share of the operations that cores do, 0 to 1."""
        return self.on_cores / self.total


def decode(shape: DecoderShape, context: int) -> Work:
    """Return the work for one more token.

    Parameters
    ----------
    shape : DecoderShape
        Sizes of the network.
    context : int
        Tokens that it looks back on, itself included.

    Examples
    --------
    >>> round(decode(phi3_mini(), 4096).share, 2)
    0.82
    """
    check_integer("context", context, low=1)
    return _work(shape, float(context), 2.0 * shape.weights)


def prefill(shape: DecoderShape, tokens: int) -> Work:
    """Return the work per token for reading a text at once; only the last one asks for a score.

    Parameters
    ----------
    shape : DecoderShape
        Sizes of the network.
    tokens : int
        Length of the text.
    """
    check_integer("tokens", tokens, low=1)
    on_cores = 2.0 * (shape.blocks * shape.block_weights + shape.output_weights / tokens)
    return _work(shape, (tokens + 1) / 2, on_cores)


def _work(shape: DecoderShape, looked_back: float, on_cores: float) -> Work:
    functions = PER_NORMED * 2 * shape.width + 2 * shape.width  # two norms, two sums
    functions += shape.inner * (2 if shape.gated else 1)
    other = shape.blocks * (functions + PER_SCORE * shape.heads * looked_back)
    attention = 4.0 * looked_back * shape.width * shape.blocks
    return Work(on_cores, attention, other + PER_NORMED * shape.width)


@dataclass(frozen=True, slots=True)
class Energy:
    """Energy of one more token for a single user, J."""

    cores: float
    """Reads of cores: cells and converters."""
    values: float
    """Digital units beside the cores, which scale and add what leaves them."""
    waiting: float
    """Standing power of all cores until the next token."""
    arithmetic: float
    """Multiply-accumulates of attention in a digital unit."""
    fetching: float
    """Keys and values brought to it from the memory beside the chip."""
    weights: float
    """Not part of the total: all weights brought from the same memory, as a digital machine has to
    that serves a single user."""

    @property
    def work(self) -> float:
        """What cores take for their work, waiting apart."""
        return self.cores + self.values

    @property
    def total(self) -> float:
        """All parts of the machine with cores."""
        return self.work + self.waiting + self.arithmetic + self.fetching


def energy(
    shape: DecoderShape,
    context: int,
    *,
    price: float = 0.5,
    idle_share: float | None = None,
    prices: Constants | None = None,
) -> Energy:
    """Return the energy of one more token with the price list of `today`.

    A read of a core takes what the 64-core chip's takes in four-phase mode (A038). Attention
    multiplies numbers of 8 bits, and fetches each key and value once per token, which is what
    decoding for a single user does. The price of the memory beside the chip is a range, of which
    ``price`` picks a place. Norms and softmax are left out, and so is the power of the unit that
    computes attention.

    Parameters
    ----------
    shape : DecoderShape
        Sizes of the network.
    context : int
        Tokens that it looks back on.
    price : float
        Place in the range of the memory's price: 0 the cheapest, 1 the dearest, 0.5 the median.
    idle_share : float, optional
        Share of its standing power that a core takes while it waits; today's, 1, by default.
    prices : Constants, optional
        Another list, such as `other_end`.

    Examples
    --------
    >>> shape = seven_billion()
    >>> cheap, dear = (energy(shape, 2048, price=p).fetching for p in (0, 1))
    >>> round(dear / cheap, 6)
    2.0
    """
    check_number("price", price, low=0.0, high=1.0)
    prices = today() if prices is None else prices
    memory = float(prices["memory_energy"].at(np.array(price)))
    idle = prices["idle_share"].middle if idle_share is None else idle_share
    constants = prices.middle(
        memory_energy=memory,
        idle_share=check_number("idle_share", idle, low=0.0, high=1.0),
        beside_share=0.0,
    )
    work = token(shape, check_integer("context", context, low=1))
    parts = {k: float(v[0]) for k, v in analog_machine(work, constants).parts.items()}
    macs = 2.0 * context * shape.width * shape.blocks
    return Energy(
        cores=parts["cells"] + parts["converters"],
        values=parts["digital units"],
        waiting=parts["standing"],
        arithmetic=macs * prices["mac_energy"].middle,
        fetching=work.cache_values * prices["cache_bits"].middle * memory,
        weights=work.weights * prices["weight_bits"].middle * memory,
    )
