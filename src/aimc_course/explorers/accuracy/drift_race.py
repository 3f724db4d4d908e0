"""Explorer of the chapter on drift: ways to undo it race over a chip's first year."""

from __future__ import annotations

import inspect

import numpy as np

from aimc.plots import Bars, Chart, Line, Rule
from aimc.statistics import Interval, mean_interval
from aimc_course.explorers.accuracy.compensated import (
    DEVICES,
    PROBES,
    WAYS,
    Run,
    adapted,
    aged,
)
from aimc_course.explorers.controls import Choice, Slider
from aimc_course.explorers.explorer import Answer, Explorer

__all__ = ["DRIFT_RACE", "compute", "last_calibration"]

CHIPS = range(3)
PICTURES = 500  # of the test set: enough to see the race
TIMES = (60.0, 3600.0, 86400.0, 30 * 86400.0, 365.25 * 86400.0)  # s
WHEN = ("1 minute", "1 hour", "1 day", "1 month", "1 year")
SCHEDULES = ("at every time shown", "once, after an hour", "once, after a day")
PLANNED = {SCHEDULES[1]: 3600.0, SCHEDULES[2]: 86400.0}  # s


def last_calibration(schedule: str, t: float) -> float:
    """Return when a chip was calibrated last, s; 0 if that is still to come."""
    planned = PLANNED.get(schedule, t)
    return planned if planned <= t else 0.0


def row(way: str, t: float, devices: str, probe: str, schedule: str, batches: int) -> list[Run]:
    """Return what a way achieves on every chip at one time."""
    then = last_calibration(schedule, t)
    return [
        aged(s, devices, way, t, then, probe=probe, batches=batches, pictures=PICTURES)
        for s in CHIPS
    ]


def compute(devices: str, probe: str, schedule: str, batches: int, cursor: int) -> Answer:
    """Return the accuracy over the year for four ways, and the state of the race at one time.

    Parameters
    ----------
    devices : {"PCM 2019", "HERMES, one device"}
        Which chips.
    probe : str
        What the factor of a core is measured with.
    schedule : str
        When the chips are calibrated.
    batches : int
        Batches of 200 pictures that AdaBS sees.
    cursor : int
        Which of the times the second chart shows.
    """
    runs = {way: [row(way, t, devices, probe, schedule, batches) for t in TIMES] for way in WAYS}
    means = {
        way: [mean_interval([run.accuracy for run in at]) for at in columns]
        for way, columns in runs.items()
    }
    now = {way: found[cursor] for way, found in means.items()}
    costs = {way: columns[cursor][0] for way, columns in runs.items()}
    values = {
        "time": TIMES[cursor],
        "accuracy_percent": {way: [i.mean for i in found] for way, found in means.items()},
        "reads": {way: run.reads for way, run in costs.items()},
        "energy_j": {way: run.energy for way, run in costs.items()},
        "calibration_s": {way: run.time for way, run in costs.items()},
    }
    best = max(WAYS, key=lambda way: now[way].mean)
    taken = {way: max(run.reads for run, *_ in columns) for way, columns in runs.items()}
    calibrated = last_calibration(schedule, TIMES[cursor]) > 0
    first = f"First is {best}" if calibrated else "No calibration has come yet"
    sentence = (
        f"{devices}, {WHEN[cursor]} after programming, calibrated {schedule}: "
        + ", ".join(f"{way} {now[way].mean:.1f}%" for way in WAYS)
        + f". {first}; a calibration takes {taken['one factor']} reads for one factor and "
        f"{taken['AdaBS']} for AdaBS."
    )
    behind = {
        way: mean_interval(
            [
                b.accuracy - run.accuracy
                for b, run in zip(*(runs[w][cursor] for w in (best, way)), strict=True)
            ]
        )
        for way in WAYS
    }
    return Answer(values, (_race(means, cursor), _standing(behind, cursor)), sentence)


def _race(means: dict[str, list[Interval]], cursor: int) -> Chart:
    lines = tuple(
        Line(TIMES, tuple(i.mean for i in found), way, dashed=way in ("left alone", "per output"))
        for way, found in means.items()
    )
    low = min(i.mean for found in means.values() for i in found)
    return Chart(
        "The race",
        "time since the first read (s)",
        "accuracy (%)",
        (*lines, Rule(TIMES[cursor], WHEN[cursor], axis="x")),
        x_scale="log",
        y_range=(max(0.0, float(np.floor(low / 5) * 5)), 97.0),
    )


def _standing(behind: dict[str, Interval], cursor: int) -> Chart:
    """Return what each way loses against the best, chip by chip."""
    return Chart(
        f"After {WHEN[cursor]}",
        "",
        "behind the best (points)",
        (
            Bars(
                tuple(behind),
                tuple(i.mean for i in behind.values()),
                f"{len(CHIPS)} chips, in pairs",
                tuple(i.half_width for i in behind.values()),
            ),
        ),
    )


DRIFT_RACE = Explorer(
    name="drift_race",
    title="A year of drift",
    controls=(
        Choice("devices", "Chips", tuple(DEVICES), "HERMES, one device"),
        Choice("probe", "Factor measured with", tuple(PROBES), "all currents"),
        Choice("schedule", "Calibrated", SCHEDULES, SCHEDULES[0]),
        Slider("batches", "AdaBS: batches of 200 pictures", 1, 13, 1, 13, integer=True),
        Slider("cursor", "Look at", 0, 4, 1, 4, integer=True, words=(WHEN,)),
    ),
    compute=compute,
    source=inspect.getsource(last_calibration) + "\n\n" + inspect.getsource(adapted),
)
"""Four ways to live with drift, over a year, with their costs."""
