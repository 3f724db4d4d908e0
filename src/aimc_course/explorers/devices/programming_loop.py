"""Explorer of the programming chapter: program-and-verify, pulse by pulse.

Four devices are followed through every pulse, four hundred of the same make are counted. All draws
have fixed seeds: moving a control shows the effect of the control on the same devices, whose pulses
scatter in the same way. A fifth device of the same array is the reader's: its pulses are chosen by
hand, and the loop's own run on that device, with the same draws, is what they are judged by.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import numpy as np

from aimc.devices import pcm_2019, pcm_hermes
from aimc.devices.pulsed import PulsedPCM, programming_curve, pulsed_2019, pulsed_hermes
from aimc.plots import Bars, Chart, Line, Rule, numbers
from aimc.recovery.programming import ProgrammingRun, next_current, program_and_verify
from aimc_course.explorers.controls import Choice, Slider, SliderGrid, Toggle, shares
from aimc_course.explorers.explorer import Answer, Explorer

__all__ = ["PROGRAMMING_LOOP", "compute", "play", "run_loop"]

HERMES, ARRAY_2019 = "HERMES, 14 nm", "array of 2019, 90 nm"
SHOWN, DEVICES, LONGEST = 4, 400, 11
EDGES = np.linspace(-31.0, 31.0, 32)  # % of full scale
HAND = SHOWN  # the device that is pulsed by hand: none of those that are shown
TARGETS, MARGINS = (5.0, 100.0, 5.0), (0.25, 12.5, 0.25)  # %: lowest, highest, step


def _model(generation: str) -> tuple[PulsedPCM, float]:
    """Return the devices and the delay (s) of the first read of the array."""
    if generation == HERMES:
        return pulsed_hermes(), pcm_hermes(1).t_0
    return pulsed_2019(), pcm_2019().t_0


def run_loop(
    model: PulsedPCM,
    target: float,
    margin: float,
    gain: float,
    limit: int,
    serial: int,
    guess: bool,
) -> ProgrammingRun:
    """Program the devices of one serial number to one target (S) within one margin (S)."""
    array = model.fabricate(DEVICES, serial)
    return program_and_verify(
        array,
        np.full(DEVICES, target),
        rng=1000 + serial,
        margin=margin,
        gain=gain,
        max_iterations=limit,
        first_current=None if guess else model.current_range[0],
        history=True,
    )


def play(model: PulsedPCM, serial: int, currents: Sequence[float]) -> dict[str, Any]:
    """Give one device pulses of chosen currents (A), with the draws that `run_loop` has for it.

    Returns
    -------
    dict
        ``reads`` and ``noise``, what was read after each pulse and how widely such a read scatters,
        S; ``g``, the true conductance at the end, S; ``energy``, J.
    """
    array, rng = model.fabricate(DEVICES, serial), np.random.default_rng(1000 + serial)
    mine, reads, noise = np.arange(DEVICES) == HAND, [], []
    array.reset(rng)
    array.set(rng)
    array.read(rng, model.reads, where=np.zeros_like(mine))  # of targets at zero: there are none
    for current in currents:
        array.pulse(current, rng, where=mine)
        reads.append(float(array.read(rng, model.reads, where=mine)[HAND]))
        spread = np.hypot(model.read_noise * array.g[HAND], model.read_floor)
        noise.append(float(spread / np.sqrt(model.reads)))
    g, energy = float(array.g[HAND]), float(array.energy[HAND])
    return {"currents": list(currents), "reads": reads, "noise": noise, "g": g, "energy": energy}


def compute(
    generation: str,
    target: float,
    margin: float,
    gain: float,
    limit: int,
    serial: int,
    guess: bool,
    hand: tuple[tuple[float, ...], ...],
    controller: bool,
) -> Answer:
    """Return the course of four devices, and counts and errors of four hundred.

    Parameters
    ----------
    generation : {"HERMES, 14 nm", "array of 2019, 90 nm"}
        Devices and pulses.
    target, margin : float
        Target conductance and accepted difference, % of full scale.
    gain : float
        Correction of the current relative to a full correction on the steepest part.
    limit : int
        Iterations after which a device is given up.
    serial : int
        Which devices.
    guess : bool
        Whether the first current is that of the median device, or the smallest for all.
    hand : table, 4 x 4
        Pulses for one more device, % of the largest current; zeros are passed over.
    controller : bool
        Whether to show what the loop does with that device.
    """
    model, t_0 = _model(generation)
    unit = model.g_max / 100
    run = run_loop(model, target * unit, margin * unit, gain, limit, serial, guess)
    later = run.first_read(rng=2000 + serial) - run.target
    loop, total = float(np.std(run.error)), float(np.std(later))
    courses = [
        {
            "conductances": list(numbers(run.conductances[: run.iterations[k], k])),
            "currents": list(numbers(run.currents[: run.iterations[k], k])),
            "accepted": bool(run.converged[k]),
        }
        for k in range(SHOWN)
    ]
    counts = np.bincount(np.minimum(run.iterations[run.converged], LONGEST), minlength=LONGEST + 1)[
        1:
    ]
    given_up = int(np.sum(~run.converged))
    errors = {
        "last verify": _shares(100 * run.error / model.g_max),
        "first read": _shares(100 * later / model.g_max),
    }
    values = {
        "target": float(target * unit),
        "margin": float(margin * unit),
        "convergence": run.convergence,
        "mean_iterations": float(np.mean(run.iterations)),
        "largest_iterations": int(np.max(run.iterations)),
        "sigma_loop": loop,
        "sigma_first_read": total,
        "energy": float(np.mean(run.energy)),
        "courses": courses,
        "iterations": [int(count) for count in counts],
        "given_up": given_up,
        "errors": {name: list(shares) for name, shares in errors.items()},
    }
    game = _game(model, run, margin * unit, serial, hand)
    mean = float(np.mean(run.iterations))
    charts = (
        _course_chart(courses, target * unit, margin * unit),
        _current_chart(courses),
        _iterations_chart(counts, given_up),
        _error_chart(errors, margin),
        *_game_charts(game, target * unit, margin * unit, controller),
    )
    between = "this growth" if total > loop else "the relaxation between"
    sentence = (
        f"{generation}, target {1e6 * target * unit:.2f} ± {1e6 * margin * unit:.2f} µS: "
        f"{run.convergence:.1%} of {DEVICES} devices are accepted, after "
        f"{mean:.1f} pulses on average; the error has a standard deviation of "
        f"{1e6 * loop:.2f} µS when the loop ends and {1e6 * total:.2f} µS at the first read of "
        f"the array {t_0:.0f} s later; {between} is calibrated to the published spread."
        f"{_game_words(game, controller)}"
    )
    return Answer(values, charts, sentence, scene={"model": _facts(model), **game})


def _facts(model: PulsedPCM) -> dict[str, Any]:
    """Return what a controller knows of its devices: currents, full scale and the median curve."""
    names = ("g_max", "g_set", "g_reset", "i_half", "width", "i_full")
    return {name: getattr(model, name) for name in names} | {"range": list(model.current_range)}


def _game(
    model: PulsedPCM,
    run: ProgrammingRun,
    margin: float,
    serial: int,
    hand: tuple[tuple[float, ...], ...],
) -> dict[str, Any]:
    """Return both plays with one device, and who did better; a margin in S."""
    shares = [share for row in hand for share in row if share > 0]
    mine = play(model, serial, [share / 100 * model.current_range[1] for share in shares])
    target, pulses = float(run.target[HAND]), int(run.iterations[HAND])
    inside = bool(shares) and abs(mine["reads"][-1] - target) <= margin * (1 + 1e-9)
    mine |= {"pulses": len(shares), "error": mine["g"] - target, "accepted": inside}
    loop: dict[str, Any] = {
        "pulses": pulses,
        "currents": list(numbers(run.currents[:pulses, HAND])),
        "reads": list(numbers(run.conductances[:pulses, HAND])),
        "error": float(run.error[HAND]),
        "energy": float(run.energy[HAND]),
        "accepted": bool(run.converged[HAND]),
    }
    # first to end within the margin, then the fewer pulses, then the smaller error
    marks = [
        (not one["accepted"], one["pulses"], round(abs(one["error"]), 12)) for one in (mine, loop)
    ]
    winner = "nobody" if marks[0] == marks[1] else "hand" if marks[0] < marks[1] else "controller"
    return {
        "device": HAND + 1,
        "shares": shares,
        "hand": mine,
        "controller": loop,
        "winner": winner,
    }


def _shares(errors: np.ndarray) -> tuple[float, ...]:
    """Return a histogram in % of the devices; the outer bins are open."""
    inside = np.clip(errors, EDGES[0], EDGES[-1])
    return numbers(100 * np.histogram(inside, EDGES)[0] / errors.size)


def _course_chart(courses: list[dict[str, Any]], target: float, margin: float) -> Chart:
    pulses = max(len(course["conductances"]) for course in courses)
    ends = (0.5, pulses + 0.5)
    low, high = (1e6 * (target + sign * margin) for sign in (-1, 1))
    band = Line(
        ends, (1e6 * target,) * 2, "target and margin", True, (max(low, 0.0),) * 2, (high,) * 2
    )
    marks = (*_device_marks(courses, "conductances"), band)
    return Chart("Read after each pulse", "pulse", "conductance (µS)", marks, x_range=ends)


def _current_chart(courses: list[dict[str, Any]]) -> Chart:
    pulses = max(len(course["currents"]) for course in courses)
    marks = tuple(_device_marks(courses, "currents"))
    ends = (0.5, pulses + 0.5)
    return Chart("Current of each pulse", "pulse", "current (µA)", marks, x_range=ends)


def _device_marks(courses: list[dict[str, Any]], key: str) -> list[Line]:
    return [
        Line(
            numbers(np.arange(1, len(course[key]) + 1)),
            numbers(1e6 * np.asarray(course[key])),
            f"device {k + 1}",
        )
        for k, course in enumerate(courses)
    ]


def _iterations_chart(counts: np.ndarray, given_up: int) -> Chart:
    names = (*(str(k + 1) for k in range(LONGEST - 1)), f"{LONGEST}+", "lost")
    heights = numbers(100 * np.array([*counts, given_up]) / DEVICES)
    return Chart(
        "How many pulses it took", "pulses until accepted", "devices (%)", (Bars(names, heights),)
    )


def _error_chart(errors: dict[str, tuple[float, ...]], margin: float) -> Chart:
    middles = numbers(0.5 * (EDGES[1:] + EDGES[:-1]))
    lines = tuple(Line(middles, shares, name) for name, shares in errors.items())
    edges = (Rule(-margin, axis="x"), Rule(margin, "margin", "x"))
    title = "Error, true minus target"
    return Chart(title, "error (% of full scale)", "devices (%)", (*lines, *edges))


def _game_charts(
    game: dict[str, Any], target: float, margin: float, controller: bool
) -> tuple[Chart, ...]:
    plays = [("by hand", game["hand"])] if game["shares"] else []
    plays += [("controller", game["controller"])] if controller else []
    if not plays:
        return ()
    ends = (0.5, max(one["pulses"] for _, one in plays) + 0.5)
    low, high = 1e6 * max(target - margin, 0.0), 1e6 * (target + margin)
    band = Line(ends, (1e6 * target,) * 2, "target and margin", True, (low,) * 2, (high,) * 2)
    lines = [
        Line(numbers(np.arange(1, one["pulses"] + 1)), numbers(1e6 * np.array(one["reads"])), name)
        for name, one in plays
    ]
    title = f"Device {game['device']}, read after each pulse"
    return (Chart(title, "pulse", "conductance (µS)", (*lines, band), x_range=ends),)


def _game_words(game: dict[str, Any], controller: bool) -> str:
    def scored(one: dict[str, Any]) -> str:
        off, spent = 1e6 * abs(one["error"]), 1e9 * one["energy"]
        return f"is {off:.2f} µS off the target and took {spent:.2f} nJ"

    hand, loop, words = game["hand"], game["controller"], ""
    if game["shares"]:
        where = "within" if hand["accepted"] else "outside"
        words += (
            f" By hand, device {game['device']} got {_pulses(hand['pulses'])}; the last read, "
            f"{1e6 * hand['reads'][-1]:.2f} µS, lies {where} the margin."
        )
    if controller:
        words += f" In truth it {scored(hand)}." if game["shares"] else ""
        given_up = "" if loop["accepted"] else " and gave it up"
        words += (
            f" The controller gave device {game['device']} {_pulses(loop['pulses'])}{given_up}; "
            f"in truth it {scored(loop)}."
        )
    if controller and game["shares"]:
        words += f" {_verdict(game['winner'], hand, loop)}"
    return words


def _pulses(count: int) -> str:
    return f"{count} pulse{'s' * (count != 1)}"


def _verdict(winner: str, hand: dict[str, Any], loop: dict[str, Any]) -> str:
    if winner == "nobody":
        return "Neither was better: as many pulses and the same error."
    better = "The hand was better" if winner == "hand" else "The controller was better"
    if hand["accepted"] != loop["accepted"]:
        return f"{better}: the other did not end within the margin."
    if hand["pulses"] != loop["pulses"]:
        return f"{better}, with fewer pulses."
    return f"{better}, with as many pulses and a smaller error."


def _conductances(low: float, high: float, step: float) -> tuple[tuple[str, ...], ...]:
    """Return for each generation what percentages of its full scale come to."""
    full = [1e6 * _model(generation)[0].g_max for generation in (HERMES, ARRAY_2019)]
    return tuple(shares(low, high, step, top, "µS", of="full scale") for top in full)


PROGRAMMING_LOOP = Explorer(
    name="programming_loop",
    title="Pulse, read, correct, repeat",
    controls=(
        Choice("generation", "Devices", (HERMES, ARRAY_2019), HERMES),
        Slider(
            "target",
            "Target",
            *TARGETS,
            50.0,
            unit="%",
            words=_conductances(*TARGETS),
            words_by="generation",
        ),
        Slider(
            "margin",
            "Margin",
            *MARGINS,
            6.25,
            unit="%",
            words=_conductances(*MARGINS),
            words_by="generation",
        ),
        Slider("gain", "Gain", 0.1, 3.0, 0.1, 0.8, needs={"limit": tuple(range(2, 61))}),
        Slider("limit", "Most pulses", 1, 60, 1, 30, integer=True),
        Slider("serial", "Serial number of the devices", 1, 9, 1, 7, integer=True),
        Toggle("guess", "Start at the current that suits the median device", False),
        SliderGrid(
            "hand",
            "Your pulses, % of the largest current",
            rows=("1–4", "5–8", "9–12", "13–16"),
            columns=("1st", "2nd", "3rd", "4th"),
            low=0.0,
            high=100.0,
            step=0.5,
            value=((0.0,) * 4,) * 4,
        ),
        Toggle("controller", "Let the controller play your device", False),
    ),
    compute=compute,
    stage="programming-loop",
    source=inspect.getsource(programming_curve) + "\n\n" + inspect.getsource(next_current),
)
"""The loop on four devices, its cost on four hundred, and the error it leaves."""
