r"""Global drift compensation: one digital factor per core that undoes the mean drift.

Drift shrinks all conductances by roughly the same factor. Reading a fixed set of devices right
after programming and again at time :math:`t` measures that factor,

.. math:: \alpha(t) = \frac{\sum_m I_m(t)}{\sum_m I_m(0)},

and dividing the outputs by it restores their scale. What remains is the spread of the drift
exponents, which no single number can undo :cite:p:`joshi2020accurate`.

`drift_factor` is this ratio, and `GlobalDrift` has the choices: what is read, against what, and
which estimate. Software for training sends inputs through the converters in place of a sum of
currents and compares mean magnitudes of outputs :cite:p:`aihwkit`. What differs is how a device is
weighed. A sum of currents weighs it by its conductance, and the products of an application by its
square: where weak states drift most, as in phase-change memory, the sum gives too high a
:math:`1/\alpha`. Magnitudes of one
word line at a time (``probe="one_hot"``, the toolkit's way) weigh like the sum; one dense input
(``probe="ones"``) weighs by squares. Besides, magnitudes do not fall below what noise and
converters add, which does not drift: if outputs are small, :math:`1/\alpha` comes out too low. The
projection

.. math::

   \frac{1}{\alpha} = \frac{\langle Y_0, Y_0'\rangle}{\langle Y_t, \tfrac12(Y_0 + Y_0')\rangle}

of the outputs at :math:`t` on those of two reference reads :math:`Y_0, Y_0'` has neither flaw:
it weighs by squares, and independent noise cancels in the mean of each product.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from aimc.backend import Array, namespace, to_numpy
from aimc.circuits import net_conductance
from aimc.cores import Core
from aimc.recovery.compensation.base import CoreByCore
from aimc.recovery.compensation.cost import ReadCost
from aimc.recovery.compensation.machine import cores_of, go_to, outputs_of
from aimc.validation import check_choice, check_time

__all__ = [
    "ESTIMATES",
    "PROBES",
    "REFERENCES",
    "GlobalDrift",
    "drift_factor",
    "drift_gain",
    "global_drift_compensation",
]

PROBES = ("devices", "ones", "one_hot")
REFERENCES = ("measured", "ideal")
ESTIMATES = ("mean", "projection")


@dataclass(eq=False)
class GlobalDrift(CoreByCore):
    """One factor for each core that undoes its mean drift.

    Parameters
    ----------
    probe : {"devices", "ones", "one_hot"}
        What is read: the currents of all devices, one word line after the other, which add up to
        what the published recipe sums; the outputs for one input of ones; or the outputs for one
        input after the other, each of full scale.
    reference : {"measured", "ideal"}
        What is compared with: a measurement right after programming, or what ideal devices would
        give for the weights that were asked for. The second also undoes a mean error of
        programming; it needs the weights at hand, and no read.
    estimate : {"mean", "projection"}
        Ratio of means of magnitudes, or the projection, which is free of their bias.
    read : ReadCost, optional
        Cost of one read of a core.

    Examples
    --------
    >>> import numpy as np, aimc
    >>> from aimc.recovery.compensation import GlobalDrift
    >>> core = aimc.presets.hermes(serial=3).program(np.diag(np.linspace(-1, 1, 16)))
    >>> biased, unbiased = GlobalDrift(), GlobalDrift(estimate="projection")
    >>> costs = [each.prepare(core) for each in (biased, unbiased)]
    >>> gains = [each.apply(core, "1 d").view.gain for each in (biased, unbiased)]
    >>> gains[0] > gains[1]  # weak devices drift most, and the sum gives them more weight
    True
    """

    name = "global"
    sources = ("joshi2020accurate", "legallo2018compressed")

    probe: str = "devices"
    reference: str = "measured"
    estimate: str = "mean"
    read: ReadCost | None = None

    def __post_init__(self) -> None:
        check_choice("probe", self.probe, PROBES)
        check_choice("reference", self.reference, REFERENCES)
        check_choice("estimate", self.estimate, ESTIMATES)

    def _reference_reads(self) -> int:
        if self.reference == "ideal":
            return 0
        return 2 if self.estimate == "projection" else 1

    def _vectors(self, core: Core) -> int:
        return 1 if self.probe == "ones" else core.shape[1]

    def _reference(self, core: Core) -> np.ndarray:
        if self.reference == "ideal":
            one = self._ideal(core)
            return np.stack([one, one])
        start = core.sample.programmed_at
        return np.stack([self._measure(core, start) for _ in range(self._reference_reads())])

    def _correction(self, core: Core, t: float, reference: np.ndarray) -> float:
        now = self._measure(core, t)
        if self.estimate == "mean":
            above, below = np.mean(np.abs(reference[0])), np.mean(np.abs(now))
        else:
            above, below = np.mean(reference[0] * reference[1]), np.mean(now * reference.mean(0))
        if not (above > 0 and below > 0):
            raise ValueError(
                f"core {core.index} of chip {core.serial}: probe={self.probe!r} reads nothing that "
                "could be compared; choose another probe"
            )
        return float(above / below)

    def _inputs(self, core: Core) -> np.ndarray:
        full = 1.0 if core.periphery.input_range is None else core.periphery.input_range
        inputs = core.shape[1]
        return full * (np.ones((1, inputs)) if self.probe == "ones" else np.eye(inputs))

    def _measure(self, core: Core, t: float) -> np.ndarray:
        if self.probe != "devices":
            return outputs_of(core, t, self._inputs(core))
        return self._signal(_devices(core, t))

    def _ideal(self, core: Core) -> np.ndarray:
        if self.probe == "devices":
            return self._signal(core.state.g_target)
        weights = np.asarray(to_numpy(core.target_weights()), dtype=np.float64)
        return self._inputs(core) @ weights.T

    def _signal(self, g: Array) -> np.ndarray:
        """Mean current of all devices, or differences of pairs where these are projected."""
        if self.estimate == "mean":
            return np.asarray([float(namespace(g).mean(g))])  # no conductance is negative
        return np.asarray(to_numpy(net_conductance(g)), dtype=np.float64)


def drift_factor(core: Core, t: float | str) -> float:
    r"""Return :math:`\alpha(t)`, the summed read current at ``t`` (s) over that at programming.

    All devices of the core are read once at each time, with read noise. Their currents add up
    without regard to polarity, as one word line after the other is driven with a constant voltage.

    Parameters
    ----------
    core : Core
        A programmed core.
    t : float or str
        Time since the first read after programming, s, or in words such as ``"1 d"``.
    """
    xp = namespace(core.sample.g_programmed)
    now, first = (float(xp.sum(_devices(core, at))) for at in (t, core.sample.programmed_at))
    return now / first


def drift_gain(core: Core, t: float | str) -> float:
    r"""Return :math:`1/\alpha(t)`, the factor that undoes the mean drift of a core at ``t`` (s).

    A ``gain`` of `aimc.chip.Chip.at` or `aimc.nn.at`. Right after programming it is one.
    """
    return 1.0 / drift_factor(core, t) if check_time("t", t) > 0 else 1.0


def global_drift_compensation(matrix: Any, t: float | str) -> Any:
    """Return the core or matrix at ``t`` (s) with the drift of each core divided out.

    Parameters
    ----------
    matrix : Core, aimc.Matrix, aimc.Chip or torch.nn.Module
        Programmed weights. A torch model is set to the time and returned itself.
    t : float or str
        Time since the first read after programming, s, or in words such as ``"1 d"``.
    """
    gains = [1.0 / drift_factor(core, t) for core in cores_of(matrix)]
    return go_to(matrix, check_time("t", t), gains)


def _devices(core: Core, t: float | str) -> Array:
    """Read all devices once; return their conductances, S."""
    return core.state.read(t, core.reader(core.state.g_programmed))
