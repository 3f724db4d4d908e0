"""The device that a table of measurements was fitted with, and its range of validity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aimc.backend import Array, RandomSource, namespace
from aimc.devices.base import ConductanceState
from aimc.devices.fitting.estimate import FIELDS, Estimate, estimate
from aimc.devices.fitting.formulas import parameters
from aimc.devices.fitting.levels import EFFECTS
from aimc.devices.fitting.screening import group, screen
from aimc.devices.fitting.sheet import Sheet, write
from aimc.devices.fitting.table import read_table
from aimc.devices.pcm import StatisticalPCM, pcm_2019
from aimc.units import MICRO
from aimc.validation import check_integer, check_number, warn_caller

__all__ = ["FittedPCM", "fit_device"]

POOR_FIT = 6.0
"""Standard deviations of the mean square residual above 1 at which a formula is said not to fit."""
NOTICEABLE = 0.1
"""Residuals below this share of the value itself are small, however sure they are."""
OFF_TARGET = 0.5
"""Distance from targets, in programming errors, that the model's lack of one is said to matter."""


@dataclass(frozen=True, slots=True)
class FittedPCM(StatisticalPCM):
    """A statistical PCM whose formulas were fitted to a table; made by `fit_device`.

    It is used like any other device. It warns when it is asked for targets or times outside the
    table that it stands for.
    """

    g_range: tuple[float, float] = (0.0, 0.0)
    """Smallest and largest measured target, S."""
    sheet: Sheet | None = field(default=None, repr=False, compare=False)
    """What the fit was made of: points, residuals, intervals."""

    def program(self, g_target: Array, rng: RandomSource) -> ConductanceState:
        """Program devices as `StatisticalPCM.program`; warn outside the measured targets.

        A target of 0 outside the table warns as any other: half the devices of a differential
        pair have it.
        """
        state = StatisticalPCM.program(self, g_target, rng)
        xp = namespace(state.g_target)
        low, high = float(xp.min(state.g_target)), float(xp.max(state.g_target))
        slack = 1e-6 * self.g_max
        if low < self.g_range[0] - slack or high > self.g_range[1] + slack:
            warn_caller(
                f"targets from {low / MICRO:.3g} to {high / MICRO:.3g} µS reach beyond those that "
                f"{self.name!r} was fitted to, {self.g_range[0] / MICRO:.3g} to "
                f"{self.g_range[1] / MICRO:.3g} µS: the result is an extrapolation"
            )
        return state

    @property
    def parameters(self) -> dict[str, float]:
        """Numbers of all formulas, e.g. ``"drift_mean.slope"``; programming in microsiemens."""
        return {
            f"{effect}.{name}": value
            for effect, fit in zip(EFFECTS, FIELDS, strict=True)
            for name, value in parameters(getattr(self, fit)).items()
        }

    def intervals(self, confidence: float = 0.95) -> dict[str, tuple[float, float]]:
        """Return an interval for each of `parameters` from the bootstrap over devices.

        Parameters
        ----------
        confidence : float
            Share of the bootstrap's samples inside the interval, between 0 and 1. Intervals are
            symmetric about the parameter.

        Raises
        ------
        ValueError
            If ``confidence`` is not between 0 and 1.
        """
        share = check_number("confidence", confidence, low=0.0, high=1.0, open_low=True)
        return self._sheet().intervals(share)

    def data_sheet(self) -> str:
        """Return the data sheet as text: source, range, parameters, residuals, what was left out.

        `aimc.plots.device_sheet` draws it.
        """
        return write(self.name, self.g_max, self.t_0, self.t_read, self.parameters, self._sheet())

    def _sheet(self) -> Sheet:
        if self.sheet is None:
            raise ValueError(f"{self.name!r} has no data sheet: make the device with fit_device")
        return self.sheet


def fit_device(
    table: Any,
    *,
    unit: str,
    formulas_of: StatisticalPCM | None = None,
    g_max: float | None = None,
    t_0: float | None = None,
    t_read: float | None = None,
    columns: Mapping[str, str] | None = None,
    gaps: str = "raise",
    outliers: str = "raise",
    name: str = "fitted device",
    sources: tuple[str, ...] = (),
    samples: int = 200,
    rng: RandomSource = 0,
) -> FittedPCM:
    r"""Fit a statistical device to a table of measured targets, conductances and read times.

    The formulas are those of the published models (`aimc.devices.pcm`); their numbers come from
    the table, by the method of simulated moments :cite:p:`mcfadden1989simulated`, with intervals
    from a bootstrap over devices.

    Parameters
    ----------
    table : mapping, array, str or pathlib.Path
        Either one row per read, with the columns ``device``, ``target``, ``time`` and
        ``conductance``; or one row per device: ``target`` of shape (n,), ``time`` of shape (k,) and
        ``conductance`` of shape (n, k). A path names a CSV file with one row per read. Times are
        seconds since the first read that an array can have, ``t_0`` after programming ended:
        subtract it from times that count from the last pulse. Each device is read once at each
        time.
    unit : {"S", "mS", "uS", "nS"}
        Unit of targets and conductances.
    formulas_of : StatisticalPCM, optional
        Which formulas to fit, and `t_0` and `t_read` unless they are given; `pcm_2019` by default.
        Its numbers are not used, except the thresholds at which `pcm_hermes` changes its formula.
    g_max : float, optional
        Conductance of the fully SET state, S; the largest target by default.
    t_0 : float, optional
        Delay between the end of programming and the instant from which drift is counted, s.
    t_read : float, optional
        Length of one read, s. It scales the noise factor Q and cannot be told from it.
    columns : mapping, optional
        Names of the table's columns where they differ, e.g. ``{"target": "g_set"}``.
    gaps : {"raise", "drop"}
        What to do about devices that lack a read.
    outliers : {"raise", "drop", "keep"}
        What to do about devices more than ten robust standard deviations off their level.
    name : str
        Name of the device for figures and tables.
    sources : tuple of str
        Bibliography keys of the measurement.
    samples : int
        Samples of the bootstrap.
    rng : int or numpy.random.Generator
        Source of the simulation's and the bootstrap's random numbers.

    Returns
    -------
    FittedPCM
        A device for every core; `FittedPCM.data_sheet` says what it stands for.

    Raises
    ------
    TypeError
        If ``table`` is no table, or ``formulas_of`` no statistical PCM.
    ValueError
        If the unit is not plausible, columns are missing, there are gaps, outliers or too few
        points, or an argument is not allowed.

    Warns
    -----
    RangeWarning
        If a formula does not follow the table, or devices land beside their targets.

    Examples
    --------
    ::

        mine = fit_device("reads.csv", unit="uS", gaps="drop")
        print(mine.data_sheet())
        core = aimc.cores.Core(mine, serial=7).program(weights)
    """
    kind = pcm_2019() if formulas_of is None else formulas_of
    if not isinstance(kind, StatisticalPCM):
        raise TypeError(f"formulas_of must be a StatisticalPCM, got {type(kind).__name__}")
    check_integer("samples", samples, low=20)
    measured = read_table(table, unit, columns)
    largest = float(measured.target.max())
    top = largest if g_max is None else check_number("g_max", g_max, low=largest, unit="S")
    start = StatisticalPCM(
        name=name,
        g_max=top,
        t_0=kind.t_0 if t_0 is None else check_number("t_0", t_0, low=0.0, open_low=True, unit="s"),
        t_read=kind.t_read if t_read is None else check_number("t_read", t_read, low=0.0, unit="s"),
        sources=tuple(sources),
        t_fitted=float(measured.time[-1]),
        **{fit: getattr(kind, fit) for fit in FIELDS},
    )
    kept, notes = screen(measured, top, start.t_0, gaps, outliers)
    found = estimate(kept, group(kept.target), start, samples, rng)
    sheet = Sheet(
        devices=len(kept.target),
        times=tuple(kept.time.tolist()),
        g_range=(float(kept.target.min()), float(kept.target.max())),
        formulas=kind.name,
        notes=notes,
        estimate=found,
    )
    _complain(found, name, kind.name)
    fits: dict[str, Any] = dict(zip(FIELDS, found.fits, strict=True))
    return FittedPCM(
        **fits,
        name=name,
        g_max=top,
        t_0=start.t_0,
        t_read=start.t_read,
        sources=start.sources,
        t_fitted=start.t_fitted,
        g_range=sheet.g_range,
        sheet=sheet,
    )


def _complain(found: Estimate, name: str, formulas: str) -> None:
    """Warn about what the model cannot describe."""
    values = np.stack([fit(found.level) + 0.0 * found.level for fit in found.fits], axis=1)
    for k, effect in enumerate(EFFECTS):
        off = found.points[:, k] - values[:, k]
        sure = off / found.errors[:, k]
        free = max(1, len(off) - len(parameters(found.fits[k])))
        share = _weighted(np.abs(off) / np.maximum(np.abs(values[:, k]), 1e-30), found.errors[:, k])
        limit = 1 + POOR_FIT * np.sqrt(2 / free)
        if float(sure @ sure) / free > limit and share > NOTICEABLE:
            worst = found.level[np.argmax(np.abs(sure))]
            warn_caller(
                f"{effect} of {name!r} does not follow the formula of {formulas!r}: residuals are "
                f"{np.sqrt(float(sure @ sure) / free):.2g} standard errors, largest at "
                f"{worst:.2g} of g_max; another device in formulas_of may have a formula that does"
            )
    reach = OFF_TARGET * MICRO * np.abs(values[:, 0])
    beside = (np.abs(found.offset) > reach) & (np.abs(found.offset) > 4 * found.offset_error)
    if beside.any():
        worst = int(np.argmax(np.abs(found.offset) / np.where(beside, reach, np.inf)))
        warn_caller(
            f"devices of {name!r} land {found.offset[worst] / MICRO:+.3g} µS beside their targets "
            f"at {found.level[worst]:.2g} of g_max; the model programs them without such a shift"
        )


def _weighted(values: NDArray[np.float64], errors: NDArray[np.float64]) -> float:
    weight = 1 / errors**2
    return float(values @ weight / weight.sum())
