"""What is decided about a layer before it is programmed: weights, digital factors, ranges."""

from __future__ import annotations

from dataclasses import dataclass, field

from aimc.backend import Array, as_array
from aimc.circuits.partial_sums import OUTPUT_BITS
from aimc.validation import check_array, check_bits, check_choice, check_number

__all__ = ["WEIGHT_RANGES", "LayerParameters"]

WEIGHT_RANGES = ("core", "output")


@dataclass(frozen=True, slots=True, eq=False)
class LayerParameters:
    r"""A layer :math:`y = a \odot (W x) + b` and the ranges of its converters.

    Devices hold :math:`W`, digital units :math:`a` and :math:`b`. Ranges come from
    `aimc.chip.Chip.calibrate`, or are chosen.
    """

    weights: Array = field(repr=False)
    """Matrix of shape (out, in)."""
    scale: Array | float = field(default=1.0, repr=False)
    """Factors on the products, shape (out,) or one for all, e.g. of a batch normalisation."""
    offset: Array | float = field(default=0.0, repr=False)
    """What the last core of a chain adds, shape (out,) or one for all."""
    input_range: float | None = None
    """Magnitude of a full-scale input; ``None`` leaves it to the core."""
    output_range: float | None = None
    """Magnitude of the largest number that a core can send; ``None`` is floating point."""
    output_bits: int | None = OUTPUT_BITS
    """Resolution of what each core sends within that range (A023); ``None`` is floating point."""
    sums: Array | None = field(default=None, repr=False)
    """Largest products over each part of the inputs, shape (parts, out): where they would pass the
    ADC, weights use less of the conductance. ``None`` does not care."""
    weight_range: str = "core"
    """Whether a fully SET cell is the largest weight of its core (``"core"``) or of its output
    (``"output"``); the digital side scales each output back."""

    def __post_init__(self) -> None:
        weights = as_array("weights", self.weights)
        check_array("weights", weights, ndim=2)
        object.__setattr__(self, "weights", weights)
        outputs = int(weights.shape[0])
        for name in ("scale", "offset"):
            object.__setattr__(self, name, _per_output(name, getattr(self, name), outputs))
        for name in ("input_range", "output_range"):
            if getattr(self, name) is not None:
                check_number(name, getattr(self, name), low=0.0, open_low=True)
        check_bits("output_bits", self.output_bits)
        check_choice("weight_range", self.weight_range, WEIGHT_RANGES)
        if self.sums is not None:
            sums = as_array("sums", self.sums)
            check_array("sums", sums, ndim=2, last=outputs, low=0.0)
            object.__setattr__(self, "sums", sums)

    @property
    def shape(self) -> tuple[int, int]:
        """(out, in)."""
        return int(self.weights.shape[0]), int(self.weights.shape[1])

    @property
    def sent_bits(self) -> int | None:
        """Resolution of what cores send; floating point until a range is known."""
        return None if self.output_range is None else self.output_bits


def _per_output(name: str, value: Array | float, outputs: int) -> Array | float:
    if isinstance(value, float | int):
        return check_number(name, value)
    values = as_array(name, value)
    if tuple(values.shape) != (outputs,):
        raise ValueError(
            f"{name} has shape {tuple(values.shape)}, the weights have {outputs} outputs"
        )
    check_array(name, values)
    return values
