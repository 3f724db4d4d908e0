"""A weight matrix on as many cores as it takes: the one owner of cores, cut, ranges and time.

The cores together are used like a single one: ``matrix @ x``, ``x @ matrix``, ``matrix.T``,
``matrix[2:5, :]``. In a transposed read (`aimc.cores.views.Transposed`) the cores of one part of
the *inputs* form a chain, whose partial sums run over the outputs. A part of the matrix is read on
those cores alone that hold something of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Self, TypeAlias

import numpy as np

from aimc.backend import (
    Array,
    RandomSource,
    as_array,
    as_generator,
    at_least_single,
    namespace,
    tracks_gradient,
)
from aimc.circuits import ADC
from aimc.cores.core import Core, CoreAtTime, Gain, Noise, scale_of
from aimc.cores.cut import Part, parts_of
from aimc.cores.parameters import WEIGHT_RANGES
from aimc.cores.partial_sums import PartialSums
from aimc.cores.ranges import full_scale
from aimc.cores.read_outs import check_noise
from aimc.cores.redrawn import Lent
from aimc.cores.views import MatrixView, Submatrix, cut
from aimc.devices import IdealDevice
from aimc.validation import (
    RangeWarning,
    check_array,
    check_choice,
    check_number,
    check_time,
    emit,
    noted,
)

__all__ = [
    "CompositeView",
    "Gain",
    "Matrix",
    "MatrixAtTime",
    "Noises",
    "TiledMatrix",
    "at_time",
    "spread",
]

Noises: TypeAlias = str | Callable[[Core], Noise] | Sequence[Noise]
"""Read noise of several cores: one word for all, a function of the core, or one for each."""


KEPT = 1 << 23
"""Weights of the largest matrix or model whose devices are kept by default: half a gigabyte."""


class CompositeView(MatrixView):
    """Several cores, or what is seen of them, as one matrix.

    Parameters
    ----------
    views : sequence of MatrixView
        What multiplies: a core for each part of the matrix, or a view of it.
    parts : sequence of Part
        Where each of them stands in the matrix, in the same order.
    """

    def __init__(self, views: Sequence[MatrixView], parts: Sequence[Part]) -> None:
        self.parts: tuple[Part, ...] = tuple(parts)
        self.chains = PartialSums([self.parts])
        """Who adds to whom."""
        self.replace_views(views)

    def replace_views(self, views: Sequence[MatrixView]) -> None:
        """Let products meet other views of the cores, one for each of `parts`."""
        self._views: tuple[Any, ...] = tuple(views)
        self._of = {part.core: view for part, view in zip(self.parts, self._views, strict=True)}

    @property
    def views(self) -> tuple[Any, ...]:
        """What multiplies, one for each of `parts`."""
        return self._views

    def _now(self) -> tuple[Any, ...]:
        """Return the views as they are now; the same object as long as they are the same."""
        return self._views

    def __repr__(self) -> str:
        """Return a one-line description."""
        outputs, inputs = self.shape
        return f"<{type(self).__name__} of {outputs}x{inputs} weights on {len(self._views)} cores>"

    @property
    def cores(self) -> tuple[Core, ...]:
        """The cores that are read."""
        return tuple(view.core for view in self._views)

    @property
    def shape(self) -> tuple[int, int]:
        """Shape (out, in) of the matrix."""
        return self.chains.outputs, self.chains.inputs[0]

    @property
    def T(self) -> CompositeView:  # noqa: N802
        """The same devices, read from the other side; see `aimc.cores.views.Transposed`."""
        turned = [Part(part.core, part.inputs, part.outputs) for part in self.parts]
        return _Following(self, turned)

    def __getitem__(self, key: Any) -> CompositeView:
        """Return a part, ``matrix[2:5, :]``; cores that hold nothing of it are not read.

        It follows the matrix: to another time, and to other weights.
        """
        axes = cut(key, *(range(n) for n in self.shape))
        parts: list[Part] = []
        where: list[tuple[int, range, range]] = []
        for k, part in enumerate(self.parts):
            outputs, own_outputs = _within(axes[0], *part.outputs)
            inputs, own_inputs = _within(axes[1], *part.inputs)
            if own_outputs and own_inputs:
                parts.append(Part(len(parts), outputs, inputs))
                where.append((k, own_outputs, own_inputs))
        return _Following(self, parts, where)

    def read(self, core: int, x: Array) -> Array:
        """Return what the core of one part makes of the part's inputs, (..., in) to (..., out)."""
        return self._of[core].forward(x)

    def weights(self, noise: bool = False) -> Array:
        """Return the effective weight matrix, shape (out, in); see `aimc.cores.CoreAtTime`."""
        bands = []
        for _, (chain,) in self.chains.blocks:
            held = [self._of[part.core].weights(noise) for part in chain]
            bands.append(namespace(held[0]).concat(held, axis=1))
        return namespace(bands[0]).concat(bands, axis=0)

    def forward(self, x: Array, rng: RandomSource | None = None) -> Array:
        """Multiply: x of shape (..., in) to (..., out); partial sums are added digitally.

        Parameters
        ----------
        x : array, shape (..., in)
            Input vectors.
        rng : int, numpy.random.Generator or torch.Generator, optional
            Source of the read noise of all cores, one after the other; by default each has its
            own stream.
        """
        source = None if rng is None else as_generator(rng)
        return self._summed(lambda view, part: view.forward(part, source), x)

    def in_a_row(
        self, x: Array, k: int, rng: RandomSource | None = None, spacing: float | None = None
    ) -> Array:
        """Multiply each vector ``k`` times in a row; see `aimc.cores.CoreAtTime.in_a_row`."""
        source = None if rng is None else as_generator(rng)
        return self._summed(lambda view, part: view.in_a_row(part, k, source, spacing), x)

    def _summed(self, read: Callable[[Any, Array], Array], x: Array) -> Array:
        """Return the sum of what the cores read; what several warn of comes as one warning."""
        notes: list[RangeWarning] = []

        def read_part(core: int, part: Array) -> Array:
            view = self._of[core]
            product = read(view, part)
            for note in notes:
                note.core = view.core.index if note.core is None else note.core
            return product

        with noted(notes):
            total = self.chains.forward([read_part], [as_array("x", x)])
        if notes:
            emit(_gathered(notes, len(self._views)))
        return total


class _Following(CompositeView):
    """A part of a matrix, or its other side, that follows what the matrix reads.

    Parameters
    ----------
    whole : CompositeView
        The matrix.
    parts : sequence of Part
        Where its views stand.
    where : sequence of (int, range, range), optional
        For each of them the number of the view that it is cut from, outputs and inputs; by default
        they are the other sides of all.
    """

    def __init__(
        self,
        whole: CompositeView,
        parts: Sequence[Part],
        where: Sequence[tuple[int, range, range]] | None = None,
    ) -> None:
        self._whole, self._where = whole, where
        self._seen: Sequence[Any] = whole._now()
        super().__init__(self._made(self._seen), parts)

    def _made(self, views: Sequence[Any]) -> list[MatrixView]:
        if self._where is None:
            return [view.T for view in views]
        return [Submatrix(views[k], outputs, inputs) for k, outputs, inputs in self._where]

    def _now(self) -> tuple[Any, ...]:
        """Return the views, made again where those of the matrix are others by now."""
        views = self._whole._now()
        if views is not self._seen:
            self._seen = views
            self.replace_views(self._made(views))
        return super()._now()

    @property
    def views(self) -> tuple[Any, ...]:
        """What multiplies, one for each of `parts`."""
        return self._now()

    @property
    def cores(self) -> tuple[Core, ...]:
        """The cores that are read."""
        return tuple(view.core for view in self._now())

    def read(self, core: int, x: Array) -> Array:
        """Return what the core of one part makes of the part's inputs, (..., in) to (..., out)."""
        self._now()
        return super().read(core, x)

    def weights(self, noise: bool = False) -> Array:
        """Return the effective weight matrix, shape (out, in); see `aimc.cores.CoreAtTime`."""
        self._now()
        return super().weights(noise)

    def forward(self, x: Array, rng: RandomSource | None = None) -> Array:
        """Multiply: x of shape (..., in) to (..., out); partial sums are added digitally."""
        self._now()
        return super().forward(x, rng)

    def in_a_row(
        self, x: Array, k: int, rng: RandomSource | None = None, spacing: float | None = None
    ) -> Array:
        """Multiply each vector ``k`` times in a row; see `aimc.cores.CoreAtTime.in_a_row`."""
        self._now()
        return super().in_a_row(x, k, rng, spacing)


class Matrix(CompositeView):
    """Weights on as many cores as they take. `aimc.program` makes one from a preset.

    Parameters
    ----------
    cores : sequence of Core
        One for each part, unprogrammed; `spread` makes them.
    parts : sequence of Part
        Where each of them stands in the matrix, in the same order.
    weight_range : {"core", "output"}
        Whether a fully SET cell is the largest weight of its core or of its output; the digital
        side scales each output back.

    Raises
    ------
    TypeError
        If a core is something else.
    ValueError
        If there is not one core for each part, or if two parts share a core, or devices that draw
        the same random numbers.

    Examples
    --------
    >>> import numpy as np, aimc
    >>> from aimc.cores import Matrix, spread
    >>> W = np.random.default_rng(0).uniform(-1, 1, (300, 500))
    >>> matrix = Matrix(*spread(W.shape, lambda k: aimc.presets.ideal(index=k)))
    >>> len(matrix.program(W).cores)
    4
    >>> x = np.ones(300)
    >>> bool(np.allclose(x @ matrix, x @ W)), matrix[:10, ::2].shape
    (True, (10, 250))
    """

    def __init__(
        self, cores: Sequence[Core], parts: Sequence[Part], *, weight_range: str = "core"
    ) -> None:
        _check_apart(cores)
        if len(cores) != len(parts):
            raise ValueError(
                f"cores are {len(cores)} and parts {len(parts)}: one core for each part"
            )
        self._cores = tuple(cores)
        self._weight_range = check_choice("weight_range", weight_range, WEIGHT_RANGES)
        self._sums: Array | None = None
        self._input_range: float | None = None
        super().__init__(self._cores, parts)

    @property
    def cores(self) -> tuple[Core, ...]:
        """The cores, in the order of `parts`."""
        return self._cores

    @property
    def programmed(self) -> bool:
        """Whether the cores hold weights."""
        return all(core.programmed for core in self._cores)

    @property
    def views(self) -> tuple[Any, ...]:
        """What multiplies, one for each of `parts`; nothing before weights were programmed."""
        return self._views if self.programmed else ()

    @property
    def weight_range(self) -> str:
        """Whether a fully SET cell is the largest weight of its core or of its output."""
        return self._weight_range

    @property
    def grid(self) -> tuple[int, int]:
        """Cores along the outputs and along the inputs."""
        along = len(self.chains.input_parts[0])
        return len(self.parts) // along, along

    @property
    def input_parts(self) -> tuple[slice, ...]:
        """Parts into which the inputs are cut."""
        return self.chains.input_parts[0]

    @property
    def size(self) -> int:
        """Cells that hold a weight."""
        return self.shape[0] * self.shape[1]

    @property
    def utilisation(self) -> float:
        """Share of the unit cells of the cores that hold a weight, 0 to 1."""
        return self.size / sum(core.rows * core.columns for core in self.cores)

    @property
    def input_range(self) -> float | None:
        """Magnitude of a full-scale input; ``None`` scales each vector to its own largest entry."""
        return self._cores[0].periphery.input_range

    @input_range.setter
    def input_range(self, value: float) -> None:
        self._input_range = check_number("input_range", value, low=0.0, open_low=True)
        self._set_input_range()

    def _set_input_range(self) -> None:
        if self._input_range is None:
            return
        for core in self._cores:
            core.periphery = replace(core.periphery, input_range=self._input_range)

    @property
    def sums(self) -> Array | None:
        """Largest products over each part of the inputs, shape (parts, out), from a calibration.

        Where they would pass the ADC, weights use less of the conductance. ``None`` does not care.
        """
        return self._sums

    @sums.setter
    def sums(self, values: Array | None) -> None:
        if values is not None and len(values) != len(self.input_parts):
            raise ValueError(
                f"sums has {len(values)} rows, the inputs are cut into {len(self.input_parts)} "
                "parts"
            )
        self._sums = values

    def cells(self, weights: Array) -> list[Array]:
        """Return the weight of a fully SET cell for each output of each part, constants (out,).

        A part of zeros takes the largest of the others, a matrix of zeros one.
        """
        if len(self.parts) == 1:
            return [self.w_max_of(self.parts[0], weights)]
        found = [self.w_max_of(part, part.of(weights), otherwise=0.0) for part in self.parts]
        xp = namespace(found[0])
        largest = xp.max(xp.stack([xp.max(cell) for cell in found]))
        largest = xp.where(largest > 0, largest, 1.0)
        return [xp.where(cell > 0, cell, largest) for cell in found]

    def w_max_of(
        self,
        part: Part,
        weights: Array,
        input_range: float | None = None,
        otherwise: Array | float = 1.0,
    ) -> Array:
        """Return the weight of a fully SET cell for each output of a part, shape (out,).

        Parameters
        ----------
        part : Part
            One of `parts`.
        weights : array, shape (out, in)
            What its core is to hold.
        input_range : float, optional
            Magnitude of a full-scale input; that of the part's core by default.
        otherwise : float or array of shape ()
            What it is where all of these weights are zero.
        """
        core, sums = self._of[part.core].core, None
        if self._sums is not None:
            row = self.input_parts.index(slice(*part.inputs))
            sums = self._sums[row, part.where[0]]
        return full_scale(
            weights,
            core,
            input_range=core.periphery.input_range if input_range is None else input_range,
            sums=sums,
            weight_range=self.weight_range,
            otherwise=otherwise,
        )

    def used(self, like: Array) -> Array | None:
        """Return where cells hold a weight, ones and zeros (out, in); ``None``: everywhere."""
        return None

    def keeps(self, weights: Array, keep: bool | None = None) -> bool:
        """Return whether the state of the devices is kept; parameters as for `program`."""
        check_choice("keep", keep, (None, True, False))
        wanted = self.shape[0] * self.shape[1] <= KEPT if keep is None else keep
        return wanted or tracks_gradient(weights)

    def program(
        self, weights: Array | None = None, w_max: float | None = None, *, keep: bool | None = None
    ) -> Self:
        """Write weights to the cores, and return the matrix; time starts again at 0 s.

        Parameters
        ----------
        weights : array, shape (out, in), optional
            The matrix. Under torch, gradients flow from the outputs back to it. By default what
            the cores hold, with the same range of each.
        w_max : float, optional
            Weight that becomes a fully SET cell, alike on all cores; by default what
            `weight_range`, and `sums` where they are known, ask for.
        keep : bool, optional
            Whether the state of the devices is kept in memory, three numbers for each device.
            Otherwise it is drawn again, with the same numbers, when the first vector comes after
            programming or after a time was set, and the matrix holds two numbers for each weight
            beside the weights. By default matrices of up to eight million weights keep it: a new
            time then takes a third as long. With gradients it is always kept. Without ``weights``
            it is kept, or not, as before.

        Raises
        ------
        TypeError
            If ``keep`` or ``w_max`` is given without weights.
        ValueError
            If the weights have another shape, or one exceeds ``w_max``.
        """
        if weights is None:
            if keep is not None:
                raise TypeError(
                    f"keep={keep!r} is not allowed without weights: the state of the devices is "
                    "kept, or drawn again, as before"
                )
            if w_max is not None:
                raise TypeError(
                    f"w_max={w_max!r} is not allowed without weights: it stays as it is"
                )
            for core in self._cores:
                core.program()
            self.replace_views(self._cores)
            return self
        w = as_array("weights", weights)
        check_array("weights", w, ndim=2)
        if tuple(w.shape) != self.shape:
            raise ValueError(f"weights has shape {tuple(w.shape)}, the matrix has {self.shape}")
        if w_max is not None:  # refuse what is too small before any core is written
            for part in self.parts:
                scale_of(at_least_single(part.of(w)), w_max)
        used = self.used(w)
        lasting = None if self.keeps(w, keep) else self._lasting(w)
        cells = self.cells(w) if w_max is None else [w_max] * len(self.parts)
        for core, part, cell in zip(self._cores, self.parts, cells, strict=True):
            held = at_least_single(part.of(w))
            core.program(
                held,
                cell,
                None if used is None else part.of(used),
                None if lasting is None else Lent(lasting, part),
            )
        self.replace_views(self._cores)
        return self

    def _lasting(self, weights: Array) -> Array:
        """Return weights that nobody else will overwrite, or will only if the user does."""
        return weights.detach().clone() if hasattr(weights, "detach") else weights.copy()

    def at(
        self, t: float | str, gain: Gain | Sequence[float] = 1.0, noise: Noises = "split"
    ) -> MatrixAtTime:
        """Return the matrix as it is ``t`` seconds after programming; see `at_time`."""
        return MatrixAtTime(self, at_time(self._cores, t, gain, noise))

    def go_to(
        self, t: float | str, gain: Gain | Sequence[float] = 1.0, noise: Noises = "split"
    ) -> Self:
        """Let all further products be those of a time after programming; see `at_time`."""
        self.replace_views(at_time(self._cores, t, gain, noise))
        return self


class MatrixAtTime(CompositeView):
    """A matrix at one time after programming. Made by `Matrix.at`."""

    def __init__(self, matrix: Matrix, views: Sequence[MatrixView]) -> None:
        super().__init__(views, matrix.parts)
        self.matrix = matrix


class TiledMatrix(Matrix):
    """A `Matrix` that is programmed when it is made.

    Parameters
    ----------
    weights : array, shape (out, in)
        The matrix.
    make_core : callable
        As in `spread`.
    w_max : float, optional
        As in `Matrix.program`.
    """

    def __init__(
        self, weights: Array, make_core: Callable[[int], Core], *, w_max: float | None = None
    ) -> None:
        w = as_array("weights", weights)
        check_array("weights", w, ndim=2)
        super().__init__(*spread((int(w.shape[0]), int(w.shape[1])), make_core))
        self.program(w, w_max)


def spread(
    shape: tuple[int, int], make_core: Callable[[int], Core], first: int = 0
) -> tuple[tuple[Core, ...], tuple[Part, ...]]:
    """Return the cores that a matrix takes, unprogrammed, and the part that each is to hold.

    Parameters
    ----------
    shape : (int, int)
        (out, in).
    make_core : callable
        ``make_core(index)`` returns the core with that number, unprogrammed. It passes the number
        on to the core, or all would hold the same devices; only ideal cores are alike anyway.
    first : int
        Number of the first core; the others follow.

    Raises
    ------
    TypeError
        If ``make_core`` is not callable, or returns something else than a core.
    """
    if not callable(make_core):
        raise TypeError(f"make_core must be a function that returns a Core, got {make_core!r}")
    core = make_core(first)
    if not isinstance(core, Core):
        raise TypeError(f"make_core must return a Core, got {type(core).__name__}")
    parts = parts_of(shape, core.rows, core.columns, first)
    return (core, *(make_core(part.core) for part in parts[1:])), parts


def at_time(
    cores: Sequence[Core],
    t: float | str,
    gain: Gain | Sequence[float] = 1.0,
    noise: Noises = "split",
) -> tuple[CoreAtTime, ...]:
    """Return cores as they are at a time after programming.

    Parameters
    ----------
    cores : sequence of Core
        Programmed cores.
    t : float or str
        Time since the first read after programming, s, or in words such as ``"1 d"``.
    gain : float, sequence of float, or callable
        Digital factor on the outputs of all cores, one for each, or ``gain(core, t)``, for example
        a drift compensation.
    noise : {"split", "fresh", "momentary"}, callable, or sequence
        How the read noise divides into what all vectors have in common and what is new for each,
        as in `aimc.cores.Core.at`: one word for all cores, ``noise(core)``, or one for each.

    Raises
    ------
    ValueError
        If there are more or fewer factors than cores.
    """
    t = check_time("t", t)
    given: Any = gain
    if callable(given):
        gains = [given(core, t) for core in cores]
    else:
        gains = [given] * len(cores) if np.ndim(given) == 0 else list(given)
    if len(gains) != len(cores):
        raise ValueError(f"gain has {len(gains)} entries for {len(cores)} cores")
    if callable(noise):
        noises: Sequence[Noise] = [noise(core) for core in cores]
    else:
        noises = noise if isinstance(noise, list | tuple) else [check_noise(noise)] * len(cores)
    if len(noises) != len(cores):
        raise ValueError(f"noise has {len(noises)} entries for {len(cores)} cores")
    return tuple(
        core.at(t, factor, each) for core, factor, each in zip(cores, gains, noises, strict=True)
    )


def _gathered(notes: Sequence[RangeWarning], cores: int) -> RangeWarning:
    """Return one warning of several, with the largest share among them."""
    if len(notes) == 1:
        return notes[0]
    most = max(notes, key=lambda note: note.share or 0.0)
    kinds: dict[str, list[RangeWarning]] = {}
    for note in notes:
        kinds.setdefault(note.what or str(note), []).append(note)
    texts = []
    for same in kinds.values():
        largest = str(max(same, key=lambda note: note.share or 0.0))
        most_of = "up to " if len({str(note) for note in same}) > 1 else ""
        warn = len({note.core for note in same})
        texts.append(f"{warn} of {cores} cores: {most_of}{largest}")
    return RangeWarning(
        "\n".join(texts), share=most.share, what=most.what, core=most.core, parts=notes
    )


def _within(axis: range, first: int, after: int) -> tuple[tuple[int, int], range]:
    """Return which places of an axis lie in a part, and what they are there."""
    places = [k for k, n in enumerate(axis) if first <= n < after]
    if not places:
        return (0, 0), range(0)
    where = places[0], places[-1] + 1
    there = axis[slice(*where)]
    return where, range(there.start - first, there.stop - first, there.step)


def _check_apart(cores: Sequence[Any]) -> None:
    """Refuse parts that would share a core, or draw the same random numbers."""
    objects: dict[int, int] = {}
    numbers: dict[tuple[int, int], int] = {}
    for k, core in enumerate(cores):
        if not isinstance(core, Core):
            raise TypeError(f"each part of a matrix needs a Core, got {type(core).__name__}")
        number = (core.serial, core.index)
        if id(core) in objects:
            raise ValueError(
                f"the same core is given for parts {objects[id(core)]} and {k}: each needs a core "
                "of its own"
            )
        if number in numbers and _draws(core):
            raise ValueError(
                f"core {core.index} of chip {core.serial} is given for parts {numbers[number]} and "
                f"{k}, which would hold the same devices: give each core a number of its own, and "
                "have make_core pass on the one that it is given"
            )
        objects[id(core)] = numbers[number] = k


def _draws(core: Core) -> bool:
    """Return whether anything about a core, or about a read of it, is random."""
    around = core.periphery
    noisy = around.output_noise or around.input_noise or around.weight_noise
    fixed = isinstance(core.device, IdealDevice) and isinstance(around.adc, ADC)
    return bool(noisy) or around.columns_differ or not fixed
