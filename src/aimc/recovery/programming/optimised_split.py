r"""One weight on two pairs of devices of different significance, split for a later time.

The significant pair counts :math:`F` times as much as the other. Which conductances should the two
have for a weight :math:`w`? Those that make the expected squared error at a chosen time :math:`t`
smallest,

.. math::

   \min_{G_1, G_2}\ \Bigl(c \sum_k s_k \overline{G_k}(t) - w\Bigr)^2
   + c^2 \sum_k s_k^2 \operatorname{Var} G_k(t) ,

with significances :math:`s_k`, conductances relative to full scale and the factor :math:`c` of a
drift compensation. Errors of the significant pair are multiplied with :math:`F`: small weights stay
in the other pair alone :cite:p:`mackin2022optimised`. The published search moves all four devices;
here those of the other polarity stay RESET, and one table over the weights is searched completely.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aimc.backend import Array, as_array, like, namespace, stop_gradient, to_numpy
from aimc.cores import Core
from aimc.devices import Device
from aimc.devices.pulsed import PulsedPCM
from aimc.recovery.programming.base import Programming, wanted_weights
from aimc.recovery.programming.cost import ProgrammingCost
from aimc.recovery.programming.direct import cost_of_all
from aimc.units import seconds
from aimc.validation import check_array, check_number, check_time

__all__ = ["OptimisedSplit", "SplitCell", "optimise_split"]

LEVELS = 65  # conductances that are tried for each device
WEIGHTS = 513  # magnitudes of weights in the table
SAMPLE = 3000  # simulated devices of each conductance
ROUNDS = 6
CODE = 100.0 * (LEVELS - 1)  # conductances closer than this share of full scale are alike


class SplitCell:
    """A unit cell of two pairs that splits weights by a table; made by `optimise_split`.

    Parameters
    ----------
    factor : float
        Significance of the second pair over that of the first, F.
    table : array, shape (2, n)
        Conductances of the less and of the more significant device, relative to full scale, for
        weights of evenly spaced magnitude from 0 to 1.
    gain : float
        Digital factor on both, which gives the weights their size right after programming.
    """

    def __init__(self, factor: float, table: np.ndarray, gain: float = 1.0) -> None:
        self.factor = check_number("factor", factor, low=1.0)
        self.gain = check_number("gain", gain, low=0.0, open_low=True)
        check_array("table", table, ndim=2, low=0.0, high=1.0)
        if table.shape[0] != 2:
            raise ValueError(f"table must have shape (2, n), got shape {tuple(table.shape)}")
        self.table = np.asarray(table, dtype=np.float64)

    @property
    def devices_per_weight(self) -> int:
        """Two pairs."""
        return 4

    @property
    def devices_per_line(self) -> int:
        """Each pair has its own bit line."""
        return 1

    @property
    def significance(self) -> tuple[float, ...]:
        """Digital weights of the two pairs; they sum to the gain."""
        whole = 1.0 + self.factor
        return self.gain / whole, self.gain * self.factor / whole

    def wanted(self, targets: Array) -> np.ndarray:
        """Return the scaled weights (out, in) that targets stand for, those of `split` over g_max.

        Weights of neighbouring magnitudes may share their targets; their mean is returned.
        """
        g = np.asarray(to_numpy(targets), dtype=np.float64)[:, 0]
        net = g[:, 0] - g[:, 1]

        def code(pair: np.ndarray) -> np.ndarray:
            return np.rint(CODE * pair[0]) * 2 * CODE + np.rint(CODE * pair[1])

        known, places = np.unique(code(self.table), return_inverse=True)
        magnitudes = np.linspace(0.0, 1.0, self.table.shape[1])
        means = np.bincount(places, magnitudes) / np.bincount(places)
        at = np.clip(np.searchsorted(known, code(np.abs(net))), 0, len(known) - 1)
        return np.sign(net.sum(axis=0)) * means[at]

    def split(self, w_scaled: Array, g_max: float) -> Array:
        """Return targets (S) of shape (2, 1, 2, out, in) for weights of shape (out, in).

        Under torch the gradient is that of a weight that is held by both pairs alike.
        """
        weights = as_array("w_scaled", w_scaled)
        check_array("w_scaled", weights, ndim=2, low=-1 - 1e-6, high=1 + 1e-6)
        xp = namespace(weights)
        fixed = np.clip(to_numpy(stop_gradient(weights)), -1.0, 1.0)
        places = np.rint(np.abs(fixed) * (self.table.shape[1] - 1)).astype(int)
        targets = []
        for row in self.table:
            held = like(np.sign(fixed) * row[places], weights) + (weights - stop_gradient(weights))
            targets.append(xp.stack([xp.clip(held, 0.0, 1.0), xp.clip(-held, 0.0, 1.0)]))
        return g_max * xp.stack(targets)[:, None, ...]


def optimise_split(
    device: Device, weights: np.ndarray, t: float | str = "1 d", factor: float = 2.0
) -> SplitCell:
    """Return the unit cell whose weights have the smallest error at a time.

    Parameters
    ----------
    device : Device
        Any model; its means and variances are found by simulating devices.
    weights : array
        Weights relative to the largest one, in [-1, 1]; their distribution decides on the factor
        of the drift compensation.
    t : float or str
        Time since programming, s, or words such as ``"1 h"``.
    factor : float
        F; the published searches always ended with two.
    """
    check_number("factor", factor, low=1.0, high=64.0)
    check_array("weights", weights, low=-1 - 1e-6, high=1 + 1e-6)
    levels = np.linspace(0.0, 1.0, LEVELS)
    mean, variance = _moments(device, levels, seconds(t))
    mean, variance = mean - mean[0], variance + variance[0]  # a device and its RESET partner
    low, high = 1.0 / (1.0 + factor), factor / (1.0 + factor)
    reached = (low * mean[:, None] + high * mean).ravel()
    spread = (low**2 * variance[:, None] + high**2 * variance).ravel()

    magnitudes = np.linspace(0.0, 1.0, WEIGHTS)
    share = np.bincount(
        np.rint(np.abs(np.ravel(weights)) * (WEIGHTS - 1)).astype(int), minlength=WEIGHTS
    )
    gain = 1.0 / max(float(reached.max()), 1e-12)
    for _ in range(ROUNDS):
        cost = (gain * reached - magnitudes[:, None]) ** 2 + gain**2 * spread
        chosen = cost.argmin(axis=1)
        # the factor that gives the signal its size back, whatever the noise
        power = float(np.sum(share * magnitudes * reached[chosen]))
        gain = float(np.sum(share * magnitudes**2)) / power if power > 0 else gain
    chosen[0] = 0  # nothing is held by RESET devices
    first = _moments(device, levels, 0.0)[0]
    first = first - first[0]
    at_first = (low * first[:, None] + high * first).ravel()[chosen]
    power = float(np.sum(share * magnitudes * at_first))
    size = float(np.sum(share * magnitudes**2)) / power if power > 0 else 1.0
    table = levels[np.stack(np.unravel_index(chosen, (LEVELS, LEVELS)))]
    return SplitCell(factor, table, size)


def _moments(device: Device, levels: np.ndarray, t: float) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance of a read of devices at ``t`` (s), relative to full scale."""
    found = []
    for level in levels:  # the same draws for each, so that chance does not tell levels apart
        state = device.program(np.full(SAMPLE, device.g_max * level), np.random.default_rng(98))
        g, noise = np.asarray(state.at(t)), np.asarray(state.read_noise_std(t))
        found.append((g.mean() / device.g_max, (g.var() + np.mean(noise**2)) / device.g_max**2))
    return tuple(np.array(found).T)


@dataclass(eq=False)
class OptimisedSplit(Programming):
    """Two pairs of devices per weight, split so that the error at a time is smallest.

    It takes twice the devices of a single pair. The cell of the core becomes a `SplitCell`.

    Parameters
    ----------
    t : float or str
        Time since programming at which the error counts.
    factor : float
        Significance of one pair over that of the other, F.
    pulses : PulsedPCM, optional
        Pulse model from which the cost is found.
    """

    name = "optimised_split"
    sources = ("mackin2022optimised",)

    t: float | str = "1 d"
    factor: float = 2.0
    pulses: PulsedPCM | None = None

    def __post_init__(self) -> None:
        check_time("t", self.t)
        check_number("factor", self.factor, low=1.0, high=64.0)

    def _refine(self, core: Core, rng: np.random.Generator) -> ProgrammingCost:
        weights, scale = wanted_weights(core), core.w_max
        relative = weights / np.asarray(to_numpy(scale), dtype=np.float64)[:, None]
        core.cell = optimise_split(core.device, relative, self.t, self.factor)
        like_them = like(weights, core.state.g_programmed)
        core.program(like_them, scale, core.used)
        return cost_of_all(core, self.pulses)
