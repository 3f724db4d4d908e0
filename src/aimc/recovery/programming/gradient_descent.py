r"""Programming against measured products: what counts is the error of the outputs.

Send random vectors :math:`X`, measure the outputs :math:`Y`, and take the gradient of the squared
error with respect to the weights, :math:`(Y - XW^T)^T X`. It says which weights are wrong and by
how much, as the products see them: with the errors of converters and wires in it, and after the
devices have relaxed. The slow part of the read noise is in it as well: what the loop measures is
one long read-out, whose common noise it mends like an error and loses when the weights are used in
another. These weights are programmed again
:cite:p:`buchel2022gdp,buchel2023programming`.

What is public of these publications says neither how pulses follow from the gradient nor how fast
it converges; this is an implementation of the idea. A pulse that melts overwrites the past, so a
new attempt has a new error of the published size; attempts that measured products find good are
kept. The gradient is divided by the second moments of the inputs, :math:`X^TX`, which makes it an
estimate of the error of each weight, and estimates are averaged over rounds until the weight is
programmed again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from aimc.backend import like, to_numpy
from aimc.cores import Core
from aimc.cores.read_outs import ReadOut
from aimc.devices.pulsed import PulsedPCM
from aimc.recovery.compensation.cost import ReadCost
from aimc.recovery.programming.base import Programming, wanted_weights
from aimc.recovery.programming.cost import ProgrammingCost, devices_behind, loop_cost, pulses_of
from aimc.recovery.programming.direct import cost_of_all
from aimc.validation import check_integer, check_number

__all__ = ["GradientDescent"]

LOOP = ReadOut((96,))
"""The read-out of the loop, over all its rounds; none that comes later meets its noise."""


@dataclass(eq=False)
class GradientDescent(Programming):
    """Program again where measured products say that weights are wrong.

    Parameters
    ----------
    rounds : int
        Rounds of measurement and programming, at most.
    vectors : int, optional
        Vectors of a round, more than the inputs of the core; four times as many by default.
    margin : float
        A weight whose estimated error exceeds so many typical errors of its kind is programmed
        again.
    reach : float
        Share of the input range that the vectors fill; too much would saturate converters.
    stop : float
        Share of the weights under which it ends.
    pulses : PulsedPCM, optional
        Pulse model from which the cost is found.
    read : ReadCost, optional
        Cost of one product of a core; the published one by default.
    """

    name = "gradient_descent"
    sources = ("buchel2022gdp", "buchel2023programming")

    rounds: int = 12
    vectors: int | None = None
    margin: float = 0.8
    reach: float = 0.5
    stop: float = 0.01
    pulses: PulsedPCM | None = None
    read: ReadCost | None = None

    def __post_init__(self) -> None:
        check_integer("rounds", self.rounds, low=1)
        check_number("margin", self.margin, low=0.0, open_low=True)
        check_number("reach", self.reach, low=0.0, high=1.0, open_low=True)
        check_number("stop", self.stop, low=0.0, high=1.0)
        if self.vectors is not None:
            check_integer("vectors", self.vectors, low=2)

    def _refine(self, core: Core, rng: np.random.Generator) -> ProgrammingCost:
        wanted = wanted_weights(core)
        inputs = wanted.shape[1]
        count = 4 * inputs if self.vectors is None else self.vectors
        if count <= inputs:
            raise ValueError(
                f"vectors={count} is not allowed: it must exceed the {inputs} inputs of the core"
            )
        spent = cost_of_all(core, self.pulses)
        full = 1.0 if core.periphery.input_range is None else core.periphery.input_range
        full *= self.reach
        typical = np.std(self._estimate(core, wanted, full, 4 * count, rng)[0], axis=None)
        products, measured, weight = 4 * count, np.zeros_like(wanted), np.zeros_like(wanted)
        model = pulses_of(core.device) if self.pulses is None else self.pulses
        candidates = wanted != 0
        best, state_of_best = np.inf, core.state
        for attempt in range(self.rounds):
            error, norm = self._estimate(core, wanted, full, count, rng)
            products += count
            if norm < best:
                best, state_of_best = norm, core.state
            measured = (weight * measured + error) / (weight + 1)
            weight += 1
            chosen = candidates & (np.abs(measured) > self.margin * typical)
            if attempt == self.rounds - 1 or np.mean(chosen) < self.stop:
                break
            targets = self._again(core, chosen, attempt, rng)
            weight[chosen] = 0
            spent = spent.then(
                loop_cost(targets, core.device.g_max, model, devices_behind(core.device))
            )
        core.replace_state(state_of_best)
        read = ReadCost.published(core.periphery.read_mode) if self.read is None else self.read
        return spent.then(
            ProgrammingCost(
                products=products,
                time_s=products * read.time_s,
                energy_J=products * read.energy_J,
            )
        )

    @staticmethod
    def _estimate(
        core: Core, wanted: np.ndarray, full: float, count: int, rng: np.random.Generator
    ) -> tuple[np.ndarray, float]:
        """Return the estimated error of each weight, and the norm of the errors of the outputs."""
        x = rng.uniform(-full, full, (count, wanted.shape[1]))
        y = core.at(0.0, noise=LOOP).forward(like(x, core.state.g_programmed))
        error = np.asarray(to_numpy(y), dtype=np.float64) - x @ wanted.T
        return np.linalg.solve(x.T @ x, x.T @ error).T, float(np.linalg.norm(error)) / count**0.5

    @staticmethod
    def _again(
        core: Core,
        chosen: np.ndarray,
        attempt: int,
        rng: np.random.Generator,
    ) -> np.ndarray:
        """Program a device of each chosen weight again; return the targets (S) of these devices."""
        state = core.state
        target, g, nu = (
            np.asarray(to_numpy(each))
            for each in (state.g_target, state.g_programmed, state.drift_exponent)
        )
        slices, devices = target.shape[:2]
        turn = np.zeros((slices, devices, 1, 1, 1), dtype=bool)
        turn.reshape(-1)[attempt % (slices * devices)] = True
        pulsed = turn & chosen & (target > 0)
        fresh = core.device.program(target, rng)
        g = np.where(pulsed, np.asarray(fresh.g_programmed), g)
        nu = np.where(pulsed, np.asarray(fresh.drift_exponent), nu)
        now = replace(
            state,
            g_programmed=like(g, state.g_programmed),
            drift_exponent=like(nu, state.drift_exponent),
        )
        core.replace_state(now)
        return np.asarray(target[pulsed], dtype=np.float64)
