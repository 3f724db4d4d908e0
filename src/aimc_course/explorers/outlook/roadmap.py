"""Explorer of the chapter on open problems: whether an analog machine wins, and what decides it.

Every constant lies somewhere between the 64-core chip of today and what is hoped for. A control
says how far along that way it is, another how sure we are. Draws have fixed seeds, so that moving a
control shows the effect of the control and nothing else.
"""

from __future__ import annotations

import inspect

import numpy as np

from aimc.plots import Bars, Chart, Line, Points, Rule, numbers
from aimc_course.explorers.controls import Choice, Slider
from aimc_course.explorers.explorer import Answer, Explorer
from aimc_course.studies.roadmap import (
    ANALOG_NAMES,
    GOALS,
    H100,
    NORTHPOLE,
    RIVALS,
    Constants,
    Forecast,
    Roadmap,
    Sensitivity,
    Span,
    decoder_7b,
    forecast,
    machines,
    on_the_way,
    sensitivity,
)
from aimc_course.studies.roadmap.machines import LONGEST_CONTEXT

__all__ = ["OWN", "ROADMAP", "compute", "constants"]

OWN = {
    "rival": "rival_progress",
    "idle": "idle_share",
    "waiting": "beside_idle_share",
    "beside": "beside_share",
    "adc": "adc_step_energy",
}
"""Constants with a control of their own, by the name of the control."""
WORDS = {"energy": "energy", "rate": "speed for one user", "density": "speed for all, per area"}
DRAWS, MIXED, SEED, SHOWN = 1500, 400, 7, 6
THINGS = {
    "cells": "array",
    "converters": "converter",
    "digital units": "digital",
    "standing": "standing",
    "keys and values": "DRAM",
    "waiting units": "GDPU",
    "links": "link",
    "weights": "exact",
    "arithmetic": "other chips",
    "cards": "other chips",
}
"""Items of a bill that have a colour of their own."""


def constants(ways: dict[str, float], others: float, spread: float) -> Constants:
    """Return every constant at its share of the way from today to what is hoped for.

    Parameters
    ----------
    ways : dict
        Share of the way by the name of a constant, per cent.
    others : float
        Share of the way of all others, per cent.
    spread : float
        Half of the width of each range, in per cent of the way.
    """
    made = []
    for name, one in on_the_way(0.0, 0.0).items():
        if name in ANALOG_NAMES:
            way = ways.get(name, others)
            low, high = (min(max(way + d, 0.0), 100.0) / 100 for d in (-spread, spread))
            made.append(on_the_way(low, high)[name])
        else:
            made.append(one)
    return Constants(tuple(made))


def compute(
    against: str,
    batch: float,
    context: float,
    memories: float,
    rival: float,
    idle: float,
    waiting: float,
    beside: float,
    adc: float,
    others: float,
    spread: float,
) -> Answer:
    """Compare the analog machine with a named digital one.

    Parameters
    ----------
    against : str
        Name of the digital machine.
    batch, context : float
        Powers of two of the users and of the tokens before this one.
    memories : float
        Share of the other blocks' memories that help the block at work, per cent.
    rival, idle, waiting, beside, adc, others : float
        Share of the way of single constants and of all others, per cent.
    spread : float
        Half of the width of each range, in per cent of the way.
    """
    own = dict(zip(OWN, (rival, idle, waiting, beside, adc), strict=True))
    chosen = constants({OWN[name]: way for name, way in own.items()}, others, spread)
    chosen = chosen.fix(borrowed_share=memories / 100)
    users, tokens = 2 ** round(batch), 2 ** round(context)
    shown = min(tokens, LONGEST_CONTEXT) if against == NORTHPOLE else tokens
    question = Roadmap(decoder_7b(shown), against, users, chosen)
    drawn = question.forecast(DRAWS, np.random.default_rng(SEED))
    shares = sensitivity(question, MIXED, np.random.default_rng(SEED))[:SHOWN]
    wins = {goal: drawn.wins(goal) for goal in GOALS}
    spans = {goal: drawn.span(goal) for goal in GOALS}
    energies = [Span.of(m.energy) for m in (drawn.analog, drawn.digital)]
    values = {f"win_{goal}": wins[goal] for goal in GOALS}
    values |= {f"gain_{goal}": spans[goal].median for goal in GOALS}
    values |= {
        "win_all": drawn.wins(*GOALS),
        "analog_energy": energies[0].median,
        "digital_energy": energies[1].median,
        "analog_area": Span.of(drawn.analog.area).median,
        "most_important": shares[0].total,
    }
    one, two = (1e3 * energy.median for energy in energies)
    whom = "one user" if users == 1 else f"each of {users:,} users"
    sentence = (
        f"One token for {whom} after {shown:,} tokens: analog {one:.3g} mJ, "
        f"{against} {two:.3g} mJ, the medians of the draws. Of these, analog wins "
        f"{wins['energy']:.0%} in energy, {wins['rate']:.0%} in speed for one user, "
        f"{wins['density']:.0%} in speed per area, and {values['win_all']:.0%} in all three. "
        f"What matters most for the energy is: {chosen[shares[0].name].words}."
    )
    if shown < tokens:
        sentence += (
            f" NorthPole was measured up to {LONGEST_CONTEXT:,} tokens, so no more are used."
        )
    charts = (_energies(question, against), _gains(spans, against), _matters(shares, chosen))
    return Answer(values, charts, sentence)


def _energies(question: Roadmap, against: str) -> Chart:
    middle: Forecast = question.middle()
    parts: dict[str, list[float]] = {}
    for k, machine in enumerate((middle.analog, middle.digital)):
        for name, value in machine.parts.items():
            parts.setdefault(name, [0.0, 0.0])[k] += 1e3 * float(value[0])
    largest = max(sum(column) for column in zip(*parts.values(), strict=True))
    bars = tuple(
        Bars(
            ("analog", against),
            tuple(heights),
            name,
            stacked=True,
            thing=THINGS.get(name, ""),
        )
        for name, heights in parts.items()
        if max(heights) > 0.005 * largest
    )
    legend = min(0.03 + 0.075 * len(bars), 0.5)  # share of the height that its lines take
    return Chart(
        "All constants at their medians",
        "",
        "energy of a token (mJ)",
        bars,
        y_range=(0.0, float(f"{largest / (1 - legend):.2g}")),
    )


def _gains(spans: dict[str, Span], against: str) -> Chart:
    marks: list[Line | Points | Rule] = [
        Line((span.low, span.high), (float(k), float(k))) for k, span in enumerate(spans.values())
    ]
    lowest = min(float(span.low) for span in spans.values())
    middles = numbers([span.median for span in spans.values()])
    marks += [Points(middles, numbers(range(len(spans)))), Rule(1.0, "equal", axis="x")]
    return Chart(
        "Medians, 90% intervals",
        f"gain over {against}",
        "",
        tuple(marks),
        x_scale="log",
        x_range=(min(0.01, 0.5 * lowest), 1000.0),
        y_names=tuple(WORDS[goal] for goal in spans),
    )


def _matters(shares: tuple[Sensitivity, ...], chosen: Constants) -> Chart:
    shares = tuple(one for one in shares if one.total > 0.005)
    found = numbers([100 * one.total for one in shares])
    return Chart(
        "Which constant matters for the energy",
        "share of the variance (%)",
        "",
        (Points(found, numbers(range(len(shares)))),),
        x_range=(0.0, 100.0),
        y_names=tuple(chosen[one.name].words for one in shares),
    )


def _way(control: str, label: str) -> Slider:
    """Return the slider of a constant, in words what it comes to."""
    name = OWN[control]
    steps = [on_the_way(k / 10, k / 10)[name] for k in range(11)]
    words = (tuple(one.text(one.low) for one in steps),)
    return Slider(control, label, 0, 100, 10, 50, "%", words=words)


ROADMAP = Explorer(
    name="roadmap",
    title="Who wins, and what decides it",
    controls=(
        Choice("against", "Against", tuple(RIVALS), H100),
        Slider("batch", "Users at once", 0, 9, 1, 0, integer=True,
               words=(tuple(f"{2**k:,}" for k in range(10)),)),
        Slider("context", "Tokens before", 8, 17, 1, 11, integer=True,
               words=(tuple(f"{2**k:,}" for k in range(8, 18)),)),
        Slider("memories", "Other memories that help", 0, 100, 10, 0, "%"),
        _way("rival", "The rival gains meanwhile"),
        _way("idle", "An idle array still draws"),
        _way("waiting", "An idle unit still draws"),
        _way("beside", "Attention unit over an H100"),
        _way("adc", "Converter, per step"),
        Slider("others", "All else, on its way to hope", 0, 100, 10, 50, "%"),
        Slider("spread", "How unsure, half a range", 0, 50, 5, 50, "%"),
    ),
    compute=compute,
    source="\n\n".join(inspect.getsource(room) for room in (machines, forecast)),
)  # fmt: skip
"""An analog machine and a named digital one, with intervals, and the constant that matters most."""
