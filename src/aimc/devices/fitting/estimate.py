r"""Finds the device whose simulated table shows the same numbers as a measured one.

The four numbers of a level (`levels`) are no estimates of the model's functions: weak devices stop
at zero, and noise of reads leaks into the scatter of slopes. So the model itself is simulated with
the targets and times of the table, and its functions are corrected, level by level,

.. math:: e = F(\theta) + K^{-1}\,(s_\text{measured} - s_\text{simulated}),

where :math:`K` is the change of the numbers with the functions, from simulations with the same
random numbers; then the formulas are fitted to the corrected points. This is repeated until
nothing moves, and from there all numbers of the formulas are fitted at once. It is the method of
simulated moments; a bootstrap over devices gives the intervals.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aimc.backend import Array as AnyArray
from aimc.backend import RandomSource, as_generator
from aimc.devices.fits import Fit
from aimc.devices.fitting.formulas import fit_formula, parameters, with_parameters
from aimc.devices.fitting.levels import EFFECTS, observe
from aimc.devices.fitting.table import Measurements
from aimc.devices.pcm import StatisticalPCM
from aimc.units import MICRO

__all__ = ["FIELDS", "Estimate", "estimate"]

Array = NDArray[np.float64]

FIELDS = tuple(f"{effect}_fit" for effect in EFFECTS)
SIMULATED = 8_000
"""Least number of simulated devices."""
ROUNDS = 10
CHANGE = 0.05
"""Relative change by which the numbers are differentiated."""
SETTLED = 0.05
"""Largest step, in standard errors, at which the search ends."""
REFINEMENTS = 3
SMALL_STEP = 0.03
"""Relative change of one number for its derivative."""
LEAST_GAIN = 0.3
"""Decrease of chi square below which the refinement ends."""
NEIGHBOURS = 5
"""Levels whose errors are averaged."""
FARTHEST = 3.0
"""Largest factor by which one round may change a function."""


@dataclass(frozen=True, slots=True)
class _Scaled:
    fit: Fit
    factor: float

    def __call__(self, g: AnyArray) -> AnyArray:
        return self.factor * self.fit(g)


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """Formulas, the points that they were fitted to, and what a bootstrap made of them."""

    fits: tuple[Fit, ...]
    """One formula per effect of `EFFECTS`."""
    level: Array = field(repr=False)
    """Mean target of each level, relative to g_max, shape (levels,)."""
    points: Array = field(repr=False)
    """Values of the functions that the table shows, shape (levels, 4)."""
    errors: Array = field(repr=False)
    """Their standard errors, shape (levels, 4)."""
    offset: Array = field(repr=False)
    """How far devices land above where the model puts them, S, shape (levels,)."""
    offset_error: Array = field(repr=False)
    """Its standard error, S, shape (levels,)."""
    samples: tuple[dict[str, Array], ...] = field(repr=False)
    """Per effect and parameter, its values over the samples of the bootstrap."""


def estimate(
    measured: Measurements,
    level: NDArray[np.intp],
    start: StatisticalPCM,
    samples: int,
    rng: RandomSource,
) -> Estimate:
    """Return the formulas of ``start``'s kind that reproduce a table; see the module."""
    generator = as_generator(rng)
    seed = int(generator.integers(2**31))
    spread = np.log1p(measured.time / start.t_0)
    copies = max(2, -(-SIMULATED // len(level)))
    many, many_levels = np.tile(measured.target, copies), np.tile(level, copies)
    reads = np.maximum(measured.conductance, 0.0)  # as the model's reads

    def simulated(fits: tuple[Fit, ...]) -> tuple[Array, Array]:
        formulas: dict[str, Any] = dict(zip(FIELDS, fits, strict=True))
        made = replace(start, **formulas)
        state = made.program(many, seed)
        columns = [state.read(float(t), seed + 1 + k) for k, t in enumerate(measured.time)]
        return observe(many, np.stack(columns, axis=1), many_levels).numbers(spread)

    count = np.bincount(level)
    x = np.bincount(level, measured.target) / count / start.g_max
    seen, offset = observe(measured.target, reads, level).numbers(spread)
    draws = generator.poisson(1.0, (samples, len(level))).astype(np.float64)
    resampled, moved = observe(measured.target, reads, level, draws).numbers(spread)
    # simulation adds noise of its own
    growth = np.sqrt(1 + 1 / copies)
    about = growth * (resampled - resampled.mean(axis=0))
    covariance = _smooth(np.einsum("bli,blj->lij", about, about) / (samples - 1))

    table = _Table(seen, covariance, x, start, simulated)
    fits = _point_by_point(table, _first_guess(seen, spread, measured.time, start))
    fits, gain = _refined(table, fits)
    points, errors, back, model_offset = table.points(fits)
    values = _flat(fits)
    drawn = values + about.reshape(samples, -1) @ gain.T
    # Bounds make a formula bend, so formulas through resampled points may scatter more than the
    # slopes at the best numbers tell: the wider is stated, and how far both ways are apart added.
    through = _flat(_formulas(table, points, errors))
    shifts = np.einsum("lij,blj->bli", back, about)
    bent = np.array([_flat(_formulas(table, points + shift, errors)) for shift in shifts])
    bent += values - through
    wider = bent.std(axis=0) > drawn.std(axis=0)
    drawn[:, wider] = bent[:, wider]
    apart = (through - values) / np.maximum(drawn.std(axis=0), 1e-30)
    drawn = values + (drawn - values) * np.sqrt(1 + apart**2)
    # a number that the table does not show at all stays undetermined
    drawn[:, ~gain.any(axis=1)] = np.nan
    names = [(k, name) for k, fit in enumerate(fits) for name in parameters(fit)]
    spreads: tuple[dict[str, Array], ...] = tuple({} for _ in EFFECTS)
    for column, (k, name) in enumerate(names):
        spreads[k][name] = drawn[:, column]
    offset_error = growth * moved.std(axis=0, ddof=1)
    return Estimate(fits, x, points, errors, offset - model_offset, offset_error, spreads)


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """What was measured, and a simulation to hold beside it."""

    seen: Array
    covariance: Array
    x: Array
    start: StatisticalPCM
    simulated: Callable[[tuple[Fit, ...]], tuple[Array, Array]]

    def values(self, fits: tuple[Fit, ...]) -> Array:
        return np.stack([fit(self.x) + 0.0 * self.x for fit in fits], axis=1)

    def points(self, fits: tuple[Fit, ...]) -> tuple[Array, Array, Array, Array]:
        """Return corrected points, their errors, K^-1, and how far simulated devices are off."""
        shown, offset = self.simulated(fits)
        values = self.values(fits)
        change = np.empty((len(self.x), 4, 4))
        for j in range(4):
            scaled = tuple(_Scaled(f, 1 + CHANGE) if k == j else f for k, f in enumerate(fits))
            step = np.where(values[:, j] == 0, 1.0, CHANGE * values[:, j])
            change[:, :, j] = (self.simulated(scaled)[0] - shown) / step[:, None]
        back: Array = np.asarray(np.linalg.pinv(change, rcond=1e-6), np.float64)
        points: Array = values + np.einsum("lij,lj->li", back, self.seen - shown)
        errors: Array = np.sqrt(np.einsum("lij,ljk,lik->li", back, self.covariance, back))
        return points, errors, back, offset


def _point_by_point(table: _Table, points: Array) -> tuple[Fit, ...]:
    """Return formulas through points that are corrected until nothing moves."""
    errors = np.sqrt(np.einsum("lii->li", table.covariance))
    errors[:, [0, 2, 3]] *= points[:, [0, 2, 3]]  # those are of logarithms
    fits = _formulas(table, points, errors)
    for _ in range(ROUNDS):
        values = table.values(fits)
        points, errors, _, _ = table.points(fits)
        size = np.abs(values)
        fits = _formulas(table, np.clip(points, size / FARTHEST, FARTHEST * size), errors)
        if (np.abs(table.values(fits) - values) / errors).max() < SETTLED:
            break
    return fits


def _refined(table: _Table, fits: tuple[Fit, ...]) -> tuple[tuple[Fit, ...], Array]:
    """Return formulas fitted to all numbers at once, and how their parameters follow the numbers.

    A formula speaks of programmed conductances and a level of targets; for weak devices these are
    not the same, so a point is not quite a value of the formula. Here no points are needed: the
    parameters themselves are moved until simulated and measured numbers agree (Gauss-Newton).
    """
    whiten = np.linalg.inv(np.linalg.cholesky(table.covariance))
    counts = [len(parameters(fit)) for fit in fits]

    def unpack(theta: Array) -> tuple[Fit, ...]:
        parts = np.split(theta, np.cumsum(counts)[:-1])
        return tuple(with_parameters(f, p.tolist()) for f, p in zip(fits, parts, strict=True))

    def misses(theta: Array) -> Array:
        off = table.seen - table.simulated(unpack(theta))[0]
        return np.einsum("lij,lj->li", whiten, off).ravel()

    theta = _flat(fits)
    miss = misses(theta)
    gain = np.zeros((len(theta), len(miss)))
    for _ in range(REFINEMENTS):
        slope = np.empty((len(miss), len(theta)))
        for k, value in enumerate(theta):
            step = SMALL_STEP * (abs(value) or np.abs(theta).mean())
            slope[:, k] = -(misses(theta + step * (np.arange(len(theta)) == k)) - miss) / step
        size = np.maximum(np.linalg.norm(slope, axis=0), 1e-30)
        scaled = slope / size
        normal = scaled.T @ scaled + 1e-8 * np.eye(len(theta))
        gain = np.linalg.solve(normal, scaled.T) / size[:, None]
        # what the table hardly shows must not run away
        full, factor = np.clip(gain @ miss, -np.abs(theta), np.abs(theta)), 1.0
        while factor > 0.05 and not (found := misses(theta + factor * full)) @ found < miss @ miss:
            factor /= 2
        if factor <= 0.05:
            break
        gained = miss @ miss - found @ found
        theta, miss = theta + factor * full, found
        if gained < LEAST_GAIN:
            break
    levels = len(table.x)
    whitened = gain.reshape(len(theta), levels, 4)
    return unpack(theta), np.einsum("pli,lij->plj", whitened, whiten).reshape(len(theta), -1)


def _formulas(table: _Table, points: Array, errors: Array) -> tuple[Fit, ...]:
    weight = 1 / np.maximum(errors, 1e-3 * np.median(errors, axis=0)) ** 2
    return tuple(
        fit_formula(getattr(table.start, name), table.x, points[:, k], weight[:, k], name)
        for k, name in enumerate(FIELDS)
    )


def _flat(fits: tuple[Fit, ...]) -> Array:
    """Return the numbers of all formulas in one row."""
    return np.concatenate([list(parameters(fit).values()) for fit in fits])


def _smooth(covariance: Array) -> Array:
    """Return covariances averaged over neighbouring levels, so that no level is trusted by luck."""
    reach = NEIGHBOURS // 2
    wide = np.pad(covariance, ((reach, reach), (0, 0), (0, 0)), mode="edge")
    return np.mean([wide[k : k + len(covariance)] for k in range(NEIGHBOURS)], axis=0)


def _first_guess(seen: Array, spread: Array, time: Array, start: StatisticalPCM) -> Array:
    """Return rough values of the four functions, as if all were normal and nothing stopped at 0."""
    growth = np.mean([start.noise_growth(float(t)) for t in time])
    lever = float(((spread - spread.mean()) ** 2).sum())
    programming, slopes, noise = (np.exp(seen[:, k]) for k in (0, 2, 3))
    slopes = np.sqrt(np.maximum(slopes**2 - noise**2 / lever, (0.1 * slopes) ** 2))
    return np.stack([programming / MICRO, np.abs(seen[:, 1]), slopes, noise / growth], axis=1)
