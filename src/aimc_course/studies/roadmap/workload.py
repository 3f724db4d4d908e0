"""What has to be computed, in the few numbers that a coarse comparison needs."""

from __future__ import annotations

from dataclasses import dataclass, replace

from aimc.layers import DecoderShape
from aimc.published import fact
from aimc.units import GIGA
from aimc.validation import check_integer, check_number

__all__ = ["Workload", "decoder_7b", "seven_billion", "token"]


@dataclass(frozen=True, slots=True)
class Workload:
    """One inference, for a language model one token.

    Raises
    ------
    ValueError
        If a number is out of range; the message names it.
    """

    name: str
    """For titles."""
    weights: float
    """Static weights, each of which is used."""
    stages: int
    """Matrix products that have to follow each other."""
    width: float
    """Inputs of a typical matrix."""
    uses: int = 1
    """How often each weight is used: once per token, once per position of an image."""
    cached: float = 0.0
    """Values that each earlier position has left in the cache: two for each channel and layer."""
    context: float = 0.0
    """Earlier positions."""
    blocks: int = 1
    """Blocks, each of which reads a part of the cache of its own."""

    def __post_init__(self) -> None:
        check_number("weights", self.weights, low=1.0)
        check_integer("stages", self.stages, low=1)
        check_number("width", self.width, low=1.0)
        check_integer("uses", self.uses, low=1)
        check_number("cached", self.cached, low=0.0)
        check_number("context", self.context, low=0.0)
        check_integer("blocks", self.blocks, low=1)

    @property
    def static_macs(self) -> float:
        """Multiply-accumulates with weights."""
        return self.weights * self.uses

    @property
    def cache_values(self) -> float:
        """Values read from the cache, each for one multiply-accumulate of data with data."""
        return self.cached * self.context

    @property
    def data_share(self) -> float:
        """Share of the multiply-accumulates that multiply data with data."""
        return self.cache_values / (self.cache_values + self.static_macs)

    def at(self, context: float) -> Workload:
        """Return the same network at another number of earlier positions."""
        return replace(self, context=context)


def token(shape: DecoderShape, context: float) -> Workload:
    """Return one token of a decoder.

    Parameters
    ----------
    shape : DecoderShape
        Its sizes.
    context : float
        Tokens that it looks back on.
    """
    return Workload(
        name=f"one token, {shape.name}",
        weights=shape.weights,
        stages=4 * shape.blocks,  # queries with keys and values, output, up with gate, down
        width=shape.width,
        cached=2.0 * shape.blocks * shape.key_width,
        context=context,
        blocks=shape.blocks,
    )


def seven_billion() -> DecoderShape:
    """Return the sizes of the decoder whose token part 5 prices, those of Llama-2-7B (G113)."""
    blocks, width = (int(number) for number in fact("G113").numbers)
    return DecoderShape(
        "7 billion weights", width, blocks, 32, 11008, 32000, gated=True, source="gptfast"
    )


def decoder_7b(context: float = 2048.0) -> Workload:
    """Return one token of a language model of the size and shape of Llama-2-7B (G010, G113).

    Parameters
    ----------
    context : float
        Tokens before this one.
    """
    return replace(
        token(seven_billion(), context),
        name="one token of a 7-billion-parameter model",
        weights=fact("G010").number * GIGA / 2,  # two bytes each
    )
