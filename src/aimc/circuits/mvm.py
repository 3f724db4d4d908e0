r"""The one forward path: an analog matrix-vector multiplication (MVM).

Everything that multiplies in this library, a core, a layer or a widget, passes through `mvm`:

.. math::

   \underbrace{x}_{\text{digital}} \to \frac{x}{x_\max} \to \text{DAC} \to V
   \to I_i = \sum_j G_{ij} V_j + \text{wires, noise} \to \text{ADC}
   \to \text{scale, offset} \to \underbrace{y}_{\text{digital}}

All steps, in order, are listed in `aimc.circuits.periphery`; one read of the array is in
`aimc.circuits.bit_lines`. Weights have shape ``(out, in)``. The inputs drive word lines (rows of
the physical array), the outputs are read from bit lines (its columns).
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

from array_api_compat import device

from aimc.backend import (
    Array,
    FewVectors,
    Patches,
    RandomSource,
    Reading,
    as_array,
    as_generator,
    in_precision,
    lasting,
    like,
    namespace,
    peak,
    power_of,
    read_by_training,
    received,
    scaled,
    sent,
    share_beyond,
    stop_gradient,
    tracks_gradient,
)
from aimc.circuits.bit_lines import BitLines, FourPhases, bit_lines, current_unit
from aimc.circuits.converters import ADC, DAC, SLACK, beyond, warn_if_many
from aimc.circuits.periphery import Periphery
from aimc.validation import check_array, check_integer, check_number

__all__ = ["Crossbar", "Multiplier", "TrainingCircuits", "TrainingRead", "mvm"]

AT_ONCE = 1 << 17
"""Inputs or outputs of vectors that are multiplied at once, if there are many: what stays in
the cache."""
FEWEST = 256
"""Vectors of such a part at least: so many that the weights stay in the cache meanwhile."""


@dataclass(frozen=True, slots=True, eq=False)
class Crossbar:
    """What an array is at one moment, as its bit lines see it."""

    conductance: Array
    """Net signed conductance, S, shape (slices, out, in)."""
    read_variance: Array
    """Variance of one read of it, S^2, same shape, or with one in place of outputs or inputs on
    which it does not depend."""
    significance: tuple[float, ...]
    """Digital weight of each slice."""
    g_full: float
    """Net conductance that stands for a scaled weight of one, S."""
    scale: Array | float
    """Digital factor per output, shape (out,), or one for all, the weight of a full-scale cell."""
    columns: Array | None = None
    """What makes bit lines differ for good, standard normal, shape (slices, 3, out); see
    `aimc.circuits.periphery.COLUMN_DRAWS`. Needed only by a periphery with such a spread."""
    total: Array | None = None
    """Sum of the conductances of both polarities, S, shape (slices, out, in). Needed only by a
    periphery that reads polarities apart or unevenly."""
    unit: Array | None = None
    """What one of the numbers in `conductance` stands for, S, shape (out,); ``None`` is one
    siemens. Where weights are trained, they need no copy in siemens then, and may have 16 bits."""
    slow: float = 0.0
    """Share of `read_variance` that vectors along the first axis of the inputs have in common."""
    noise_gradient: bool = False
    """Whether gradients follow the size of the noise, which is then drawn whatever the periphery
    says of reads. For devices it is a constant; where noise on weights is drawn on the outputs,
    training needs to feel that larger inputs meet more of it."""

    def weights(self) -> Array:
        """Return the effective weight matrix, shape (out, in), in the unit of the weights."""
        scaled = sum(s * self.siemens()[k, ...] for k, s in enumerate(self.significance))
        return like(self.scale, self.conductance)[..., None] * scaled / self.g_full

    @property
    def reference(self) -> Array:
        """An array of the library, the device and the number format of inputs and outputs."""
        return self.conductance if self.unit is None else self.unit

    def siemens(self) -> Array:
        """Return the net signed conductance, S, shape (slices, out, in)."""
        return self.conductance if self.unit is None else self.conductance * self.unit[:, None]


def mvm(x: Array, crossbar: Crossbar, periphery: Periphery, rng: RandomSource = 0) -> Array:
    r"""Multiply the crossbar's matrix with input vectors.

    Parameters
    ----------
    x : array, shape (..., in)
        Input vectors.
    crossbar : Crossbar
        Conductances at the time of the read.
    periphery : Periphery
        Converters, ranges and noise.
    rng : int, numpy.random.Generator or torch.Generator
        Source of all noise. What the crossbar names as variance each input vector meets anew: it
        is drawn on the outputs, with the variance :math:`\sum_j \sigma_{ij}^2 V_j^2` that noise on
        every device would have. Noise that vectors have in common is in the conductances already,
        see `aimc.cores.CoreAtTime.met`.

    Returns
    -------
    array, shape (..., out)
        Digital outputs, in the unit of weight times input.

    Warns
    -----
    RangeWarning
        If more than 1 % of the inputs or outputs leave the range of their converter.

    Raises
    ------
    ValueError
        If ``x`` does not have as many entries as the crossbar has inputs, or is not finite.
    """
    return Multiplier(crossbar, periphery)(x, rng)


class Multiplier:
    """A crossbar with its periphery, made ready to multiply many times; called like `mvm`.

    Parameters
    ----------
    crossbar : Crossbar
        Conductances at the time of the read. They must not change afterwards.
    periphery : Periphery
        Converters, ranges and noise.
    gain : float
        Digital factor on all outputs.
    one_pass : bool
        Whether one backward pass serves all calls, such as those of the steps of a sequence: what
        they share is then worked out once.
    room : array, shape (2, slices, in, out), optional
        Where to put what products need of the conductances and their variances.
    lean : bool
        Whether the arrays of the crossbar are let go once what products need of them is kept.
    """

    __slots__ = (
        "_first",
        "_kept",
        "_lean",
        "_one_pass",
        "_room",
        "_watch",
        "crossbar",
        "gain",
        "periphery",
    )

    def __init__(
        self,
        crossbar: Crossbar,
        periphery: Periphery,
        gain: float = 1.0,
        *,
        one_pass: bool = False,
        room: Array | None = None,
        lean: bool = False,
    ) -> None:
        self._one_pass, self._room, self._lean = one_pass, room, lean
        self.crossbar = crossbar
        self.periphery = periphery
        self.gain = check_number("gain", gain, low=0.0, open_low=True)
        self._watch = _Watch(periphery)
        self._kept: _Ready | None = None
        self._first: Multiplier | None = None

    def __call__(self, x: Array | Patches, rng: RandomSource = 0) -> Array:
        """Multiply: x of shape (..., in), an array or Patches, to (..., out); see `mvm`."""
        few = None if self._kept is None else self._kept.few
        if few is not None and few.takes(x, rng):
            return few.read(x, rng, self._look, self._watch)
        patches = None
        if isinstance(x, Patches):
            x, patches = (x.pixels, x) if self.periphery.entry_by_entry else (x.vectors(), None)
        values, generator = as_array("x", x), as_generator(rng)
        vectors = values if patches is None else patches
        largest = _largest(values, vectors, self.crossbar.conductance.shape[-1])
        clip, limit = self.periphery.input_clip, self.periphery.input_range
        values = like(values, self.crossbar.reference)
        if clip is not None and largest > clip:
            values, largest = namespace(values).clip(values, -clip, clip), clip
        inside = limit is not None and largest <= limit * SLACK
        if limit is not None and not inside and self.periphery.dac.clips:
            warn_if_many(values, limit * SLACK, "inputs", "input_range={:g}", limit)
        x_max = _per_vector(values) if limit is None else limit
        if self.periphery.bound_management > 0:
            return self._manage_bounds(values, x_max, generator, self._first)
        if patches is None and len(self._parts(values)) > 1:
            return self._in_parts(values, x_max, generator, inside)
        return self._multiply(values, x_max, generator, self._watch, patches, inside)

    def _look(self, x: Array, largest: float) -> None:
        """Look at inputs of which some are beyond the input range, or no numbers."""
        limit = self.periphery.input_range
        if limit is None or not math.isfinite(largest):
            _largest(x, x, x.shape[-1])  # says where
        else:
            warn_if_many(x, limit * SLACK, "inputs", "input_range={:g}", limit)

    def _parts(self, values: Array) -> range:
        """Return where the parts begin in which many vectors are multiplied one after the other.

        From a NumPy generator they draw the numbers that all vectors at once would draw.
        """
        shape = values.shape
        count = math.prod(shape[:-1])
        if count < 2 * FEWEST:
            return range(1)
        longest = max(shape[-1], self.crossbar.conductance.shape[1])
        step = max(FEWEST, AT_ONCE // longest // FEWEST * FEWEST)
        if count < 2 * step:
            return range(1)
        around, bar = self.periphery, self.crossbar
        several = len(bar.significance) > 1 or bar.slow > 0 or type(around.adc) is not ADC
        several |= around.nonlinearity > 0  # between two draws
        followed = any(map(tracks_gradient, (values, bar.conductance, bar.scale)))
        if several or followed or not around.entry_by_entry:
            return range(1)
        return range(0, count - step + 1, step)  # the last takes the rest

    def _in_parts(
        self, values: Array, x_max: Array | float, rng: RandomSource, inside: bool
    ) -> Array:
        """Multiply many vectors part by part, so that what is between stays in the cache."""
        xp, shape = namespace(values), tuple(values.shape)
        vectors = xp.reshape(values, (-1, shape[-1]))
        starts, count = self._parts(values), int(vectors.shape[0])
        result: Array = None
        beyond_range = 0.0
        for first in starts:
            after = first + starts.step if first + starts.step < starts.stop else count
            watch = _Watch(self.periphery, loud=False)
            part = self._multiply(vectors[first:after], x_max, rng, watch, inside=inside)
            beyond_range += watch.share * (after - first) / count
            if result is None:
                kind = {"dtype": part.dtype, "device": device(part)}
                result = xp.empty((count, part.shape[-1]), **kind)
            result[first:after] = part
        self._watch.tell(beyond_range)
        return xp.reshape(result, (*shape[:-1], result.shape[-1]))

    def in_a_row(self, x: Array, k: int, rng: RandomSource = 0, slow: float = 0.0) -> Array:
        """Multiply each vector ``k`` times: x of shape (..., in) to (k, ..., out).

        Parameters
        ----------
        x : array, shape (..., in)
            Input vectors.
        k : int
            Reads of each.
        rng
            As in `mvm`.
        slow : float
            Share of the variance of a read that the reads of a vector have in common. Vectors that
            are sent again because they saturate (`bound_management`) have none.
        """
        check_integer("k", k, low=1)
        values = as_array("x", x)
        again = namespace(values).stack([values] * k)
        if slow == 0.0:
            return self(again, rng)
        if self.periphery.bound_management == 0:
            return self._sharing(slow)(again, rng)
        return self._but_first(self._sharing(slow))(again, rng)

    def _but_first(self, first: Multiplier) -> Multiplier:
        """Return the same, whose first round with `bound_management` is that of another."""
        twin = copy(self)
        twin._first = first
        return twin

    def _sharing(self, slow: float) -> Multiplier:
        """Return the same with a share of the variance that vectors have in common."""
        twin = Multiplier(replace(self.crossbar, slow=slow), self.periphery, self.gain)
        if self._lean:
            ready = self._ready()
            slices = tuple((share, lines.with_slow(slow)) for share, lines in ready.slices)
            twin._kept = replace(ready, slices=slices, few=None)
        return twin

    def _ready(self, vectors: int = 0) -> _Ready:
        """Return what no input changes, kept for the next call unless a gradient is followed."""
        if self._kept is not None:
            return self._kept
        with lasting(self.crossbar.conductance):
            return self._made(vectors)

    def _made(self, vectors: int) -> _Ready:
        bar, around = self.crossbar, self.periphery
        # numbers are turned into currents where there are fewer of them: weights, or products
        short = bar.conductance.itemsize < 4  # then no copy of the weights is made at all
        fewer = 0 < vectors < bar.conductance.shape[-1]
        apart = bar.unit is not None and (fewer or (short and vectors > 0))
        g = bar.conductance if apart and around.plain else bar.siemens()
        xp = namespace(g)
        # one slice is the array itself: the gradient of a part of it would be copied into zeros
        slices = [xp.reshape(g, g.shape[1:])] if g.shape[0] == 1 else [*g]
        lines = [
            bit_lines(
                slices[k],
                bar.read_variance[k, ...],
                bar.g_full,
                around,
                None if bar.columns is None else bar.columns[k, ...],
                None if bar.total is None else bar.total[k, ...],
                bar.noise_gradient,
                bar.unit if g is bar.conductance else None,
                bar.slow,
            )
            for k in range(len(bar.significance))
        ]
        if self._room is not None:
            lines = [each.moved(self._room[:, k, ...]) for k, each in enumerate(lines)]
        unit = current_unit(around) / (around.dac.v_read * bar.g_full)
        scale = like(bar.scale, bar.reference) * (self.gain * unit)
        full = scale if around.input_range is None else scale * around.input_range
        times = scaled if type(around.adc) is ADC else operator.mul
        constant = not (tracks_gradient(bar.conductance) or tracks_gradient(bar.scale))
        per_input = None
        if constant and around.input_range is not None and type(around.dac) is DAC:
            per_input = around.dac.factor(around.input_range, bar.reference)
        pairs = tuple(zip(bar.significance, lines, strict=True))
        few = None
        if per_input is not None and bar.significance == (1.0,):
            few = _few(lines[0], per_input, full)
        ready = _Ready(pairs, scale, full, times, per_input, few)
        if self._one_pass or constant:
            self._kept = ready
            if self._lean:
                self.crossbar = _outline(bar)
        return ready

    def _multiply(
        self,
        values: Array,
        x_max: Array | float,
        rng: RandomSource,
        watch: _Watch,
        patches: Patches | None = None,
        inside: bool = False,
    ) -> Array:
        """Return the outputs for inputs that are scaled by ``x_max``, or for patches of them.

        ``inside`` tells that no input is larger.
        """
        ready, dac = self._kept, self.periphery.dac
        if ready is None:
            ready = self._ready(math.prod(values.shape[:-1]) if patches is None else 0)
        # an heir of DAC may send its inputs in its own way
        known = type(dac) is DAC
        alike = isinstance(x_max, float | int)  # vectors, which then are scaled by the input range
        if known and alike and ready.per_input is not None:
            codes = dac.codes_by(values, ready.per_input, inside)
        else:
            codes = (
                dac.codes(values, x_max, inside=True)
                if known and inside
                else dac.codes(values, x_max)
            )
        if patches is not None:
            codes = patches.of(codes)
        total = None
        for significance, lines in ready.slices:
            counts = lines.read(codes, rng, watch)
            part = counts if significance == 1.0 else significance * counts
            total = part if total is None else total + part
        if alike:
            return ready.times(total, ready.full)
        return ready.times(total, ready.scale) * x_max

    def _manage_bounds(
        self,
        values: Array,
        x_max: Array | float,
        rng: RandomSource,
        first: Multiplier | None = None,
    ) -> Array:
        """Multiply, and send the vectors whose outputs saturate again with half their inputs.

        ``first`` multiplies in the first round, if it is another.
        """
        xp, shape = namespace(values), tuple(values.shape)
        left = xp.reshape(values, (-1, shape[-1]))
        ranges = xp.zeros_like(left[:, :1]) + (
            x_max if isinstance(x_max, float | int) else xp.reshape(x_max, (-1, 1))
        )
        result: Array = None
        rows: Array = None
        for repeats in range(self.periphery.bound_management, -1, -1):
            watch = _Watch(self.periphery, mark=True, loud=repeats == 0)
            if rows is None:
                outputs = (first or self)._multiply(
                    values, xp.reshape(ranges, (*shape[:-1], 1)), rng, watch
                )
                result = xp.reshape(outputs, (-1, outputs.shape[-1]))
            else:
                result[rows] = self._multiply(left, ranges, rng, watch)
            again = None if watch.full is None else xp.nonzero(xp.reshape(watch.full, (-1,)))[0]
            if again is None or len(again) == 0:
                break
            rows = again if rows is None else rows[again]
            left, ranges = left[again], 2 * ranges[again]
        return xp.reshape(result, (*shape[:-1], result.shape[-1]))


class TrainingCircuits:
    """A `Periphery.short` as weights in training meet it: in codes and counts, made once.

    It remembers whether the last read clipped, to look first for what the next one is likely to do.

    Parameters
    ----------
    periphery : Periphery
        Converters, ranges and output noise. Its read noise is that of devices, and is left out.
    g_full : float
        The conductance of a fully SET cell, S.
    """

    __slots__ = (
        "current",
        "full",
        "g_full",
        "inputs_clip",
        "levels",
        "limit",
        "output_std",
        "outputs_clip",
        "per_input",
        "periphery",
    )

    def __init__(self, periphery: Periphery, g_full: float) -> None:
        dac, adc, step = periphery.dac, periphery.adc, current_unit(periphery)
        assert periphery.input_range is not None
        self.periphery, self.g_full, self.levels = periphery, g_full, dac.levels
        self.per_input = dac.levels / periphery.input_range
        self.current = dac.v_read / (dac.levels * step)  # of one code on one siemens
        self.output_std = periphery.output_noise / step
        self.limit = round(adc.i_max / step)
        self.full = step / (dac.v_read * g_full)  # output of a cell of one, for inputs of one
        self.inputs_clip = self.outputs_clip = False


class TrainingRead:
    """Weights in training in place of devices, read by a `Periphery.short`; torch only.

    Vectors are read in one step with gradients of its own, where a `Multiplier` of the same weights
    follows each operation; patches of images in three.

    Parameters
    ----------
    circuits : TrainingCircuits
        What surrounds the weights.
    weights : tensor, shape (out, in)
        What the devices might hold.
    cell : tensor, shape (out,)
        The weight of a fully SET cell of each output.
    variance : tensor, shape (out, in) or (out, 1), optional
        Variance of each weight that every vector meets anew. Gradients follow what it does.
    cell_variance : float
        The same for noise that is relative to the weight of a cell, as a share of its square.
    narrow : bool
        Whether outputs have the number format of the inputs; else that of ``cell``.
    offset : tensor of shape (out,), optional
        Added to the outputs.
    """

    __slots__ = (
        "_cell",
        "_cell_variance",
        "_circuits",
        "_how",
        "_narrow",
        "_offset",
        "_variance",
        "_weights",
    )

    def __init__(
        self,
        circuits: TrainingCircuits,
        weights: Array,
        cell: Array,
        *,
        variance: Array | None = None,
        cell_variance: float = 0.0,
        narrow: bool = False,
        offset: Array | None = None,
    ) -> None:
        self._circuits, self._weights, self._cell = circuits, weights, cell
        self._variance, self._cell_variance, self._narrow = variance, cell_variance, narrow
        self._offset = None if offset is None else like(offset, cell)
        self._how: Reading | None = None

    def __call__(self, x: Array | Patches, rng: RandomSource = 0) -> Array:
        """Multiply: x of shape (..., in), a tensor or Patches, to (..., out)."""
        weights, around = self._weights, self._circuits
        patches = x if isinstance(x, Patches) else None
        values = x if patches is None else x.pixels
        if not _fit(x, weights.shape[1]):
            _largest(values, x, weights.shape[1])  # says what is wrong
        if self._how is None and patches is None:
            known = stop_gradient(weights)  # whose gradient is one of the read
            self._how = self._made(known, math.prod(x.shape[:-1]), x.dtype)
        elif self._how is None:
            self._how = self._made(weights, 0, values.dtype)
        how = self._how
        if patches is None:
            outputs, inputs_beyond, beyond = read_by_training(
                values, weights, self._offset, how, rng
            )
        else:
            codes, inputs_beyond = sent(values, how.levels, how.per_input, how.matrix.dtype)
            outputs, beyond = self._received(patches.of(codes), how, rng)
        if math.isnan(inputs_beyond):
            _largest(values, x, weights.shape[1])  # says where
        around.inputs_clip, around.outputs_clip = inputs_beyond > 0, beyond > 0
        limit, i_max = around.periphery.input_range, around.periphery.adc.i_max
        assert limit is not None
        warn_if_many(inputs_beyond, limit * SLACK, "inputs", "input_range={:g}", limit)
        warn_if_many(beyond, i_max, "bit-line currents", "adc.i_max={:g} A", i_max)
        return outputs

    def _received(self, codes: Patches, how: Reading, rng: RandomSource) -> tuple[Array, float]:
        """Return outputs for patches of codes, and the share that was clipped."""
        power = None
        if how.of_length:
            power = codes.power() if how.spread is None else codes.power() * how.spread
        elif how.spread is not None:
            power = power_of(codes, how.spread)
        return received(codes @ how.matrix, power, self._offset, how, rng)

    def _made(self, w: Array, vectors: int, dtype: Any) -> Reading:
        """Return what is known of a read of weights w (out, in) before inputs come.

        ``vectors`` is how many are to come, 0 for patches; ``dtype`` is their number format.
        """
        around, cell = self._circuits, self._cell
        periphery, inputs = around.periphery, w.shape[1]
        precision, unit = periphery.precision, around.g_full / cell
        by_weight = around.current * unit
        # numbers are turned into currents where there are fewer of them: weights, or products;
        # of 16 bits, no copy of the weights is made at all
        apart = 0 < vectors < inputs or (w.itemsize < 4 and vectors > 0)
        matrix = w.T if apart else around.current * (w * unit[:, None]).T
        spread, times, of_length = None, 1.0, False
        if self._variance is not None:
            spread = stop_gradient(self._variance * unit[:, None] ** 2).T
            spread = in_precision(around.current**2 * spread, precision)
            of_length = spread.shape[0] < inputs
        elif self._cell_variance > 0:
            times = self._cell_variance * (around.current * around.g_full) ** 2
            of_length = True
        return Reading(
            levels=around.levels,
            per_input=around.per_input,
            matrix=in_precision(matrix, precision),
            factor=by_weight if apart else None,
            back=None if apart else by_weight,
            spread=spread,
            of_length=of_length,
            times=times,
            output_std=around.output_std,
            limit=around.limit,
            full=cell * around.full * periphery.input_range,
            dtype=dtype if self._narrow else cell.dtype,
            inputs_clip=around.inputs_clip,
            outputs_clip=around.outputs_clip,
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Ready:
    """What a crossbar and its periphery need for a multiplication, whatever the inputs."""

    slices: tuple[tuple[float, BitLines | FourPhases], ...]
    """Digital weight and bit lines of each slice."""
    scale: Array
    """Output per count for inputs of at most one, shape (out,), or one for all."""
    full: Array
    """The same for inputs of at most the input range, if there is one for all vectors."""
    times: Callable[[Array, Array], Array]
    """Multiplies counts with one of the two; what an ADC returns may be written over."""
    per_input: Array | float | None
    """Codes of the DAC per input, if inputs are alike in range and the lines are kept."""
    few: FewVectors | None = None
    """How few vectors are read, if that can be done in one step."""


def _few(lines: BitLines | FourPhases, per_input: Array, full: Array) -> FewVectors | None:
    """Return how these lines read few vectors; ``None``: as they read many."""
    if isinstance(lines, FourPhases) or not lines.periphery.short:
        return None
    around, counts = lines.periphery, lines.counts
    assert around.input_range is not None
    assert counts is not None
    if lines.per_output is not None or lines.slow > 0.0 or lines.noise_gradient:
        return None
    return FewVectors(
        per_input=per_input,
        reach=around.input_range * SLACK,
        levels=around.dac.levels,
        matrix=lines.per_code,
        variance=lines.variance,
        output_power=lines.output_power,
        output_std=around.output_noise / current_unit(around),
        counts=counts,
        full=full,
    )


def _outline(bar: Crossbar) -> Crossbar:
    """Return a crossbar with the shape and the library of another, and none of its numbers."""

    def outline(array: Array) -> Array:
        xp = namespace(array)
        return xp.broadcast_to(xp.zeros_like(array[:1, :1, :1]), array.shape)

    return replace(
        bar,
        conductance=outline(bar.conductance),
        read_variance=outline(bar.read_variance),
        total=None,
    )


def _fit(vectors: Array | Patches, inputs: int) -> bool:
    """Return whether there are vectors, and as long as there are inputs."""
    shape = vectors.shape
    return len(shape) > 0 and shape[-1] == inputs and math.prod(shape) > 0


def _largest(values: Array, vectors: Array | Patches, inputs: int) -> float:
    """Return the largest magnitude of input vectors, or raise an error that says what is wrong."""
    if _fit(vectors, inputs):
        largest = peak(values)
        if math.isfinite(largest):
            return largest
    whole = vectors.vectors() if isinstance(vectors, Patches) else vectors
    return check_array("x", whole, last=inputs)


def _per_vector(values: Array) -> Array:
    """Return the largest magnitude of each vector, one for a vector of zeros."""
    xp = namespace(values)
    largest = xp.max(xp.abs(stop_gradient(values)), axis=-1, keepdims=True)
    return xp.where(largest > 0, largest, xp.ones_like(largest))


class _Watch:
    """Looks at the currents before they are converted: warns, and marks vectors that saturate."""

    def __init__(self, periphery: Periphery, *, mark: bool = False, loud: bool = True) -> None:
        adc, unit = periphery.adc, current_unit(periphery)
        self._i_max = adc.i_max
        # a converter may keep its full scale, which weights are mapped by, and saturate nowhere
        saturates = getattr(adc, "saturates", True)
        self._limit = adc.i_max / unit * SLACK if saturates else math.inf
        self._limited = not math.isinf(self._limit)
        # what is rounded down to full scale is not lost yet
        self._lost = self._limit + (0.5 if type(adc) is ADC and adc.step > 0 else 0.0)
        self._mark, self._loud = mark, loud
        self.full: Array | None = None
        self.share = 0.0  # of the currents that the converter clips, where it is not told

    def tell(self, current: Array | float) -> None:
        """Warn if many currents are clipped; see `warn_if_many`."""
        warn_if_many(current, self._limit, "bit-line currents", "adc.i_max={:g} A", self._i_max)

    def __call__(self, current: Array) -> bool:
        """Look at currents, and tell whether they are known to be within the range."""
        if not self._limited:
            return False
        if peak(current) <= self._limit:
            return True
        if self._loud:
            self.tell(current)
        else:
            self.share = share_beyond(current, self._limit)
        if self._mark:
            rows = namespace(current).any(beyond(current, self._lost), axis=-1)
            self.full = rows if self.full is None else self.full | rows
        return False
