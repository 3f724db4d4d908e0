"""Lab 4, *Write a program-and-verify loop*: its questions and the usual wrong answers."""

from __future__ import annotations

from typing import Any

import numpy as np

from aimc_course.checks.questions import (
    LabDefinition,
    Mistake,
    Question,
    array_close,
    function_on_inputs,
    number_close,
    property_holds,
)
from aimc_course.labs.loops import LoopOnDevices, Scoreboard
from aimc_course.labs.own_devices import DEVICES, own_model
from aimc_course.labs.reference04 import (
    CURRENTS,
    FIRST_GAIN,
    LIMIT,
    PROBES,
    clipped,
    core_time,
    device_time,
    draw_core,
    draw_iterations,
    draw_update,
    errors,
    first_current,
    gain_is_good,
    gain_not_too_small,
    given_targets,
    initial_share,
    mean_iterations,
    median_curve,
    open_loop,
    proportional,
    relaxation_share,
    tuned,
)

__all__ = ["LAB"]

MARGIN = own_model(0).margin  # S, the same for every lot


def _targets(serial: int) -> np.ndarray:
    return given_targets(serial)[0]


def _follows_the_devices(answer: Any, serial: int) -> bool:
    """Return whether measured curves agree with the true ones but for noise."""
    true = own_model(serial).fabricate(DEVICES, serial).curve(CURRENTS[:, None])
    return bool(np.median(np.abs(np.asarray(answer, dtype=np.float64) - true)) < 0.2e-6)


QUESTIONS = (
    Question(
        "q1",
        "Programming curves of all devices",
        2,
        property_holds(
            (
                _follows_the_devices,
                "these are no curves of your devices: was every row read right after its pulse?",
            ),
            requirements=(
                (
                    lambda answer, serial: np.shape(answer) != (DEVICES, len(CURRENTS)),
                    "it is transposed: one row per current, one column per device",
                ),
                (
                    lambda answer, serial: np.shape(answer) == (len(CURRENTS), DEVICES),
                    f"expected the shape (currents, devices), ({len(CURRENTS)}, {DEVICES})",
                ),
                (
                    lambda answer, serial: float(np.nanmax(answer)) < 1e-3,
                    "conductances in S, please: a few 1e-6, not a few",
                ),
                (
                    lambda answer, serial: bool(np.median(answer[0]) > 3 * np.median(answer[-1])),
                    "the last row should conduct far less than the first: read after each pulse",
                ),
            ),
        ),
        "Right: the same shape for all, but no two alike.",
    ),
    Question(
        "q2",
        "From a target to a current",
        2,
        array_close(
            lambda serial: first_current(serial, PROBES),
            rtol=0.03,
            unit="A",
            mistakes=(
                Mistake(
                    lambda serial: np.interp(PROBES, median_curve(serial), CURRENTS),
                    "np.interp wants its second argument to rise, and the curve falls: turn both "
                    "around with [::-1]",
                ),
                Mistake(
                    lambda serial: first_current(serial, PROBES)[::-1],
                    "the order is turned around: the smallest target needs the largest current",
                ),
            ),
        ),
        "Right: this is all that a controller knows before its first pulse.",
    ),
    Question(
        "q3",
        "Inside the margin after one pulse",
        1,
        number_close(
            lambda serial: open_loop(serial)[0],
            rtol=0.1,
            mistakes=(
                Mistake(
                    lambda serial: open_loop(serial)[1],
                    "that is the share *outside* of the margin",
                ),
                Mistake(
                    lambda serial: DEVICES * open_loop(serial)[0],
                    "that is the number of devices: divide by how many there are",
                ),
            ),
        ),
        "Right: one curve for all leaves three of four devices outside.",
    ),
    Question(
        "q4",
        "The proportional rule",
        2,
        function_on_inputs(
            draw_update,
            proportional,
            unit="A",
            mistakes=(
                Mistake(
                    lambda i, s, t, k, g: clipped(i + k * (t - s) / g),
                    "the sign is wrong: a device that conducts too much needs *more* current",
                ),
                Mistake(
                    lambda i, s, t, k, g: i + k * (s - t) / g,
                    "the write heads reach from 125 µA to 700 µA: clip the result",
                ),
                Mistake(
                    lambda i, s, t, k, g: clipped(i + k * (s - t) * g),
                    "a slope is S per A: divide the error by it to get a current",
                ),
                Mistake(
                    lambda i, s, t, k, g: clipped(i + (s - t) / g),
                    "the gain is not used",
                ),
                Mistake(
                    lambda i, s, t, k, g: clipped(k * (s - t) / g),
                    "that is the step: add it to the current of the last pulse",
                ),
            ),
        ),
        "Right: a full correction for the steepest device, less for all others.",
    ),
    Question(
        "q5",
        "The loop",
        4,
        LoopOnDevices(
            _targets,
            lambda serial, run: mean_iterations(serial, FIRST_GAIN, run),
            MARGIN,
            LIMIT,
        ),
        "Right: it sees only reads, stops in time, and leaves alone what is done.",
    ),
    Question(
        "q6",
        "Mean iterations of your devices",
        1,
        number_close(
            mean_iterations,
            rtol=0.05,
            mistakes=(
                Mistake(
                    lambda serial: mean_iterations(serial) + 2,
                    "RESET and SET are no iterations",
                ),
                Mistake(
                    lambda serial: mean_iterations(serial) - 1,
                    "one iteration is missing: the first pulse counts",
                ),
            ),
        ),
        "Right.",
    ),
    Question(
        "q7",
        "The time of one device",
        2,
        function_on_inputs(
            draw_iterations,
            device_time,
            unit="s",
            mistakes=(
                Mistake(
                    lambda n: 425e-9 + n * (125e-9 + 512e-9),
                    "each read waits for a precharge of 256 ns",
                ),
                Mistake(lambda n: n * 893e-9, "RESET and SET take time too"),
                Mistake(
                    lambda n: 375e-9 + n * 893e-9,
                    "the SET pulse ends with a trailing edge of 50 ns",
                ),
                Mistake(lambda n: 425e-9 + n * 125e-9, "each iteration reads, too"),
                Mistake(
                    lambda n: 425e-9 + 768e-9 + n * 125e-9,
                    "there is a read after each pulse, not one at the end",
                ),
                Mistake(lambda n: 1e9 * device_time(n), "that is in nanoseconds: return seconds"),
            ),
        ),
        "Right: six parts of seven of an iteration are spent looking, not writing.",
    ),
    Question(
        "q8",
        "The energy of the first two pulses",
        1,
        number_close(
            initial_share,
            rtol=0.05,
            mistakes=(
                Mistake(
                    lambda serial: initial_share(serial) / own_model(serial).v_supply,
                    "energy is voltage times current times time: the voltage is missing",
                ),
                Mistake(
                    lambda serial: 0.7 * initial_share(serial),
                    "that is the RESET pulse alone: add SET",
                ),
            ),
        ),
        "Right: the strongest pulse is spent before the loop begins.",
    ),
    Question(
        "q9",
        "The time of many lines",
        3,
        function_on_inputs(
            draw_core,
            core_time,
            unit="s",
            mistakes=(
                Mistake(
                    lambda n: core_time(n, per_line=np.mean),
                    "a line is done when its *slowest* device is: take the largest, not the mean",
                ),
                Mistake(
                    lambda n: core_time(n, per_line=np.sum),
                    "the devices of a line share their pulses and reads: take the largest number "
                    "of iterations, not the sum",
                ),
                Mistake(
                    lambda n: core_time(n, cycles=1),
                    "32 write heads serve 256 devices: each pulse takes 8 cycles",
                ),
                Mistake(
                    lambda n: core_time(n, read_cycles=8),
                    "the whole line is verified by one read: only pulses take 8 cycles",
                ),
                Mistake(lambda n: core_time(n, start=0.0), "RESET and SET take 8 cycles each, too"),
                Mistake(
                    lambda n: core_time(n, start=425e-9 / 8),
                    "RESET and SET go through the write heads as well: 8 cycles each",
                ),
                Mistake(
                    lambda n: core_time(n) / len(n),
                    "that is the time of one line: lines follow each other, so add them",
                ),
                Mistake(lambda n: core_time(n.T), "axis 1 holds the devices of a line"),
            ),
        ),
        "Right: the tail of the histogram sets the time, not its middle.",
    ),
    Question(
        "q10",
        "The best gain",
        2,
        property_holds(
            (
                gain_is_good,
                "too large: every correction overshoots, and the next one overshoots back",
            ),
            requirements=(
                (
                    lambda answer, serial: 0 < float(answer) <= 10,
                    "expected a gain above zero: a pure number, of the order of one",
                ),
                (
                    gain_not_too_small,
                    "too small: each correction covers only part of the way",
                ),
            ),
        ),
        "Right: near one the steepest devices are corrected in a single step.",
    ),
    Question(
        "q11",
        "Three errors",
        2,
        array_close(
            errors,
            rtol=0.05,
            unit="S",
            mistakes=(
                Mistake(lambda serial: np.square(errors(serial)), "the square root is missing"),
                Mistake(
                    lambda serial: errors(serial)[::-1],
                    "the order is turned around: last verify read, truth, first read",
                ),
                Mistake(
                    lambda serial: np.array(errors(serial)) / own_model(serial).g_max,
                    "these are fractions of g_max: give conductances in S",
                ),
            ),
        ),
        "Right: the loop did its part, and the devices went on without it.",
    ),
    Question(
        "q12",
        "What no loop can remove",
        1,
        number_close(
            relaxation_share,
            rtol=0.04,
            mistakes=(
                Mistake(
                    lambda serial: 1 - relaxation_share(serial),
                    "that is the part of the loop",
                ),
                Mistake(
                    lambda serial: 1 - (1 - relaxation_share(serial)) ** 0.5,
                    "independent errors add as squares: square both before you divide",
                ),
            ),
        ),
        "Right: four fifths of the squared error arise after the last verify.",
    ),
    Question(
        "q13",
        "A better loop",
        3,
        Scoreboard(
            _targets,
            (
                lambda serial, run: 0.75 * mean_iterations(serial, FIRST_GAIN, run),
                lambda serial, run: 1.03 * tuned(serial, run),
                lambda serial, run: 0.95 * tuned(serial, run),
            ),
            MARGIN,
            LIMIT,
        ),
        "Right: five per cent better than the best gain. It knows its devices one by one.",
    ),
)

LAB = LabDefinition(
    name="lab-4",
    slug="04-program-and-verify",
    title="Lab 4 · Write a program-and-verify loop",
    questions=QUESTIONS,
    predictions={"p1": "%", "p2": "iterations", "p3": "s", "p4": "%"},
    given={"targets": given_targets},
)
