"""The data sheet of a fitted device: what it was made of, and how far it may be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from aimc.devices.fitting.estimate import Estimate
from aimc.devices.fitting.formulas import parameters
from aimc.devices.fitting.levels import EFFECTS
from aimc.units import MICRO

__all__ = ["Sheet", "write"]

MEANING = {
    "programming": "spread of programmed conductance, µS",
    "drift_mean": "mean drift exponent",
    "drift_std": "spread of the drift exponent",
    "read_noise": "factor Q of read noise",
}
VAGUE = 10.0
"""Width of an interval, relative to the number itself, from which the number is not stated."""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """What `fit_device` keeps beside the device."""

    devices: int
    """Devices that were fitted."""
    times: tuple[float, ...]
    """Times of their reads, s."""
    g_range: tuple[float, float]
    """Smallest and largest target, S."""
    formulas: str
    """Name of the model whose formulas were fitted."""
    notes: tuple[str, ...]
    """What was left out of the table."""
    estimate: Estimate = field(repr=False)
    """Points, residuals and the bootstrap."""

    def intervals(self, confidence: float) -> dict[str, tuple[float, float]]:
        """Return an interval for each parameter, about its value; infinite if undetermined.

        Half as wide as what this share of the bootstrap's samples keeps within: samples of a
        parameter that a bound holds lie mostly on one side, the side on which the truth is not.
        """
        found = {}
        for effect, fit, table in zip(
            EFFECTS, self.estimate.fits, self.estimate.samples, strict=True
        ):
            for name, value in parameters(fit).items():
                off = np.abs(table[name] - value)
                reach = np.inf if np.isnan(off).any() else float(np.quantile(off, confidence))
                found[f"{effect}.{name}"] = (value - reach, value + reach)
        return found

    def residuals(self) -> dict[str, np.ndarray]:
        """Return, per effect, points minus formula in standard errors, one entry per level."""
        found = self.estimate
        return {
            effect: (found.points[:, k] - found.fits[k](found.level)) / found.errors[:, k]
            for k, effect in enumerate(EFFECTS)
        }

    def misfit(self) -> dict[str, float]:
        """Return, per effect, the mean square residual; about 1 where the formula fits."""
        found = self.estimate
        free = [max(1, len(found.level) - len(parameters(fit))) for fit in found.fits]
        squares = (float(r @ r) for r in self.residuals().values())
        return {e: s / n for e, s, n in zip(EFFECTS, squares, free, strict=True)}


def write(
    name: str, g_max: float, t_0: float, t_read: float, values: Mapping[str, float], sheet: Sheet
) -> str:
    """Return a data sheet as text."""
    low, high = (g / MICRO for g in sheet.g_range)
    found = sheet.estimate
    farthest = found.offset[np.argmax(np.abs(found.offset))] / MICRO
    lines = [f"{name}: statistical device, formulas of {sheet.formulas!r}"]
    facts = {
        "fitted to": f"{sheet.devices} devices at {len(found.level)} levels, "
        f"{len(sheet.times)} reads each",
        "valid for": f"targets {low:.3g} to {high:.3g} µS, {sheet.times[0]:.3g} to "
        f"{sheet.times[-1]:.3g} s after programming",
        "constants": f"g_max {g_max / MICRO:.4g} µS, t_0 {t_0:.4g} s, t_read {t_read:.4g} s",
        "off target": f"{np.mean(found.offset) / MICRO:+.3f} µS on average, "
        f"{farthest:+.3f} µS at most",
        "not fitted": "; ".join(sheet.notes) or "nothing was left out",
    }
    lines += [f"  {what:<14}{text}" for what, text in facts.items()]
    intervals, misfits = sheet.intervals(0.95), sheet.misfit()
    for effect in EFFECTS:
        lines.append(f"{effect}: {MEANING[effect]} (mean square residual {misfits[effect]:.2f})")
        for key, value in values.items():
            if key.startswith(f"{effect}."):
                a, b = intervals[key]
                shown = b - a < VAGUE * abs(value)
                known = f"95 %: {a:.5g} to {b:.5g}" if shown else "not determined by this table"
                lines.append(f"  {key[len(effect) + 1 :]:<14}{value:>12.5g}   {known}")
    return "\n".join(lines)
