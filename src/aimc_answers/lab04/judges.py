"""Judges of lab 4, and what to say to the usual wrong answers."""

from typing import Any

import numpy as np

from aimc_answers.checks.answers import Answers
from aimc_answers.checks.judges import earns, needs
from aimc_answers.checks.question import (
    array,
    classes,
    function,
    judged,
    number,
    properties,
)
from aimc_answers.checks.slips import but, changed, exactly, flipped, rest, scaled, slip, squared
from aimc_answers.loops import BOLD, FEWER, WIDER, LoopOnDevices, Scoreboard
from aimc_course.checks.diagnosis import one_number
from aimc_course.labs.devices.own_devices import DEVICES, LINE, own_model
from aimc_course.labs.lab04 import given
from aimc_course.labs.lab04.questions import LAB

answers = Answers(__package__)
SHAPE = (len(given.CURRENTS), DEVICES)

q1 = properties(
    LAB["q1"],
    needs(
        "it is transposed: one row per current, one column per device",
        lambda a, s: np.shape(a) != SHAPE[::-1],
    ),
    needs(f"expected the shape (currents, devices), {SHAPE}", lambda a, s: np.shape(a) == SHAPE),
    needs(
        "conductances in S, please: a few 1e-6, not a few", lambda a, s: float(np.nanmax(a)) < 1e-3
    ),
    needs(
        "the last row should conduct far less than the first: read after each pulse",
        lambda a, s: np.median(a[0]) > 3 * np.median(a[-1]),
    ),
    earns(
        "these are no curves of your devices: was every row read right after its pulse?",
        answers.follow_the_devices,
    ),
    model=answers.curves,
    praise="Right: the same shape for all, but no two alike.",
)

q2 = array(
    LAB["q2"],
    answers.first_current,
    but(
        "np.interp wants its second argument to rise, and the curve falls: turn both around with "
        "[::-1]",
        turn=1,
    ),
    flipped("the order is turned around: the smallest target needs the largest current"),
    rtol=0.005,
    unit="A",
    praise="Right: this is all that a controller knows before its first pulse.",
)

q3 = number(
    LAB["q3"],
    answers.open_loop,
    rest("that is the share *outside* of the margin"),
    scaled("that is the number of devices: divide by how many there are", DEVICES),
    rtol=0.0025,  # three digits
    praise="Right: one curve for all leaves most devices outside.",
)


def draw_inside(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw currents, reads, targets, a gain and a slope; all next currents are within reach."""
    gain, slope = float(rng.uniform(0.3, 1.4)), float(rng.uniform(0.05, 0.09))
    target, following = rng.uniform(4e-6, 8e-6, 40), rng.uniform(250e-6, 550e-6, 40)
    seen = target + rng.uniform(-2e-6, 2e-6, 40)
    return following - gain * (seen - target) / slope, seen, target, gain, slope


def draw_beyond(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw the same, and let four of the next currents leave the reach of the write heads."""
    current, seen, target, gain, slope = draw_inside(rng)
    current[:4] = [130e-6, 690e-6, 140e-6, 680e-6]
    seen[:4], target[:4] = [0.3e-6, 11e-6, 0.5e-6, 11e-6], [9e-6, 1e-6, 8e-6, 2e-6]
    return current, seen, target, gain, slope


q4 = classes(
    LAB["q4"],
    {
        "currents that the write heads reach": (3, draw_inside),
        "currents beyond their reach": (1, draw_beyond),
    },
    answers.proportional,
    but(
        "the sign is wrong: a device that conducts too much needs *more* current",
        gain=lambda gain: -gain,
    ),
    but("the write heads reach from 125 µA to 700 µA: clip the result", heads=(-np.inf, np.inf)),
    but(
        "a slope is S per A: divide the error by it to get a current", slope=lambda slope: 1 / slope
    ),
    but("the gain is not used", gain=1.0),
    but("that is the step: add it to the current of the last pulse", current=0.0),
    unit="A",
    praise="Right: a full correction for the steepest device, less for all others.",
)

q5 = judged(
    LAB["q5"],
    LoopOnDevices(
        given.targets,
        lambda serial, run: answers.mean_iterations(serial, run=run),
        given.MARGIN,
        given.LIMIT,
        lambda serial, run: answers.mean_iterations(serial, BOLD, run, WIDER, FEWER),
    ),
    model=lambda serial: answers.program,
    praise="Right: it sees only reads, stops in time, and leaves alone what is done.",
)

q6 = number(
    LAB["q6"],
    answers.mean_iterations,
    changed("RESET and SET are no iterations", lambda right: right + 2),
    changed("one iteration is missing: the first pulse counts", lambda right: right - 1),
    rtol=0.05,
)

q7 = function(
    LAB["q7"],
    lambda rng: (rng.integers(1, 31, 12),),
    answers.device_time,
    but("each read waits for a precharge of 256 ns", each=125e-9 + 512e-9),
    but("RESET and SET take time too", start=0.0),
    but("the SET pulse ends with a trailing edge of 50 ns", start=375e-9),
    but("each iteration reads, too", each=given.PULSE),
    but(
        "there is a read after each pulse, not one at the end",
        start=given.START + given.READ,
        each=given.PULSE,
    ),
    scaled("that is in nanoseconds: return seconds", 1e9),
    unit="s",
    praise="Right: six parts of seven of an iteration are spent looking, not writing.",
)

q8 = number(
    LAB["q8"],
    answers.initial_share,
    scaled(
        "energy is voltage times current times time: the voltage is missing",
        1 / own_model(0).v_supply,
    ),
    scaled("that is the RESET pulse alone: add SET", 0.7),
    scaled("the trailing edge of SET is missing: 250 ns and 50 ns", 0.95),
    scaled("the trailing edge of SET counts at full current, all 50 ns of it", 0.975),
    exactly(
        "that is the share of all pulses and reads that follow",
        lambda serial: 1 - answers.initial_share(serial),
    ),
    rtol=0.02,  # runs differ by half a per cent
    praise="Right: the strongest pulse is spent before the loop begins.",
)

q9 = function(
    LAB["q9"],
    lambda rng: (1 + rng.poisson(2.0, (int(rng.integers(3, 9)), LINE)),),
    answers.core_time,
    but(
        "a line is done when its *slowest* device is: take the largest, not the mean",
        per_line=np.mean,
    ),
    but(
        "the devices of a line share their pulses and reads: take the largest number of "
        "iterations, not the sum",
        per_line=np.sum,
    ),
    but("32 write heads serve 256 devices: each pulse takes 8 cycles", cycles=1),
    but("the whole line is verified by one read: only pulses take 8 cycles", read_cycles=8),
    but("RESET and SET take 8 cycles each, too", start=0.0),
    but("RESET and SET go through the write heads as well: 8 cycles each", start=given.START / 8),
    slip(
        "that is the time of one line: lines follow each other, so add them",
        lambda n: answers.core_time(n) / len(n),
    ),
    but("axis 1 holds the devices of a line", iterations=np.transpose),
    unit="s",
    praise="Right: the tail of the histogram sets the time, not its middle.",
)

q10 = properties(
    LAB["q10"],
    needs(
        "expected a gain above zero: a pure number, of the order of one",
        lambda gain, serial: 0 < one_number(gain) <= 10,
    ),
    needs(
        "too small: each correction covers only part of the way",
        lambda gain, serial: (
            one_number(gain) >= 0.9 or answers.gain_is_good(one_number(gain), serial)
        ),
    ),
    earns(
        "too large: every correction overshoots, and the next one overshoots back",
        lambda gain, serial: answers.gain_is_good(one_number(gain), serial),
    ),
    model=lambda serial: 1.0,
    praise="Right: near one the steepest devices are corrected in a single step.",
)

q11 = array(
    LAB["q11"],
    answers.errors,
    squared("the square root is missing"),
    flipped("the order is turned around: last verify read, truth, first read"),
    scaled("these are fractions of g_max: give conductances in S", 1 / own_model(0).g_max),
    exactly(
        "the second is the verify read again: `devices.truth` is what the devices conduct, and "
        "what the loop returned is what it last saw of them",
        lambda serial: np.array(answers.errors(serial))[[0, 0, 2]],
    ),
    rtol=0.05,
    unit="S",
    parts=("last verify read", "truth", "first read"),
    praise="Right: the loop did its part, and the devices went on without it.",
)


def draw_errors(rng: np.random.Generator) -> tuple[float, float, float]:
    """Draw standard deviations (S) of the errors of verify reads, conductances and first reads."""
    first = rng.uniform(0.5e-6, 1.5e-6)
    truth = rng.uniform(0.3, 0.8) * first
    return float(rng.uniform(0.8, 0.95) * truth), float(truth), float(first)


q12 = function(
    LAB["q12"],
    draw_errors,
    answers.arisen_later,
    rest("that is the part of the loop"),
    but("independent errors add as squares: square both before you divide", power=1.0),
    slip(
        "that compares the first read with the verify read: what the loop left is the error of "
        "the truth",
        lambda verify, truth, first: answers.arisen_later(truth, verify, first),
    ),
    slip(
        "that compares the verify read with the truth: the question is what came after the loop",
        lambda verify, truth, first: 1 - (verify / truth) ** 2,
    ),
    slip(
        "a fraction of the squared error at the first read: that one stands below",
        lambda verify, truth, first: (first / truth) ** 2 - 1,
    ),
    slip(
        "that is the squared error itself: divide by that of the first read",
        lambda verify, truth, first: first**2 - truth**2,
    ),
    praise="Right. On these devices four fifths of the squared error arise after the last verify.",
)

q13 = judged(
    LAB["q13"],
    Scoreboard(
        given.targets,
        (
            lambda serial, run: 0.75 * answers.mean_iterations(serial, run=run),
            lambda serial, run: 1.03 * answers.tuned(serial, run),
            lambda serial, run: 0.95 * answers.tuned(serial, run),
        ),
        given.MARGIN,
        given.LIMIT,
    ),
    model=lambda serial: answers.improved,
    praise="Right: five per cent better than the best gain. It knows its devices one by one.",
)
