"""Explorer of the chapter on where accuracy goes: each flaw alone, and all but one.

A small network sits on five simulated chips. Switching a flaw off changes nothing else about a
chip, so all differences are taken in pairs, chip by chip.
"""

from __future__ import annotations

import inspect

import numpy as np

from aimc.plots import Bars, Chart
from aimc.published import fact
from aimc.statistics import Interval, mean_interval
from aimc_course.explorers.accuracy.flawed import FLAWS, Flaws, all_but, measured, only
from aimc_course.explorers.controls import Slider, Toggle
from aimc_course.explorers.explorer import Answer, Explorer

__all__ = ["ERROR_BUDGET", "budget", "compute"]

CHIPS = range(5)
TIMES = (1.0, 60.0, 3600.0, 86400.0, 30 * 86400.0, 365.25 * 86400.0)  # s
WHEN = ("1 second", "1 minute", "1 hour", "1 day", "1 month", "1 year")
NOISE = fact("B023").number  # output noise of the model, full weights times full inputs


def column(flaws: Flaws, t: float, compensate: bool, part: int) -> np.ndarray:
    """Return accuracy (part 0) or MVM error (part 1) of every chip, per cent."""
    return np.array([measured(serial, flaws, t, compensate)[part] for serial in CHIPS])


def budget(flaws: Flaws, t: float, compensate: bool) -> dict[str, tuple[Interval, Interval]]:
    """Return for each flaw what it costs alone, and what the chip gains without it, in points."""
    exact = column(Flaws(), t, compensate, 0)
    whole = column(flaws, t, compensate, 0)
    return {
        name: (
            mean_interval(exact - column(only(flaws, name), t, compensate, 0)),
            mean_interval(column(all_but(flaws, name), t, compensate, 0) - whole),
        )
        for name in FLAWS
    }


def compute(
    exponent: int,
    input_bits: int,
    output_bits: int,
    output_noise: float,
    programming: float,
    compensate: bool,
) -> Answer:
    """Return the error budget of the small network, in accuracy and in MVM error.

    Parameters
    ----------
    exponent : int
        Which of the six times since programming.
    input_bits, output_bits : int
        Bits of the converters.
    output_noise, programming : float
        Sizes of the output noise and of the programming error; one is that of the model.
    compensate : bool
        Whether one factor per core undoes the mean drift.
    """
    flaws = Flaws(
        input_bits,
        output_bits,
        output_noise * NOISE,
        ir_drop=1.0,
        programming=programming,
        drift=True,
        read_noise=True,
    )
    t, when = TIMES[exponent], WHEN[exponent]
    found = budget(flaws, t, compensate)
    exact = column(Flaws(), t, compensate, 0)
    drop = mean_interval(exact - column(flaws, t, compensate, 0))
    alone = {name: pair[0].mean for name, pair in found.items()}
    gained = {name: pair[1].mean for name, pair in found.items()}
    errors = {name: float(column(only(flaws, name), t, compensate, 1).mean()) for name in FLAWS}
    whole_error = float(column(flaws, t, compensate, 1).mean())
    root = float(np.sqrt(sum(e**2 for e in errors.values())))
    names = tuple(FLAWS)
    values = {
        "floating_point_percent": float(exact.mean()),
        "drop_points": drop.mean,
        "drop_half_width": drop.half_width,
        "alone_points": alone,
        "gained_points": gained,
        "sum_alone_points": sum(alone.values()),
        "mvm_error_percent": errors,
        "mvm_error_all_percent": whole_error,
        "mvm_error_root_percent": root,
    }
    charts = (
        Chart(
            f"Accuracy, {when} after programming",
            "",
            "points of accuracy",
            tuple(
                Bars(
                    names,
                    tuple(found[name][k].mean for name in names),
                    label,
                    tuple(found[name][k].half_width for name in names),
                )
                for k, label in ((0, "lost to this flaw alone"), (1, "gained if it goes"))
            ),
        ),
        Chart(
            "Error of the middle layer",
            "",
            "MVM error (%)",
            (
                Bars(
                    (*names, "all together"),
                    (*(errors[name] for name in names), whole_error),
                    "one flaw at a time",
                ),
            ),
        ),
    )
    worst = max(names, key=gained.__getitem__)
    sentence = (
        f"{when} after programming the chip loses {drop.mean:.1f} ± {drop.half_width:.1f} of "
        f"{exact.mean():.1f} points; the flaws alone cost {sum(alone.values()):.1f} in sum. Most "
        f"is gained by removing {worst}: {gained[worst]:.1f} ± {found[worst][1].half_width:.1f} "
        f"points. The MVM error is "
        f"{whole_error:.1f}%, and the root of the sum of the squares of its parts {root:.1f}%."
    )
    return Answer(values, charts, sentence)


ERROR_BUDGET = Explorer(
    name="error_budget",
    title="One flaw at a time",
    controls=(
        Slider("exponent", "Time", 0, 5, 1, 3, integer=True, words=(WHEN,)),
        Slider("input_bits", "Bits of the inputs", 3, 8, 1, 8, integer=True),
        Slider("output_bits", "Bits of the ADC", 5, 10, 1, 8, integer=True),
        Slider("output_noise", "Output noise", 0.0, 3.0, 0.5, 1.0, unit="times"),
        Slider("programming", "Programming error", 0.0, 3.0, 0.5, 1.0, unit="times"),
        Toggle("compensate", "One factor per core undoes the mean drift", True),
    ),
    compute=compute,
    source=inspect.getsource(only)
    + "\n\n"
    + inspect.getsource(all_but)
    + "\n\n"
    + inspect.getsource(budget),
)
"""What each flaw costs alone, and what the chip gains without it."""
