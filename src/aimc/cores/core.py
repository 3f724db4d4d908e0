r"""One analog in-memory computing core: device state and periphery, used like a matrix.

``core @ x`` multiplies, ``x @ core`` and ``core.T`` read the array from its other side, and
``core[2:5, :]`` is a part of it; `aimc.cores.views` says what the hardware does then. Its read
noise has a part that all vectors of a read-out share and one that is new for each;
`aimc.cores.read_outs` says how.

Orientation, here and everywhere: weights have shape ``(out, in)`` as in torch. The inputs drive the
*rows* (word lines) of the physical array, the outputs are read from its *columns* (bit lines), so a
core of 256 rows and 256 columns holds at most 256 inputs and 256 outputs.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable
from copy import copy, deepcopy
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
from array_api_compat import device

from aimc.backend import (
    Array,
    RandomSource,
    as_array,
    at_least_single,
    in_precision,
    lasting,
    like,
    namespace,
    peak,
    row_peaks,
    scaled,
    stop_gradient,
    tracks_gradient,
)
from aimc.circuits import (
    Crossbar,
    DifferentialPair,
    Multiplier,
    Periphery,
    UnitCell,
    net_conductance,
)
from aimc.circuits.periphery import COLUMN_DRAWS
from aimc.circuits.unit_cell import total_conductance
from aimc.cores.random_streams import RandomStreams
from aimc.cores.read_outs import ReadOut, ReadOuts, check_noise, drawn
from aimc.cores.redrawn import Redrawn, drawn_devices
from aimc.cores.views import Affine, CorrectedCore, MatrixView, Transposed, matmul
from aimc.devices import ConductanceState, Device, ReadNoise, noise_in_time
from aimc.validation import (
    UnprogrammedError,
    check_array,
    check_integer,
    check_kind,
    check_number,
    check_serial,
    check_time,
)

__all__ = ["Core", "CoreAtTime", "Gain", "Noise", "matmul"]

Gain: TypeAlias = "float | Affine | Callable[[Core, float], float | Affine]"
"""A digital factor on all outputs, a factor and an offset for each, or a function of core and time
(s) that returns one of the two."""

Noise: TypeAlias = str | ReadNoise | ReadOut
"""Read noise of a core: a word of `aimc.cores.read_outs.NOISES`, a process, or a read-out."""


class Core(MatrixView):
    """A crossbar of unit cells with its converters.

    Parameters
    ----------
    device : Device
        Model of the memory devices.
    cell : UnitCell
        How a weight is spread over devices.
    periphery : Periphery
        Converters, input range and noise.
    rows, columns : int
        Word lines (inputs) and bit lines (outputs) of the array.
    serial : int
        Serial number of the chip. Same serial, same devices, on any machine.
    index : int
        Number of this core on its chip.
    readout : float or str
        Time over which results are combined, s: vectors read within it have the slow part of the
        read noise in common. The default is that of one image on the 64-core chip, about a
        millisecond.
    name : str
        Name for tables and figures.
    sources : tuple of str
        Bibliography keys of the papers behind this configuration.

    Examples
    --------
    >>> import numpy as np, aimc
    >>> core = aimc.presets.ideal()
    >>> core.program(np.array([[0.5, -1.0], [0.25, 0.0]])) @ np.array([1.0, 0.5])
    array([0.  , 0.25])
    >>> np.array([1.0, 0.5]) @ core  # the same devices, read from the other side
    array([ 0.625, -1.   ])
    >>> core[:1, :].weights()
    array([[ 0.5, -1. ]])
    """

    def __init__(
        self,
        device: Device,
        cell: UnitCell | None = None,
        periphery: Periphery | None = None,
        *,
        rows: int = 256,
        columns: int = 256,
        serial: int = 0,
        index: int = 0,
        readout: float | str = 1e-3,
        name: str = "AIMC core",
        sources: tuple[str, ...] = (),
    ) -> None:
        for argument, value, kind in (
            ("device", device, Device),
            ("cell", cell, UnitCell),
            ("periphery", periphery, Periphery),
        ):
            if value is not None or argument == "device":
                check_kind(argument, value, kind)
        self.device = device
        self.cell = DifferentialPair() if cell is None else cell
        self.periphery = Periphery() if periphery is None else periphery
        self.rows = check_integer("rows", rows, low=1)
        self.columns = check_integer("columns", columns, low=1)
        self.serial = check_serial("serial", serial)
        self.index = check_integer("index", index, low=0)
        self.readout = check_time("readout", readout, open_low=True)
        self.name = name
        self.sources = tuple(sources)
        self._held: ConductanceState | Redrawn | None = None
        self._drawn: weakref.ref[ConductanceState] | None = None
        self._scale: Array | float = 1.0
        self.used: Array | None = None
        """Cells that were programmed, ones and zeros of shape (out, in); ``None``: all."""
        self._shape: tuple[int, int] = (0, 0)
        self._streams = RandomStreams(self.serial, self.index)
        self._fresh: CoreAtTime | None = None
        self._read_outs: dict[tuple[str, float], ReadOuts] = {}

    def __repr__(self) -> str:
        """Return a one-line description."""
        holds = "unprogrammed" if self._held is None else f"holds {self._shape} weights"
        return f"<{self.name}, serial {self.serial}: {self.rows}x{self.columns} cells, {holds}>"

    @property
    def cores(self) -> tuple[Core, ...]:
        """Return the core alone, so that code may treat one core and several alike."""
        return (self,)

    @property
    def core(self) -> Core:
        """Return the core itself, so that code may treat a core and a view of it alike."""
        return self

    @property
    def programmed(self) -> bool:
        """Whether the core holds weights."""
        return self._held is not None

    @property
    def state(self) -> ConductanceState:
        """Per-device state, arrays of shape (slices, devices, 2, out, in).

        Raises
        ------
        UnprogrammedError
            If no weights have been programmed.
        """
        return self._state_of(self.held)

    def _state_of(self, held: ConductanceState | Redrawn) -> ConductanceState:
        """Return the state that stands behind what is held."""
        if isinstance(held, ConductanceState):
            return held
        if held is not self._held:
            return held.state()  # of an earlier programming
        # whoever still has it gets no second one
        state = None if self._drawn is None else self._drawn()
        if state is None:
            state = held.state()
            self._drawn = weakref.ref(state)
        return state

    def _holds(self, state: ConductanceState) -> bool:
        """Return whether a state is that of the devices; in copies it may be drawn once more."""
        own = self.state
        if state is own or isinstance(self._held, ConductanceState):
            return state is own
        g, given = own.g_programmed, state.g_programmed
        return tuple(g.shape) == tuple(given.shape) and bool(namespace(g).all(g == like(given, g)))

    @property
    def held(self) -> ConductanceState | Redrawn:
        """What the core keeps of its devices: their state, or what it takes to draw it again.

        It is another object after each programming. Devices that were programmed directly from
        their weights can be drawn again, with the same numbers, and large matrices make use of
        that; a state that depends on more, such as one from `replace_state`, is always kept.

        Raises
        ------
        UnprogrammedError
            If no weights have been programmed.
        """
        if self._held is None:
            raise UnprogrammedError(f"{self.name} holds no weights yet: call core.program(W) first")
        return self._held

    @property
    def sample(self) -> ConductanceState:
        """State of the devices, or of a few made like them: for times, libraries and gradients."""
        held = self.held
        return held if isinstance(held, ConductanceState) else held.sample

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy needs."""
        return self.__dict__ | {"_drawn": None}

    def __copy__(self) -> Core:
        """Return a core of the same devices that is read and programmed on its own."""
        twin = object.__new__(type(self))
        own = {"_streams": deepcopy(self._streams), "_read_outs": deepcopy(self._read_outs)}
        twin.__dict__ = self.__getstate__() | {"_fresh": None} | own
        return twin

    @property
    def shape(self) -> tuple[int, int]:
        """Shape (out, in) of the programmed weights; (0, 0) before programming."""
        return self._shape

    @property
    def w_max(self) -> Array | float:
        """Weight of a fully SET cell: one for each output, shape (out,), after programming."""
        return self._scale

    @property
    def utilisation(self) -> float:
        """Share of the unit cells that hold a weight, 0 to 1."""
        return self._shape[0] * self._shape[1] / (self.rows * self.columns)

    def program(
        self,
        weights: Array | None = None,
        w_max: Array | float | None = None,
        used: Array | None = None,
        again: Callable[[], Array] | None = None,
    ) -> Core:
        r"""Program a weight matrix, :math:`G = W\,G_\max / W_\max`, and return the core.

        Parameters
        ----------
        weights : array, shape (out, in), optional
            NumPy array or torch tensor, with ``in <= rows`` and ``out <= columns``. Under torch,
            gradients flow from the outputs back to it. 16-bit floats are held in single
            precision. By default those that were programmed last, to the same cells;
            devices that were drawn again stay so.
        w_max : float or array of shape (out,), optional
            Weight that becomes a fully SET cell; the largest magnitude of the matrix by default.
            One value per output is undone by the digital scale of that output.
        used : array of ones and zeros, shape (out, in), optional
            Cells that are programmed; all by default. The others stay fully RESET, and their
            conductance is neglected, as that of the cells around the matrix is.
        again : callable, optional
            Returns the same weights later. With it the state of the devices is not kept but drawn
            again, with the same numbers, whenever it is asked for; see `held`.

        Raises
        ------
        ValueError
            If the matrix does not fit the core, or a weight exceeds ``w_max``.
        """
        if weights is None:
            if w_max is not None or used is not None:
                raise TypeError(
                    "w_max and used are not allowed without weights: they stay as they are"
                )
            held, w_max, used = self.held, self.w_max, self.used
            again = held.weights if isinstance(held, Redrawn) else None
            weights = self.target_weights() if again is None else again()
        w = at_least_single(as_array("weights", weights))
        check_array("weights", w, ndim=2)
        outputs, inputs = (int(n) for n in w.shape)
        if inputs > self.rows or outputs > self.columns:
            raise ValueError(
                f"weights of shape ({outputs}, {inputs}) do not fit: this core takes at most "
                f"{self.columns} outputs and {self.rows} inputs; aimc.program(weights, preset) "
                "spreads a matrix over several cores"
            )
        scale = scale_of(w, w_max)
        if used is not None:
            check_array("used", as_array("used", used), ndim=2, last=inputs, low=0.0, high=1.0)
            if tuple(np.shape(used)) != (outputs, inputs):
                raise ValueError(
                    f"used must have the shape ({outputs}, {inputs}) of the weights, "
                    f"got {tuple(np.shape(used))}"
                )
        state: ConductanceState | Redrawn
        if again is None or tracks_gradient(w):
            rng = self._streams.state()
            state = drawn_devices(self.device, self.cell, w, scale, used, rng)
        else:
            programming = self._streams.programmings
            state = Redrawn(self.device, self.cell, again, scale, used, self._streams, programming)
        self._scale, self._shape, self.used = scale, (outputs, inputs), used
        self._streams.programmed()
        self._take(state)
        return self

    def replace_state(self, state: ConductanceState) -> None:
        """Give the core another state of its devices, which no read-out has met yet.

        For ways of programming that improve on what `program` wrote; the shape of the weights and
        `w_max` stay, and cells that are not `used` conduct nothing.

        Parameters
        ----------
        state : ConductanceState
            Arrays of shape (slices, devices, 2, out, in).

        Raises
        ------
        UnprogrammedError
            If no weights have been programmed.
        ValueError
            If the state is of other weights.
        """
        _ = self.held  # raises where nothing was programmed
        found = tuple(state.g_programmed.shape)
        cell = self.cell
        expected = len(cell.significance), cell.devices_per_line, 2, *(self._shape or ())
        if found != expected:
            raise ValueError(
                f"state has devices of shape {found}, the core holds weights of shape "
                f"{self._shape} on devices of shape {expected}"
            )
        if self.used is not None:
            g = state.g_programmed
            state = replace(state, g_programmed=g * like(self.used, g))
        self._take(state)

    def _take(self, held: ConductanceState | Redrawn) -> None:
        """Take a state of the devices, which no read-out has met yet."""
        self._held, self._drawn, self._fresh = held, None, None
        self._streams.changed()
        self._read_outs = {}
        self.periphery = copy(self.periphery)  # another object: views look at the core again

    def at(self, t: float | str, gain: Gain = 1.0, noise: Noise = "split") -> CoreAtTime:
        """Return the core as it is at a time after programming.

        Parameters
        ----------
        t : float or str
            Time since the first read after programming, s, or in words such as ``"1 d"``.
        gain : float, Affine, or callable
            Digital factor on all outputs, e.g. a drift correction; a factor and an offset for each
            (`aimc.cores.views.Affine`); or ``gain(core, t)``, which returns one of the two.
        noise : {"split", "fresh", "momentary"} or ReadNoise
            How the read noise of the devices divides. By default all vectors of a read-out, that
            is of one time ``t``, have the part in common that is slower than ``readout``, and
            each meets the faster rest anew. ``"fresh"`` is noise of the same strength that is all
            new for each vector, ``"momentary"`` one that is all common. A process from
            `Core.read_noise` is common, too, and continues from one time to the next.

        Raises
        ------
        TypeError, ValueError
            If ``gain`` or ``noise`` is something else, or ``noise`` belongs to other devices or to
            a later time already.
        """
        t = check_time("t", t, low=self.sample.programmed_at)
        check_noise(noise)
        if not isinstance(noise, str | ReadOut) and not self._holds(noise.state):
            raise ValueError("noise belongs to another core, or to weights programmed before")
        found: Any = gain(self, t) if callable(gain) else gain
        affine = isinstance(found, Affine)
        if affine:
            for name, given in (("factor", found.factor), ("offset", found.offset)):
                check_array(
                    f"gain.{name}", as_array(f"gain.{name}", given), ndim=1, last=self.shape[0]
                )
        factor = 1.0 if affine else check_number("gain", found, low=0.0, open_low=True)
        if isinstance(self._held, Redrawn):
            self._fresh = None  # large arrays are kept for one time
        view: Any = CoreAtTime(self, t, factor, noise, corrected=affine)
        return CorrectedCore(view, found) if affine else view  # type: ignore[return-value]

    def read_noise(self, rng: RandomSource | None = None) -> ReadNoise:
        """Return the course of the read noise of this core's devices, correlated in time.

        Parameters
        ----------
        rng : int, numpy.random.Generator or torch.Generator, optional
            Source of the fluctuations; derived from the serial number by default.
        """
        return ReadNoise(self.state, self._streams.fluctuation() if rng is None else rng)

    def crossbar(self, t: float | str = 0.0) -> Crossbar:
        """Return net conductances, and variances of reads if these are noisy, at ``t`` (s)."""
        return self._crossbar_of(self.state, t)

    def _crossbar_of(self, state: ConductanceState, t: float | str) -> Crossbar:
        if self.periphery.read_noise and state.device is self.device:
            g, power = state.moments(t)
        else:
            g = state.at(t)
            noisy = self.periphery.read_noise
            power = self._read_noise_std(state, t, g) ** 2 if noisy else None
        net = net_conductance(g)
        if power is None:
            return self._crossbar(g, net, _no_variance(net))
        return self._crossbar(g, net, stop_gradient(namespace(g).sum(power, axis=(1, 2))))

    def _read_noise_std(self, state: ConductanceState, t: float | str, g_now: Array) -> Array:
        """Return the standard deviation (S) of one read of each device, ``g_now`` (S), at ``t``."""
        if state.device is self.device:
            return state.read_noise_std(t, g_now)
        return self.device.read_noise_std(state.g_programmed, g_now, state.age(t))

    def _crossbar(self, g: Array, net: Array, variance: Array) -> Crossbar:
        """Return the array of devices with conductances ``g`` (S) and their net conductances."""
        return Crossbar(
            conductance=net,
            read_variance=variance,
            total=total_conductance(g) if self.periphery.needs_total else None,
            significance=self.cell.significance,
            g_full=self.cell.devices_per_line * self.device.g_max,
            scale=self._scale,
            columns=self.column_draws(),
        )

    def _met(self, view: CoreAtTime) -> tuple[Crossbar, float]:
        """Return the crossbar as products of a view meet it, and the share of fresh noise."""
        noise, t, share = view.noise, view.t, self._fresh_share(view.noise, view.t)
        if not isinstance(noise, str | ReadOut):
            g = noise.read(t)
            net = net_conductance(g)
            return self._crossbar(g, net, _no_variance(net)), share
        if share == 1.0:
            return view.crossbar, share
        state = view.state()
        bar = view.crossbar
        row = self._row(noise, t, share)
        g = bar.conductance
        xp = namespace(g)
        variance = bar.read_variance
        positive: Array = None
        negative: Array = None
        if bar.total is not None or not self.periphery.read_noise:
            std = self._read_noise_std(state, t, state.at(t))
            apart = stop_gradient(xp.sum(std**2, axis=1))
            positive, negative = apart[:, 0, ...], apart[:, 1, ...]
            variance = positive + negative
        common = drawn(row, lambda at: self._seed(noise, at, 1), variance)
        common = scaled(common, xp.sqrt(variance))
        total = bar.total
        if total is not None:
            # either polarity then has its own variance, and nothing in common with the other
            whole = xp.where(variance > 0, variance, xp.ones_like(variance))
            other = drawn(row, lambda at: self._seed(noise, at, 2), variance)
            total = total + (positive - negative) / whole * common
            total = total + xp.sqrt(4 * positive * negative / whole) * other
        met = replace(
            bar,
            conductance=g + common,
            read_variance=share * variance if share > 0 else _no_variance(g),
            total=total,
        )
        return met, share

    def _fresh_share(self, noise: Noise, t: float) -> float:
        """Return the share of the variance of a read at ``t`` (s) that is new for each vector."""
        if not isinstance(noise, str | ReadOut):
            return 0.0
        kind = noise.kind if isinstance(noise, ReadOut) else noise
        # what is asked for as the state of one moment is no noise of the read
        if kind == "momentary":
            return 0.0
        law = noise_in_time(self.device)
        if kind == "fresh" or law is None or not self.periphery.read_noise:
            return 1.0
        return law.fresh_share(self.sample.age(t), self.readout)

    def _row(self, noise: str | ReadOut, t: float, share: float) -> dict[float, float]:
        """Return of which random numbers the common part of a read-out is made."""
        if isinstance(noise, ReadOut):
            return {t: math.sqrt(1.0 - share)}
        made = self._read_outs.setdefault((noise, self.readout), ReadOuts())
        law = noise_in_time(self.device)
        return made.row(t, self.sample.age(t), law, self.readout, 1.0 - share)

    def _seed(self, noise: str | ReadOut, t: float, which: int) -> tuple[int, ...]:
        if isinstance(noise, ReadOut):
            return self._streams.apart(noise.key, which)
        return self._streams.common(t, which)

    def target_weights(self) -> Array:
        """Return the weights that were asked for, shape (out, in), as the cells hold them."""
        state = self.state
        if hasattr(self.cell, "wanted"):  # its targets are not in proportion to the weights
            g = state.g_target
            scaled = self.cell.wanted(g / self.device.g_max)
            return like(self.w_max, g)[..., None] * like(scaled, g)
        now = self.crossbar(state.programmed_at)
        target = net_conductance(state.g_target)
        return replace(now, conductance=like(target, now.conductance)).weights()

    def column_draws(self, *, across: bool = False) -> np.ndarray | None:
        """Return what makes the bit lines of this core differ, whatever is programmed.

        Standard normal numbers of shape (slices, 3, out), drawn from the serial number, in the
        order of `aimc.circuits.periphery.COLUMN_DRAWS`; None if the periphery has no such spread.

        Parameters
        ----------
        across : bool
            For a transposed read, in which the circuits of bit line k serve word line k.

        Raises
        ------
        ValueError
            If there are fewer bit lines than word lines to serve.
        """
        if not self.periphery.columns_differ:
            return None
        used = self._shape[1 if across else 0]
        if used > self.columns:
            raise ValueError(
                f"a transposed read of {used} inputs needs as many output circuits, but this core "
                f"has {self.columns}, one per bit line"
            )
        shape = (len(self.cell.significance), len(COLUMN_DRAWS), self.columns)
        return self._streams.columns().standard_normal(shape)[..., :used]

    def reader(self, reference: Array) -> RandomSource:
        """Return the core's stream of read noise for the library and device of an array."""
        return self._streams.reading(reference)

    def _now(self) -> CoreAtTime:
        """Return the core right after programming, worked out once per programming."""
        if self._fresh is None:
            self._fresh = self.at(self.sample.programmed_at)
        return self._fresh

    def forward(self, x: Array, rng: RandomSource | None = None) -> Array:
        """Multiply right after programming: x of shape (..., in) to (..., out)."""
        return self._now().forward(x, rng)

    def in_a_row(
        self, x: Array, k: int, rng: RandomSource | None = None, spacing: float | None = None
    ) -> Array:
        """Multiply ``k`` times in a row right after programming; see `CoreAtTime.in_a_row`."""
        return self._now().in_a_row(x, k, rng, spacing)

    def weights(self, noise: bool = False) -> Array:
        """Return the effective weight matrix right after programming; see `CoreAtTime.weights`."""
        return self._now().weights(noise)

    @property
    def T(self) -> Transposed:  # noqa: N802
        """What the core holds, read from the other side right after programming."""
        return self._now().T

    def __getitem__(self, key: Any) -> MatrixView:
        """Return a part, ``core[2:5, :]``, that follows what the core holds."""
        _ = self.held  # raises where there is nothing to cut
        return super().__getitem__(key)


def scale_of(w: Array, w_max: Array | float | None) -> Array:
    """Return the weight of a fully SET cell for each output, shape (out,); see `Core.program`."""
    if w_max is None:
        largest = peak(w)
        return stop_gradient(0.0 * w[:, 0]) + (largest if largest > 0 else 1.0)
    if np.ndim(w_max) == 0:
        check_number("w_max", float(w_max), low=0.0, open_low=True)
    else:
        check_array("w_max", as_array("w_max", w_max), ndim=1, last=int(w.shape[0]), low=1e-300)
    scale = like(w_max, w) + stop_gradient(0.0 * w[:, 0])
    excess = float(namespace(w).max(row_peaks(stop_gradient(w)) / scale))
    if excess > 1 + 1e-6:
        raise ValueError(
            f"w_max={w_max!r} is too small: the largest weight is {excess:.3g} times as large"
        )
    return scale


def _no_variance(net: Array) -> Array:
    return namespace(net).broadcast_to(stop_gradient(0.0 * net[..., :1]), net.shape)


@dataclass(frozen=True, slots=True, eq=False)
class CoreAtTime(MatrixView):
    """A programmed core at one time after programming, used like a matrix. Made by `Core.at`.

    It follows the core: with other circuits it computes with these, and after another programming
    with what the devices hold since. A gain that is not one, and a process of read noise, belong
    to the weights for which they were found; with these it is then refused.
    """

    core: Core
    t: float
    """Time since the first read after programming, s."""
    gain: float = 1.0
    """Digital factor on all outputs."""
    noise: Noise = "split"
    """How read noise divides into what vectors have in common and what is new; see `Core.at`."""
    corrected: bool = False
    """Whether outputs pass a correction that was found for what the core holds."""
    _held: ConductanceState | Redrawn = field(init=False, repr=False)
    _shape: tuple[int, int] = field(init=False, repr=False)
    _bar: Crossbar | None = field(init=False, repr=False, default=None)
    _met: tuple[Crossbar, float] | None = field(init=False, repr=False, default=None)
    _multiplier: Multiplier | None = field(init=False, repr=False, default=None)
    _around: Periphery = field(init=False, repr=False)
    _across: Transposed | None = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        held = self.core.held
        self._keep("_held", held)
        self._keep("_shape", self.core.shape)
        self._keep("_around", self.core.periphery)
        if isinstance(held, Redrawn):
            held.sample.at(self.t)  # a time that the devices do not know is refused here and now
        else:
            _ = self.crossbar
        if not isinstance(self.noise, str | ReadOut):
            self._keep("_met", self.core._met(self))  # a process goes on: it is read now or never

    def _keep(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    @property
    def kept(self) -> bool:
        """Whether the state of the devices is kept; else it is drawn again when it is needed."""
        return isinstance(self._held, ConductanceState)

    @property
    def _sample(self) -> ConductanceState:
        held = self._held
        return held if isinstance(held, ConductanceState) else held.sample

    def state(self) -> ConductanceState:
        """Return the state of the devices, from the end of programming on."""
        return self.core._state_of(self._held)

    @property
    def crossbar(self) -> Crossbar:
        """Net conductances without read noise, and the variance of one read, at that time."""
        # The state at one time does not change: work it out once, read it as often as asked. Of
        # devices that are drawn again only what multiplies is kept.
        bar = self._bar
        if bar is None:
            bar = self.core._crossbar_of(self.state(), self.t)
            if self.kept:
                self._keep("_bar", bar)
        return bar

    def current(self) -> CoreAtTime:
        """Return the view, of what the core holds now."""
        if self._around is not self.core.periphery:
            self._attach()
        return self

    def _attach(self) -> None:
        """Make the state ready for the devices and the periphery that the core has now."""
        now, before = self.core.periphery, self._around
        if self.core.held is not self._held:
            if self.gain != 1.0 or self.corrected or not isinstance(self.noise, str | ReadOut):
                gain = "its correction" if self.corrected else f"gain={self.gain!r}"
                process = self.gain == 1.0 and not self.corrected
                kept = "its process of read noise" if process else gain
                raise ValueError(
                    f"{self.core.name} {self.core.index} was programmed since this view of it at "
                    f"{self.t:g} s was made, and {kept} is that of what it held before: call "
                    "at(t) again"
                )
            self._keep("_held", self.core.held)
            self._keep("_shape", self.core.shape)
            self._keep("_bar", None)
            self._keep("_met", None)
        elif now.read_noise != before.read_noise or now.needs_total != before.needs_total:
            self._keep("_bar", None)
            self._keep("_met", None)
        elif now.columns_differ and not before.columns_differ:
            if self._bar is not None:
                self._keep("_bar", replace(self._bar, columns=self.core.column_draws()))
            self._keep("_met", None)
        self._keep("_around", now)
        self._keep("_multiplier", None)

    def met(self) -> tuple[Crossbar, Periphery]:
        """Return the crossbar as products meet it, and the circuits around it.

        What all vectors share of the read noise is in its conductances, the variance is that of
        the rest. The common part is drawn when it is asked for first, by a product as a rule.
        """
        if self._around is not self.core.periphery:
            self._attach()
        bar, share = self._split()
        around = self._around
        return bar, replace(around, read_noise=False) if share == 0.0 else around

    def _split(self) -> tuple[Crossbar, float]:
        """Return the crossbar as products meet it, and the share of the noise that is fresh."""
        met = self._met
        if met is None:
            with lasting(self._sample.g_programmed):
                met = self.core._met(self)
            if self.kept:
                self._keep("_met", met)
        return met

    def weights(self, noise: bool = False) -> Array:
        """Return the effective weight matrix, shape (out, in).

        Parameters
        ----------
        noise : bool
            Whether the read noise that all vectors of this read-out share is in it, as products
            meet it; without read noise by default.
        """
        bar = self.met()[0] if noise else self.current().crossbar
        return self.gain * bar.weights()

    def forward(self, x: Array, rng: RandomSource | None = None) -> Array:
        """Multiply: x of shape (..., in) to (..., out).

        Parameters
        ----------
        x : array, shape (..., in)
            Input vectors.
        rng : int, numpy.random.Generator or torch.Generator, optional
            Source of the read noise that is new for each vector; the core's own stream by default.
        """
        source = self.core.reader(self._sample.g_programmed) if rng is None else rng
        return self._ready()(x, source)

    def in_a_row(
        self, x: Array, k: int, rng: RandomSource | None = None, spacing: float | None = None
    ) -> Array:
        """Multiply each vector ``k`` times, one read right after the other.

        Such reads share most of the noise that is otherwise new for each vector.

        Parameters
        ----------
        x : array, shape (..., in)
            Input vectors.
        k : int
            Reads of each vector.
        rng : int, numpy.random.Generator or torch.Generator, optional
            As in `forward`.
        spacing : float, optional
            Time from one read to the next, s; by default the duration of a product, or that of a
            read of the devices if it is longer.

        Returns
        -------
        array, shape (k, ..., out)
        """
        source = self.core.reader(self._sample.g_programmed) if rng is None else rng
        return self._ready().in_a_row(x, k, source, self.slow_share(k, spacing))

    def slow_share(self, k: int, spacing: float | None = None) -> float:
        """Return which share of a vector's own noise ``k`` reads in a row have in common.

        Parameters
        ----------
        k, spacing
            As in `in_a_row`.
        """
        share = self.core._fresh_share(self.noise, self.t)
        if spacing is not None:
            spacing = check_time("spacing", spacing)
        law = noise_in_time(self.core.device)
        if check_integer("k", k, low=1) == 1 or law is None or share in (0.0, 1.0):
            return 0.0
        # no read is shorter than that of the device model, however fast the converters are
        between = max(self._around.duration, law.t_read) if spacing is None else spacing
        age = self._sample.age(self.t)
        return max(0.0, 1.0 - law.share_in_a_row(age, k, between) / share)

    def _ready(self) -> Multiplier:
        """Return what multiplies with the periphery that the core has now."""
        if self._around is not self.core.periphery:
            self._attach()
        if self._multiplier is not None:
            return self._multiplier
        with lasting(self._sample.g_programmed):
            return self._made()

    def _made(self) -> Multiplier:
        if not self.kept:
            # taken before anything that is needed for a moment only, which then leaves no holes
            room = self._room()
            known = Multiplier(*self.met(), self.gain, room=room, lean=True)
            self._keep("_multiplier", known)
        else:
            # what a product met can be worked out again, except for a process, which goes on
            again = isinstance(self.noise, str | ReadOut)
            again &= not tracks_gradient(self._sample.g_programmed)
            known = Multiplier(*self.met(), self.gain, lean=again)
            self._keep("_multiplier", known)
            if again:
                self._keep("_met", None)
        return known

    def _room(self) -> Array:
        """Return memory for what multiplies, shape (2, slices, in, out)."""
        like_them, slices = self._sample.g_programmed, len(self.core.cell.significance)
        outputs, inputs = self._shape
        kind = in_precision(like_them[:0], self._around.precision)
        xp = namespace(kind)
        # laid out as bit lines make them of conductances of shape (slices, out, in)
        room = xp.empty((2, slices, outputs, inputs), dtype=kind.dtype, device=device(kind))
        return xp.permute_dims(room, (0, 1, 3, 2))

    @property
    def shape(self) -> tuple[int, int]:
        """Shape (out, in) of the weights."""
        return self.current()._shape

    @property
    def T(self) -> Transposed:  # noqa: N802
        """The same devices at the same time, read from the other side."""
        if self._around is not self.core.periphery:
            self._attach()
        across = self._across
        if across is None or across.periphery is not self._around:
            across = Transposed(self)
            self._keep("_across", across)
        return across
