"""A chip of many cores as one object: map a network, program it, run it, and see what it costs.

Accuracy and cost come from one plan: the cores that compute the outputs are those whose time and
energy are counted.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from collections.abc import Mapping as Dictionary
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from aimc.backend import Array, Batches
from aimc.backend import batches as each_of
from aimc.chip.activity import LAYER, LSTM, Activity, as_activity
from aimc.chip.activity import activity as activity_of
from aimc.chip.floorplan import hermes_floorplan
from aimc.chip.hermes import READ_MODES, ChipConstants, hermes_constants
from aimc.chip.mapping import NotEnoughCoresError, map_network, mapping_of
from aimc.chip.plan import Plan
from aimc.chip.run import Forward, Run, StoredNetwork, as_batches, calibrate, run_batches
from aimc.cores import Core, Gain, LayerParameters, Matrix, Noises
from aimc.cores.programmed import is_network
from aimc.cores.ranges import PERCENTILE
from aimc.cores.read_outs import refuse_momentary
from aimc.devices import pcm_hermes
from aimc.layers.workload import Network
from aimc.presets import make_core, preset_of
from aimc.validation import (
    UnprogrammedError,
    check_choice,
    check_integer,
    check_serial,
    warn_caller,
)

if TYPE_CHECKING:
    from aimc.nn.model import AnalogModel

__all__ = ["Chip", "Run"]

MOST_CORES = 10_000
"""Cores of the largest grid."""


class Chip:
    """A grid of cores with digital units and links, after the 64-core chip.

    Parameters
    ----------
    grid : (int, int)
        Rows and columns of cores, at most 10,000 cores in all.
    serial : int
        Serial number: same serial, same devices.
    read_mode : {"4-phase", "1-phase"}, optional
        How the cores read; outputs and costs are both of this mode. By default that of the cores
        that the preset makes. The device models were fitted to four-phase reads. What a one-phase
        read loses is the option ``polarity_asymmetry`` of the preset, whose size is not published;
        `run` warns if it is left at zero.
    devices : {1, 2}, optional
        Devices per polarity that carry a weight. By default those of the cores that the preset
        makes, two where these do not say.
    preset : callable or str
        ``preset(serial=..., index=..., **options)`` returns an unprogrammed core; or its name, that
        of `aimc.presets.hermes` by default. It is given ``read_mode`` and ``devices`` if they
        are set and it takes them.
    constants : ChipConstants, optional
        Times, energies and areas; those of the 64-core chip by default, with the die of the grid.
    activity : float or Activity, optional
        Energy of an MVM of a core relative to that at peak; a number is that of a full core. By
        default what the paper's table implies for the ResNet-9 layer (two devices per weight) or
        for the LSTM (one device), with the utilisation of their cores.
    **options
        Further arguments of the preset, for example ``input_range``.

    Raises
    ------
    TypeError
        If the preset is no function that returns a core.
    ValueError
        If an argument is outside what is allowed, or the preset makes cores that are not what
        ``read_mode``, ``devices``, the serial number or their own number ask for.

    Examples
    --------
    >>> import numpy as np
    >>> from aimc.chip import Chip, demo_mlp
    >>> chip = Chip(serial=7)
    >>> plan = chip.map(demo_mlp())
    >>> plan.mapping.cores
    5
    >>> rng = np.random.default_rng(0)
    >>> weights = {x.name: rng.uniform(-1, 1, x.shape) for x in plan.network.layers}
    >>> result = chip.program(weights).run(rng.uniform(0, 0.03, (3, 784)))
    >>> result.outputs.shape, result.read_mode
    ((3, 10), '4-phase')
    >>> len(chip.cores), chip.number_of_cores
    (5, 64)
    """

    def __init__(
        self,
        grid: tuple[int, int] = (8, 8),
        *,
        serial: int = 0,
        read_mode: str | None = None,
        devices: int | None = None,
        preset: Callable[..., Core] | str = "hermes",
        constants: ChipConstants | None = None,
        activity: float | Activity | None = None,
        **options: Any,
    ) -> None:
        if not isinstance(grid, tuple) or len(grid) != 2:
            raise ValueError(f"grid must be (rows, columns) of cores, got {grid!r}")
        self.grid = (
            check_integer("grid rows", grid[0], low=1),
            check_integer("grid columns", grid[1], low=1),
        )
        check_integer("cores of grid", self.number_of_cores, low=1, high=MOST_CORES)
        self.serial = check_serial("serial", serial)
        self._preset = preset_of(preset)
        asked = {
            "read_mode": check_choice("read_mode", read_mode, (None, *READ_MODES)),
            "devices": check_choice("devices", devices, (None, 1, 2)),
        }
        passed = {k: v for k, v in asked.items() if v is not None and takes(self._preset, k)}
        self._options = {**passed, **options}
        # A preset that does not take one of them may still make such cores.
        made = self.core(0)
        self.read_mode = made.periphery.read_mode
        known = devices_of(made) or passed.get("devices")
        self.devices = known or 2
        check_made(made, asked, {"read_mode": self.read_mode, "devices": known})
        if constants is None:
            die = hermes_floorplan(self.grid).areas().die
            constants = replace(hermes_constants(), chip_cores=self.number_of_cores, die_area=die)
        self.constants = replace(constants, gdpu_slices=self.grid[1])
        # with an activity of its own, the costs do not depend on the devices
        self._counted_devices = self.devices if activity is None else None
        usual = activity_of(LAYER if self.devices == 2 else LSTM)
        self.activity = usual if activity is None else as_activity(activity)
        self._plan: Plan | None = None
        self._held: StoredNetwork | AnalogModel | None = None

    @property
    def number_of_cores(self) -> int:
        """Cores of the grid, in use or not."""
        return self.grid[0] * self.grid[1]

    @property
    def cores(self) -> tuple[Core, ...]:
        """The cores that hold weights of the mapped network; none before they were programmed."""
        return () if self._held is None else self._held.cores

    @property
    def plan(self) -> Plan:
        """The plan of the network that was mapped last.

        Raises
        ------
        UnprogrammedError
            If none was mapped.
        """
        if self._plan is None:
            raise UnprogrammedError("nothing is mapped on this chip yet: call chip.map(network)")
        return self._plan

    def __repr__(self) -> str:
        """Return a one-line description."""
        holds = "empty" if self._plan is None else f"plan for {self._plan.network.name}"
        rows, columns = self.grid
        return f"<chip {self.serial}: {rows} x {columns} cores, {self.read_mode} read, {holds}>"

    def core(self, index: int) -> Core:
        """Return a core of this chip, unprogrammed."""
        check_integer("index", index, low=0, high=self.number_of_cores - 1)
        return make_core(self._preset, self.serial, index, **self._options)

    def map(
        self,
        network: Network | Any,
        sample: Any = None,
        *,
        copies: Dictionary[str, int] | None = None,
        share: bool = False,
    ) -> Plan:
        """Plan where the weights of a network go. Nothing is programmed yet.

        Parameters
        ----------
        network : Network or torch.nn.Module
            Layers, or a model from `aimc.nn.convert` with the serial number of this chip.
        sample : tensor of shape (n, ...), or iterable of such, optional
            Needed for a model: its inputs, the first axis counting inferences. Of an iterable the
            first batch is looked at.
        copies : mapping of str to int, optional
            How many times a layer is to stand on the chip. Outputs of a converted model come from
            the first copy.
        share : bool
            Whether tiles of several layers may share a core; not for a converted model, which has
            its cores already.

        Warns
        -----
        RangeWarning
            If a model's cores are read in another mode, or hold weights on another number of
            devices, than this chip counts.

        Raises
        ------
        NotEnoughCoresError
            If the network does not fit; says how many cores are missing. A ValueError.
        ValueError, TypeError
            If a model was not converted, or for another chip.
        """
        model: AnalogModel | None = None
        if is_network(network):
            from aimc.nn.model import AnalogModel

            model = AnalogModel(network)
            self._check_serial(model)
            if sample is None:
                raise ValueError("sample=None: a model is mapped with inputs, to count its vectors")
            if share:
                raise ValueError("share=True is not allowed: a converted model has its own cores")
            workload = model.workload(next(iter(each_of(sample, "sample", named=True))))
            mapping = mapping_of(model.matrices, workload, copies)
            check_cores(model.cores, self.read_mode, self._counted_devices)
            if mapping.cores > self.number_of_cores:
                raise NotEnoughCoresError(
                    workload.name, mapping.cores, self.number_of_cores, "a larger grid would do"
                )
        else:
            core, available = self.core(0), self.number_of_cores
            size = core.rows, core.columns
            mapping = map_network(network, size, copies, available=available, share=share)
        if mapping.core != self.constants.core:
            raise ValueError(
                f"cores of {mapping.core} have no known costs: the constants are of cores of "
                f"{self.constants.core}; make the chip with constants=, those of such cores"
            )
        grid = hermes_floorplan(self.grid)
        own = None if model is None else model.model
        self._plan = Plan(mapping, self.constants, self.read_mode, self.activity, grid, own)
        self._held = model
        return self._plan

    def calibrate(
        self,
        layers: Dictionary[str, LayerParameters | Array],
        batches: Batches,
        forward: Forward | None = None,
        *,
        percentile: float = PERCENTILE,
        outputs: bool = True,
    ) -> dict[str, LayerParameters]:
        """Return the layers of the mapped network with ranges from data; `program` takes them.

        The network computes in floating point meanwhile. A range is a percentile of magnitudes, of
        2,048 vectors drawn from a call; the largest of a batch's calls, averaged over the batches.

        Parameters
        ----------
        layers : mapping of str to LayerParameters or array
            As in `program`. Layers whose ``output_bits`` is not ``None`` get an output range.
        batches : array, or iterable of arrays
            Inputs of the network: one batch, or several.
        forward : callable, optional
            As in `run`.
        percentile : float
            Share of the magnitudes that a range holds, in percent. The default is the one of
            :cite:t:`joshi2020accurate` (C015).
        outputs : bool
            Whether weights of cores whose largest sums would saturate their ADCs are scaled down.

        Raises
        ------
        TypeError
            If ``batches`` is neither.
        ValueError
            If ``batches`` or a batch is empty, if inputs of a layer are not finite or all zero, if
            a layer was not used, or for a converted model: that has `aimc.nn.calibrate`.
        """
        if self.plan.model is not None:
            raise ValueError("a converted model is calibrated with aimc.nn.calibrate(model, ...)")
        return calibrate(self.plan.mapping, layers, batches, forward, percentile, outputs)

    def program(self, layers: Dictionary[str, LayerParameters | Array] | None = None) -> Self:
        """Write weights to the devices of the mapped network; time starts again at 0 s.

        Parameters
        ----------
        layers : mapping of str to LayerParameters or array, optional
            A matrix of shape (out, in) for each layer, or all that is decided about it: factors
            and offsets of the digital units, and ranges, for example from `calibrate`. By default
            those that were programmed last. Not for a converted model, which has its own
            parameters.

        Returns
        -------
        Chip
            This chip.

        Raises
        ------
        ValueError
            If a layer lacks its weights, or the shapes differ from the plan.
        """
        held, mapping = self._held, self.plan.mapping
        if held is None and layers is None:
            raise ValueError("layers=None: pass weights for each layer of the plan")
        if held is None or isinstance(held, StoredNetwork):
            given = held.layers if held is not None and layers is None else layers
            self._held = StoredNetwork(mapping, given or {}, self.core)
        elif layers is None:
            held.program()
        else:
            raise ValueError("layers is not allowed: a converted model has its own weights")
        return self

    def at(
        self,
        t: float | str,
        gain: Gain = 1.0,
        *,
        noise: Noises = "split",
        momentary: bool | None = None,
    ) -> Self:
        """Let the chip drift: it then computes as at a time after programming.

        Parameters
        ----------
        t : float or str
            Time since the first read after programming, s, or in words such as ``"1 d"``.
        gain : float or callable
            Digital factor on the outputs of all cores, or ``gain(core, t)`` for each, for example
            the drift compensation `aimc.recovery.compensation.drift_gain`.
        noise : {"split", "fresh", "momentary"}, or callable
            How the read noise divides. By default all vectors that are read at ``t`` meet the same
            slow part of it, and each meets the fast rest anew; ``"fresh"`` is all new for each
            vector, ``"momentary"`` all common. Or ``noise(core)``; see `aimc.cores.Core.at`.
        momentary : None
            The former name of two of these; not allowed.

        Raises
        ------
        TypeError
            If ``momentary`` is given.
        """
        refuse_momentary(momentary)
        self._holds().at(t, gain, noise)
        return self

    def compute(self, layer: str | Dictionary[str, Array], x: Array | None = None) -> Array:
        """Return the outputs of a layer for vectors, as the digital units of its cores send them.

        Parameters
        ----------
        layer : str, or mapping of str to array
            Name of a layer. Layers that add up, such as the input and the hidden gates of an LSTM,
            are computed together, from the vectors of each by name:
            ``chip.compute({"input gates": x, "hidden gates": h})``.
        x : array, shape (..., in)
            Vectors of a single layer.

        Raises
        ------
        ValueError
            If there is no such layer, or it adds up with others whose vectors are not given.
        """
        return self._network().compute(layer, x)

    def multiply(self, layer: str, x: Array) -> Array:
        """Return the product of one layer's matrix with vectors, x of shape (..., in).

        It is what the cores of the layer find together, without the factors, offsets and rounding
        of the digital units that `program` was given: those are in the outputs of `run`. Copies of
        the layer share the vectors in equal parts.
        """
        return self._network().multiply(layer, x)

    def matrix(self, layer: str, copy: int = 0) -> Matrix:
        """Return the matrix of a layer on its cores, to read: ``chip.matrix("fc") @ x``.

        It follows the chip in time, until the chip is programmed again: stored weights then come on
        new cores. On cores that it shares with other layers, it is the part of them that holds the
        layer.

        Parameters
        ----------
        layer : str
            Name of the layer.
        copy : int
            Which of its copies on the chip; a converted model computes with the first alone.
        """
        return self._network().matrix(layer, copy) if copy else self._holds().matrix(layer)

    def weights(self, noise: bool = False) -> dict[str, Array]:
        """Return the effective weights of each layer by name, shape (out, in).

        Parameters
        ----------
        noise : bool
            Whether what all vectors of this read-out share of the read noise is in them.
        """
        return self._holds().weights(noise)

    def forward(self, x: Batches, forward: Forward | None = None) -> Array:
        """Return the outputs of inferences alone; `run` has their costs beside them.

        Parameters
        ----------
        x, forward
            As in `run`.
        """
        return run_batches(*self._runs(x, forward))[0]

    def run(self, x: Batches, forward: Forward | None = None) -> Run:
        """Compute inferences, and what one of them costs.

        Parameters
        ----------
        x : array of shape (n, ...), or iterable of such
            Inputs; the first axis counts inferences. The outputs of several batches are joined.
        forward : callable, optional
            ``forward(compute, x)`` computes the outputs with `compute`. By default dense layers
            follow each other with a ReLU between them. Not for a converted model, which is its own
            forward.

        Warns
        -----
        RangeWarning
            If a layer met another number of vectors than the plan counts: then the cost is not
            that of this forward. If the outputs are not of the chip's read mode and number of
            devices, or of a one-phase read without the asymmetry that makes it less precise. If
            layers of a converted model do not compute with their devices, or are in training mode.

        Raises
        ------
        UnprogrammedError
            If nothing was programmed.
        TypeError, ValueError
            If ``x`` holds no batch or an empty one, or outputs that cannot be joined, or a
            converted model is now on another chip.
        """
        held = self._holds()
        check_cores(held.cores, self.read_mode, self._counted_devices)
        t = held.t
        with held.counted() as vectors:
            outputs, inferences = run_batches(*self._runs(x, forward))
        check_counts(self.plan.network, vectors, inferences)
        return Run(outputs, self.plan.performance(), dict(vectors), t)

    def _runs(self, x: Batches, forward: Forward | None) -> tuple[Callable[[Any], Any], Any]:
        """Return what computes a batch, and the batches."""
        held = self._holds()
        if isinstance(held, StoredNetwork):
            return partial(held.forward, forward=forward), as_batches(x)
        if forward is not None:
            raise ValueError("forward is not allowed: a converted model is its own forward")
        self._check_serial(held)
        held.warn_of_other_outputs()
        return held.model, x

    def _check_serial(self, model: AnalogModel) -> None:
        serials = {core.serial for core in model.cores}
        if serials != {self.serial}:
            raise ValueError(
                f"the model is on chip {sorted(serials)}, this is chip {self.serial}: convert it "
                f"with serial={self.serial}"
            )

    def _holds(self) -> StoredNetwork | AnalogModel:
        name = self.plan.network.name
        if self._held is None:
            raise UnprogrammedError(
                f"{name} is planned but not programmed: call chip.program(weights) first"
            )
        return self._held

    def _network(self) -> StoredNetwork:
        held = self._holds()
        if not isinstance(held, StoredNetwork):
            raise ValueError("the chip holds a converted model: call the model, or chip.run(x)")
        return held


def devices_of(core: Core) -> int | None:
    """Return the devices per polarity that carry a weight, if its device model says so."""
    names = {pcm_hermes(devices).name: devices for devices in (1, 2)}
    return names.get(getattr(core.device, "name", ""))


def takes(preset: Callable[..., Core], option: str) -> bool:
    """Return whether a preset has an option."""
    parameters = inspect.signature(preset).parameters.values()
    return any(p.name == option or p.kind is p.VAR_KEYWORD for p in parameters)


def check_made(core: Core, asked: dict[str, Any], found: dict[str, Any]) -> None:
    """Raise a ValueError if a preset makes other cores than were asked for.

    Parameters
    ----------
    core : Core
        One that it made.
    asked, found : dict
        Properties by name; what was not asked for is ``None``.
    """
    for name, has in found.items():
        if asked[name] not in (None, has):
            raise ValueError(
                f"{name}={asked[name]!r} is not allowed: the preset makes cores of "
                f"{name}={has!r} ({core.name})"
            )


def check_cores(cores: Iterable[Core], read_mode: str, devices: int | None) -> None:
    """Warn if cores do not read as their costs are counted.

    Parameters
    ----------
    cores : iterable of Core
        What computes the outputs.
    read_mode : {"4-phase", "1-phase"}
        Read mode of the costs.
    devices : {1, 2, None}
        Devices per polarity of the costs; ``None`` if they do not depend on it.
    """
    found = list(cores)
    modes = {core.periphery.read_mode for core in found}
    if modes != {read_mode}:
        warn_caller(
            f"the outputs are of cores with a {' or '.join(sorted(modes))} read, the costs of a "
            f"{read_mode} read: make the cores with read_mode={read_mode!r}"
        )
    elif read_mode == "1-phase" and not any(core.periphery.polarity_asymmetry for core in found):
        warn_caller(
            "a one-phase read of devices that conduct alike in both directions is as good as a "
            "four-phase read, which those of the chip are not: set polarity_asymmetry"
        )
    others = {devices_of(core) for core in found} - {None, devices}
    if devices is not None and others:
        warn_caller(
            f"the outputs are of cores with devices={others.pop()}, the costs of cores with "
            f"devices={devices}: make chip and cores alike"
        )


def check_counts(network: Network, vectors: dict[str, int], inferences: int) -> None:
    """Warn if layers met another number of vectors than the costs count.

    Parameters
    ----------
    network : Network
        What the plan counts.
    vectors : dict
        Vectors that each layer met.
    inferences : int
        For how many inferences.
    """
    for layer in network.static:
        met = vectors.get(layer.name, 0)
        if met != layer.mvms * inferences:
            warn_caller(
                f"layer {layer.name!r} met {met / inferences:g} vectors per inference, the "
                f"plan counts {layer.mvms}: the cost is not that of this run"
            )
