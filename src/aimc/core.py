r"""One analog in-memory computing core: device state and periphery, used like a matrix.

``core @ x`` multiplies, ``x @ core`` and ``core.T`` read the array from its other side, and
``core[2:5, :]`` is a part of it; `aimc.views` says what the hardware does then.

Orientation, here and everywhere: weights have shape ``(out, in)`` as in torch. The inputs drive the
*rows* (word lines) of the physical array, the outputs are read from its *columns* (bit lines), so a
core of 256 rows and 256 columns holds at most 256 inputs and 256 outputs.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from aimc.backend import (
    Array,
    RandomSource,
    as_array,
    at_least_single,
    like,
    namespace,
    stop_gradient,
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
from aimc.devices import ConductanceState, Device, ReadNoise
from aimc.random_streams import RandomStreams
from aimc.validation import (
    UnprogrammedError,
    check_array,
    check_integer,
    check_number,
    check_serial,
)
from aimc.views import MatrixView, Transposed, matmul

__all__ = ["Core", "CoreAtTime", "matmul"]


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
    name : str
        Name for tables and figures.
    sources : tuple of str
        Bibliography keys of the papers behind this configuration.

    Examples
    --------
    >>> import numpy as np, aimc
    >>> core = aimc.presets.ideal_core()
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
        name: str = "AIMC core",
        sources: tuple[str, ...] = (),
    ) -> None:
        for argument, value, kind in (
            ("device", device, Device),
            ("cell", cell, UnitCell),
            ("periphery", periphery, Periphery),
        ):
            if value is not None and not isinstance(value, kind):
                raise TypeError(f"{argument} must be a {kind.__name__}, got {value!r}")
        self.device = device
        self.cell = DifferentialPair() if cell is None else cell
        self.periphery = Periphery() if periphery is None else periphery
        self.rows = check_integer("rows", rows, low=1)
        self.columns = check_integer("columns", columns, low=1)
        self.serial = check_serial("serial", serial)
        self.index = check_integer("index", index, low=0)
        self.name = name
        self.sources = tuple(sources)
        self._state: ConductanceState | None = None
        self._scale: Array | float = 1.0
        self._shape: tuple[int, int] = (0, 0)
        self._streams = RandomStreams(self.serial, self.index)
        self._fresh: CoreAtTime | None = None

    def __repr__(self) -> str:
        """Return a one-line description."""
        holds = "unprogrammed" if self._state is None else f"holds {self._shape} weights"
        return f"<{self.name}, serial {self.serial}: {self.rows}x{self.columns} cells, {holds}>"

    @property
    def cores(self) -> tuple[Core, ...]:
        """Return the core alone, so that code may treat one core and several alike."""
        return (self,)

    @property
    def state(self) -> ConductanceState:
        """Per-device state, arrays of shape (slices, devices, 2, out, in).

        Raises
        ------
        UnprogrammedError
            If no weights have been programmed.
        """
        if self._state is None:
            raise UnprogrammedError(f"{self.name} holds no weights yet: call core.program(W) first")
        return self._state

    @property
    def shape(self) -> tuple[int, int]:
        """Shape (out, in) of the programmed weights; (0, 0) before programming."""
        return self._shape

    @property
    def utilisation(self) -> float:
        """Share of the unit cells that hold a weight, 0 to 1."""
        return self._shape[0] * self._shape[1] / (self.rows * self.columns)

    def program(
        self,
        weights: Array,
        w_max: Array | float | None = None,
        used: Array | None = None,
    ) -> Core:
        r"""Program a weight matrix, :math:`G = W\,G_\max / W_\max`, and return the core.

        Parameters
        ----------
        weights : array, shape (out, in)
            NumPy array or torch tensor, with ``in <= rows`` and ``out <= columns``. Under torch,
            gradients flow from the outputs back to it. 16-bit floats are held in single
            precision.
        w_max : float or array of shape (out,), optional
            Weight that becomes a fully SET cell; the largest magnitude of the matrix by default.
            One value per output is undone by the digital scale of that output.
        used : array of ones and zeros, shape (out, in), optional
            Cells that are programmed; all by default. The others stay fully RESET, and their
            conductance is neglected, as that of the cells around the matrix is.

        Raises
        ------
        ValueError
            If the matrix does not fit the core, or a weight exceeds ``w_max``.
        """
        w = at_least_single(as_array("weights", weights))
        check_array("weights", w, ndim=2)
        outputs, inputs = (int(n) for n in w.shape)
        if inputs > self.rows or outputs > self.columns:
            raise ValueError(
                f"weights of shape ({outputs}, {inputs}) do not fit: this core takes at most "
                f"{self.columns} outputs and {self.rows} inputs; use aimc.tiled.TiledMatrix to "
                "spread a matrix over several cores"
            )
        scale = self._weight_range(w, w_max)
        targets = self.cell.split(w / like(scale, w)[..., None], self.device.g_max)
        state = self.device.program(targets, self._streams.state())
        if used is not None:
            g = state.g_programmed
            state = replace(state, g_programmed=g * like(used, g))
        self._state = state
        self._scale, self._shape = scale, (outputs, inputs)
        self._streams.programmed()
        self._fresh = None
        return self

    @staticmethod
    def _weight_range(w: Array, w_max: Array | float | None) -> Array:
        xp = namespace(w)
        peak = float(xp.max(xp.abs(stop_gradient(w))))
        if w_max is None:
            return stop_gradient(0.0 * w[:, 0]) + (peak if peak > 0 else 1.0)
        if np.ndim(w_max) == 0:
            check_number("w_max", float(w_max), low=0.0, open_low=True)
        else:
            check_array("w_max", as_array("w_max", w_max), ndim=1, last=int(w.shape[0]), low=1e-300)
        scale = like(w_max, w) + stop_gradient(0.0 * w[:, 0])
        excess = float(xp.max(xp.abs(stop_gradient(w)) / scale[:, None]))
        if excess > 1 + 1e-6:
            raise ValueError(
                f"w_max={w_max!r} is too small: the largest weight is {excess:.3g} times as large"
            )
        return scale

    def at(self, t: float, gain: float = 1.0, noise: ReadNoise | None = None) -> CoreAtTime:
        """Return the core as it is ``t`` seconds after programming.

        Parameters
        ----------
        t : float
            Time since programming ended, s.
        gain : float
            Digital factor on all outputs, e.g. a drift correction.
        noise : ReadNoise, optional
            Read noise as a process, from `Core.read_noise`: every multiplication at ``t`` then
            meets the same momentary conductances. By default each multiplication meets fresh,
            independent noise of the same strength.

        Raises
        ------
        ValueError
            If ``noise`` belongs to other devices, or to a later time already.
        """
        self.state.age(t)
        if noise is not None and noise.state is not self.state:
            raise ValueError("noise belongs to another core, or to weights programmed before")
        gain = check_number("gain", gain, low=0.0, open_low=True)
        return CoreAtTime(self, float(t), gain, noise)

    def read_noise(self, rng: RandomSource | None = None) -> ReadNoise:
        """Return the course of the read noise of this core's devices, correlated in time.

        Parameters
        ----------
        rng : int, numpy.random.Generator or torch.Generator, optional
            Source of the fluctuations; derived from the serial number by default.
        """
        return ReadNoise(self.state, self._streams.fluctuation() if rng is None else rng)

    def crossbar(self, t: float = 0.0, noise: ReadNoise | None = None) -> Crossbar:
        """Return net conductances, and variances of reads if these are noisy, at ``t`` (s)."""
        state = self.state
        xp = namespace(state.g_programmed)
        g = state.at(t) if noise is None else noise.read(t)
        net = net_conductance(g)
        if noise is None and self.periphery.read_noise:
            std = self.device.read_noise_std(state.g_programmed, g, state.age(t))
            variance = stop_gradient(xp.sum(std**2, axis=(1, 2)))
        else:
            variance = xp.broadcast_to(stop_gradient(0.0 * net[..., :1]), net.shape)
        return Crossbar(
            conductance=net,
            read_variance=variance,
            total=total_conductance(g) if self.periphery.needs_total else None,
            significance=self.cell.significance,
            g_full=self.cell.devices_per_line * self.device.g_max,
            scale=self._scale,
            columns=self.column_draws(),
        )

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
            self._fresh = self.at(0.0)
        return self._fresh

    def forward(self, x: Array, rng: RandomSource | None = None) -> Array:
        """Multiply right after programming: x of shape (..., in) to (..., out)."""
        return self._now().forward(x, rng)

    def weights(self) -> Array:
        """Return the effective weight matrix right after programming, without read noise."""
        return self._now().weights()

    @property
    def T(self) -> Transposed:  # noqa: N802
        """What the core holds, read from the other side right after programming."""
        return self._now().T

    def __getitem__(self, key: Any) -> MatrixView:
        """Return a part, ``core[2:5, :]``, that follows what the core holds."""
        _ = self.state  # raises where there is nothing to cut
        return super().__getitem__(key)


@dataclass(frozen=True, slots=True, eq=False)
class CoreAtTime(MatrixView):
    """A programmed core at one time after programming, used like a matrix. Made by `Core.at`."""

    core: Core
    t: float
    """Time since programming ended, s."""
    gain: float = 1.0
    """Digital factor on all outputs."""
    noise: ReadNoise | None = None
    """Read noise as a process; None draws fresh noise for every multiplication."""
    crossbar: Crossbar = field(init=False, repr=False)
    """Net conductances and read noise at that time."""
    _multiplier: Multiplier = field(init=False, repr=False)
    _across: Transposed | None = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        # The state at one time does not change: work it out once, read it as often as asked.
        self._attach(None)

    def _attach(self, before: Periphery | None) -> Multiplier:
        """Make the state ready for the periphery that the core has now."""
        now = self.core.periphery
        lacks_noise = now.read_noise and (before is None or not before.read_noise)
        if before is None or lacks_noise or (now.needs_total and self.crossbar.total is None):
            object.__setattr__(self, "crossbar", self.core.crossbar(self.t, self.noise))
        columns = self.core.column_draws()
        crossbar = self.crossbar if columns is None else replace(self.crossbar, columns=columns)
        multiplier = Multiplier(crossbar, now, self.gain)
        object.__setattr__(self, "_multiplier", multiplier)
        return multiplier

    def weights(self) -> Array:
        """Return the effective weight matrix, shape (out, in), without read noise."""
        return self.gain * self.crossbar.weights()

    def forward(self, x: Array, rng: RandomSource | None = None) -> Array:
        """Multiply: x of shape (..., in) to (..., out).

        Parameters
        ----------
        x : array, shape (..., in)
            Input vectors.
        rng : int, numpy.random.Generator or torch.Generator, optional
            Source of the read noise; the core's own stream by default.
        """
        source = self.core.reader(self.crossbar.conductance) if rng is None else rng
        return self._ready()(x, source)

    def _ready(self) -> Multiplier:
        """Return what multiplies with the periphery that the core has now."""
        known = self._multiplier
        return known if known.periphery is self.core.periphery else self._attach(known.periphery)

    @property
    def shape(self) -> tuple[int, int]:
        """Shape (out, in) of the weights."""
        _, outputs, inputs = self.crossbar.conductance.shape
        return int(outputs), int(inputs)

    @property
    def T(self) -> Transposed:  # noqa: N802
        """The same devices at the same time, read from the other side."""
        periphery = self._ready().periphery
        across = self._across
        if across is None or across.periphery is not periphery:
            across = Transposed(self)
            object.__setattr__(self, "_across", across)
        return across
