"""Loops of lab 4 with one of the usual slips in each, and what is said to it.

The judge does not know these loops: it knows the slips by what they do to the devices. Here they
are run to see that it does.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from aimc_course.checks.questions import Mistake
from aimc_course.labs.own_devices import OwnDevices
from aimc_course.labs.reference04 import FIRST_GAIN, LIMIT, clipped, first_current, steepest

__all__ = ["LOOP_MISTAKES", "slipping"]


def slipping(devices: OwnDevices, targets: np.ndarray, slip: str) -> tuple[np.ndarray, np.ndarray]:
    """Run the loop with one of the usual slips in it."""
    if slip != "no start":
        devices.reset()
        devices.set()
    gain = {"sign": -FIRST_GAIN, "bold": 0.8, "timid": 0.2}.get(slip, FIRST_GAIN)
    current, seen = first_current(devices.serial, targets), np.zeros(len(devices))
    active, iterations = np.ones(len(devices), dtype=bool), np.zeros(len(devices), dtype=int)
    for _ in range({"31": 31, "10": 10}.get(slip, LIMIT)):
        devices.pulse(current, None if slip == "all pulsed" else active)
        found = devices.read(None if slip in ("all pulsed", "all read") else active)
        seen = devices.truth if slip == "truth" else np.where(active, found, seen)
        iterations += 1 if slip == "all counted" else active
        error = seen - targets
        active = active & ((error if slip == "signed" else np.abs(error)) > devices.model.margin)
        if not active.any():
            break
        current = clipped(current + gain * error / steepest(devices.serial))
    seen = {"NaN": found, "counts": seen / devices.model.lsb}.get(slip, seen)
    return seen, iterations - (slip == "one less")


LOOP_MISTAKES = (
    Mistake(partial(slipping, slip="sign"), "More current, less conductance"),
    Mistake(partial(slipping, slip="truth"), "no controller can"),
    Mistake(partial(slipping, slip="all pulsed"), "give where=active to d"),
    Mistake(partial(slipping, slip="all read"), "is left alone"),
    Mistake(partial(slipping, slip="31"), "off by one"),
    Mistake(partial(slipping, slip="10"), "given up outside"),
    Mistake(partial(slipping, slip="signed"), "not its sign"),
    Mistake(partial(slipping, slip="one less"), "iteration(s) fewer"),
    Mistake(partial(slipping, slip="all counted"), "add the active devices"),
    Mistake(partial(slipping, slip="NaN"), "hold NaN"),
    Mistake(partial(slipping, slip="no start"), "start with devices.reset()"),
    Mistake(partial(slipping, slip="bold"), "takes only"),
    Mistake(partial(slipping, slip="timid"), "takes fewer"),
    Mistake(partial(slipping, slip="counts"), "in S, as the loop compared it"),
)
