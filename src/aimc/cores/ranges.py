r"""Ranges from data: the one calibration.

An input of :math:`x_\max` becomes a full-scale pulse, a weight of :math:`W_\max` a fully SET cell
of conductance :math:`G_\max`. A sum :math:`s = \sum_j W_{ij} x_j` over the rows of a core is then
the current

.. math:: I = \frac{s}{x_\max W_\max}\,V_\mathrm{read}\,G_\max .

Calibration chooses :math:`x_\max` from the inputs that a layer meets. Where the largest sums would
pass the largest current of the ADC, it also raises :math:`W_\max`: the core then uses less than the
full conductance of its devices, as the makers of the 64-core chip did (A101)
:cite:p:`legallo2023hermes`. Where the digital units of the cores send numbers of few bits, their
full scale follows from the sums along each chain of cores.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from aimc.backend import (
    Array,
    at_least_single,
    like,
    namespace,
    quantile,
    row_peaks,
    stop_gradient,
)
from aimc.cores.core import Core
from aimc.cores.partial_sums import PartialSums
from aimc.validation import check_choice, check_number

__all__ = ["PERCENTILE", "Calibration", "Ranges", "full_scale", "magnitude", "ranges_of"]

_Key = TypeVar("_Key", bound=Hashable)

PERCENTILE = 99.995
"""Share of the magnitudes that a range holds, in percent (C015) :cite:p:`joshi2020accurate`."""


@dataclass(frozen=True, slots=True, eq=False)
class Ranges:
    """What data ask of the converters around one matrix. Made by `Calibration.ranges`."""

    input_range: float
    """Magnitude that nearly all inputs stay below."""
    output_range: float | None
    """Magnitude that nearly all numbers stay below that cores of its sum send; ``None``: not
    looked at."""
    sums: Array | None
    """Largest products over each part of the inputs, shape (parts, out); ``None``: not looked
    at."""


@dataclass(slots=True)
class _Seen:
    """Percentiles of one call, or the largest of several."""

    inputs: list[float]
    """Inputs of each matrix."""
    products: list[Array]
    """Products of each matrix over the parts of its inputs, shape (parts, out)."""
    sent: float
    """What cores send."""

    def largest(self, other: _Seen) -> _Seen:
        return _Seen(
            [max(pair) for pair in zip(self.inputs, other.inputs, strict=True)],
            [
                namespace(one).maximum(one, two)
                for one, two in zip(self.products, other.products, strict=True)
            ],
            max(self.sent, other.sent),
        )


class Calibration:
    """The ranges of one sum, from the vectors that it meets.

    A range is a percentile of magnitudes: the largest of all calls within a batch, as a recurrent
    layer is called once per step, and the mean over the batches.

    Parameters
    ----------
    total : PartialSums
        How its matrices are cut.
    names : sequence of str
        Names of the matrices, for messages.
    percentile : float
        Share of the magnitudes that a range holds, in percent.
    sums, sent : bool
        Whether the largest products of each part, and what cores send, are looked at as well.
    """

    def __init__(
        self,
        total: PartialSums,
        names: Sequence[str],
        percentile: float = PERCENTILE,
        *,
        sums: bool = True,
        sent: bool = True,
    ) -> None:
        self.percentile = check_number("percentile", percentile, low=0.0, open_low=True, high=100.0)
        self.total, self.names, self.sums, self.sent = total, tuple(names), sums, sent
        self._batches: list[_Seen] = []
        self._now: _Seen | None = None

    @property
    def batches(self) -> int:
        """Batches that were seen."""
        return len(self._batches)

    def see(
        self,
        inputs: Sequence[Array],
        product: Callable[[int, slice], Array],
        scales: Sequence[Array | float] = (),
        offset: Array | float = 0.0,
    ) -> None:
        """Look at one call within a batch; `end_batch` comes after the last.

        Parameters
        ----------
        inputs : sequence of arrays
            What each matrix meets, any shape.
        product : callable
            ``product(k, part)`` returns the exact products (n, out) of the inputs ``part`` of
            matrix ``k``.
        scales, offset
            What the digital units do, as in `PartialSums.forward`.

        Raises
        ------
        ValueError
            If inputs are none, or not finite.
        """
        share = self.percentile / 100
        for name, x in zip(self.names, inputs, strict=True):
            if math.prod(x.shape) == 0:
                raise ValueError(f"batches: {name} met an empty one, of shape {tuple(x.shape)}")
            if not bool(namespace(x).all(namespace(x).isfinite(x))):
                raise ValueError(f"batches: {name} met inputs that are not finite")
        seen = _Seen([magnitude(x, share) for x in inputs], [], 0.0)
        running = None
        last = len(inputs) - 1
        for k, parts in enumerate(self.total.input_parts if self.sums or self.sent else ()):
            found = []
            for place, part in enumerate(parts):
                each = stop_gradient(product(k, part))
                if self.sums:
                    found.append(_largest(each, share))
                if self.sent:
                    scaled = _constant(scales[k], each) * each if scales else each
                    running = scaled if running is None else running + scaled
                    if k == last and place == len(parts) - 1:
                        running = running + _constant(offset, each)
                    seen.sent = max(seen.sent, magnitude(running, share))
            if self.sums:
                seen.products.append(namespace(found[0]).stack(found))
        self._now = seen if self._now is None else self._now.largest(seen)

    def end_batch(self) -> None:
        """Count what was seen since the last batch as one more."""
        if self._now is not None:
            self._batches.append(self._now)
            self._now = None

    def ranges(self) -> tuple[Ranges, ...]:
        """Return the ranges of each matrix.

        Raises
        ------
        ValueError
            If a matrix met nothing, or zeros only.
        """
        self.end_batch()
        if not self._batches:
            raise ValueError(
                f"{self.names[0]} met no inputs, so there is nothing to calibrate with: the "
                "network does not use it, or in a way that passes the cores by; a layer of a torch "
                "model can be left digital with skip"
            )
        count = len(self._batches)
        found = []
        for k, name in enumerate(self.names):
            input_range = sum(batch.inputs[k] for batch in self._batches) / count
            if not input_range > 0:
                raise ValueError(
                    f"{self.percentile} % of the inputs of {name} are zero: no range follows from "
                    "them; calibrate with batches that reach this matrix, or leave it digital "
                    "(skip= of aimc.nn.convert)"
                )
            output_range = sum(batch.sent for batch in self._batches) / count
            sums = sum(batch.products[k] for batch in self._batches) / count if self.sums else None
            found.append(Ranges(input_range, output_range if self.sent else None, sums))
        return tuple(found)


def ranges_of(
    found: Mapping[_Key, Calibration],
    forward: Callable[[Array], Any],
    batches: Iterable[Array],
    alternatives: Mapping[_Key, Sequence[_Key]] | None = None,
) -> dict[_Key, tuple[Ranges, ...]]:
    """Return the ranges of all sums of a network from the batches that it computes.

    Parameters
    ----------
    found : mapping to Calibration
        One for each sum, shown what it meets while the network computes.
    forward : callable
        ``forward(batch)`` computes the network, in floating point.
    batches : iterable of array
        Inputs of the network.
    alternatives : mapping to sequence, optional
        Sums that serve one which met nothing, as other experts do: those with the largest inputs.

    Raises
    ------
    ValueError
        If a matrix met nothing and none serves it, or zeros only.
    """
    for batch in batches:
        forward(batch)
        for seen in found.values():
            seen.end_batch()
    ranges = {key: seen.ranges() for key, seen in found.items() if seen.batches}
    for key, seen in found.items():
        others = [ranges[k] for k in (alternatives or {}).get(key, ()) if found[k].batches]
        if key not in ranges and others:
            ranges[key] = max(others, key=lambda each: each[0].input_range)
        elif key not in ranges:
            ranges[key] = seen.ranges()  # says what it missed
    return {key: ranges[key] for key in found}


def full_scale(
    weights: Array,
    core: Core,
    *,
    input_range: float | None = None,
    sums: Array | None = None,
    weight_range: str = "core",
    otherwise: Array | float = 1.0,
) -> Array:
    """Return the weight of a fully SET cell for each output of a part, shape (out,), a constant.

    It is the largest weight, or as much more as keeps the largest sums within the ADC. An output
    of zeros takes the smallest of the others, so that its noise is not larger than theirs.

    Parameters
    ----------
    weights : array, shape (out, in)
        What the core is to hold.
    core : Core
        Its devices and converters.
    input_range : float, optional
        Magnitude of a full-scale input.
    sums : array, shape (out,), optional
        Largest sums of each output. They have a limit only where the input range is known.
    weight_range : {"core", "output"}
        Whether all outputs share the largest of these weights, or each has its own.
    otherwise : float or array of shape ()
        What it is where all weights are zero.
    """
    check_choice("weight_range", weight_range, ("core", "output"))
    w = stop_gradient(weights)
    xp = namespace(w)
    peaks = at_least_single(row_peaks(w))
    if sums is not None and input_range is not None:
        full = core.periphery.dac.v_read * core.cell.devices_per_line * core.device.g_max
        limit = full / (input_range * core.periphery.adc.i_max)
        peaks = xp.maximum(peaks, limit * like(sums, peaks))
    if weight_range == "core":
        peaks = 0.0 * peaks + xp.max(peaks)
        return xp.where(peaks > 0, peaks, otherwise)
    if float(xp.min(peaks)) > 0:
        return peaks
    given = peaks > 0
    least = xp.min(xp.where(given, peaks, math.inf))
    return xp.where(given, peaks, xp.where(least < math.inf, least, otherwise))


def magnitude(values: Array, share: float) -> float:
    """Return the magnitude that this share of the values does not pass."""
    return float(_largest(values.reshape(-1, 1), share)[0])


def _largest(values: Array, share: float) -> Array:
    """Return the magnitude that this share of each column does not pass, shape (columns,).

    Of values so few that none should pass it, the largest.
    """
    known = share if (1 - share) * values.shape[0] >= 1 else 1.0
    return quantile(namespace(values).abs(stop_gradient(values)), known)


def _constant(value: Array | float, reference: Array) -> Array | float:
    return value if isinstance(value, float | int) else stop_gradient(like(value, reference))
