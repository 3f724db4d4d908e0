"""Explorer of the chapter on experts: one token on its way through a stack, tier by tier.

The same tokens pass a mixture of eight experts and a dense network of as many weights, on the same
stack. Experts are drawn at random with a fixed seed, so that moving a control shows the effect of
the control and nothing else.
"""

from __future__ import annotations

import inspect
import sys
from functools import cache
from typing import Any

import numpy as np

from aimc.plots import Boxes, Chart, Line, Points, Rule, numbers
from aimc.units import MICRO
from aimc_course.explorers.controls import Choice, Slider
from aimc_course.explorers.explorer import Answer, Explorer
from aimc_course.studies.experts import (
    Event,
    Mixture,
    PlacedPart,
    Timeline,
    coactivation,
    place,
    published_stack,
    route,
    schedule,
)

__all__ = ["EXPERTS", "NETWORKS", "PLACES", "compute", "energy_until", "frames", "run", "way"]

MIXTURE, DENSE = "mixture of experts", "dense, as many weights"
NETWORKS = {MIXTURE: Mixture(), DENSE: Mixture().dense()}
PLACES = {"dealt round": "spread", "tile after tile": "stacked", "companions apart": "apart"}
CELLS = 80  # tiers of the whole stack; either network needs fewer
TIERS = (1, 2, 4, 8, 20)
SEED, SEEN, AFFINITY = 3, 300, 2.0
STAGES = {
    "qkv": "queries, keys, values",
    "attention": "attention",
    "out": "output",
    "router": "router",
    "up": "up",
    "down": "down",
}
CAUSES = {
    "other tier": "another tier of the tile is at work",
    "same tier": "the tier serves another token",
    "digital unit": "the digital unit is busy",
    "attention unit": "the attention unit is busy",
}
MOMENT = (0.0, 100.0, 1.0)  # % of the way of a token: first, last, step
SHORT = {"qkv": "q", "out": "o", "router": "r", "up": "u", "down": "d"}
MOMENTS = 81


@cache
def run(network: str, strategy: str, tiers: int, tokens: int) -> Timeline:
    """Return the time line of a prompt on a stack of 80 tiers.

    Parameters
    ----------
    network : str
        One of `NETWORKS`.
    strategy : str
        One of `aimc_course.studies.experts.STRATEGIES`.
    tiers : int
        Tiers of each tile.
    tokens : int
        Length of the prompt.
    """
    shape = NETWORKS[network]
    routes = route(shape, tokens, np.random.default_rng(SEED), affinity=AFFINITY)
    seen = route(shape, SEEN, np.random.default_rng(SEED + 1), affinity=AFFINITY)
    stack = place(shape, CELLS // tiers, tiers, strategy, company=coactivation(shape, seen))
    return schedule(stack, routes, published_stack())


def energy_until(line: Timeline, t: float) -> float:
    """Return what a stack has taken until ``t`` (s), J; a job in work counts in proportion."""
    stop = min(t, line.latency)
    jobs = sum(
        e.energy * min(1.0, (stop - e.start) / (e.end - e.start))
        for e in line.events
        if e.start < stop
    )
    return jobs + line.constants.standing_power * line.placement.tiles * stop


def way(line: Timeline, token: int) -> list[tuple[str, float, float, float]]:
    """Return the steps of a token: words; when it is ready, first served and done, s."""
    steps: dict[tuple[int, str], list[Event]] = {}
    for event in line.events:
        if event.token == token:
            steps.setdefault((event.layer, event.stage), []).append(event)
    found = []
    for (layer, stage), events in steps.items():
        ready, start = min(e.ready for e in events), min(e.start for e in events)
        found.append((f"{layer + 1}: {STAGES[stage]}", ready, start, max(e.end for e in events)))
    return sorted(found, key=lambda step: step[3])


def compute(
    network: str, strategy: str, tiers: int, tokens: int, token: int, moment: float
) -> Answer:
    """Show the stack while one token is on its way, and what both networks have taken by then.

    Parameters
    ----------
    network : str
        One of `NETWORKS`: the one that is shown on the stack.
    strategy : str
        One of `PLACES`.
    tiers : int
        Place in the list `TIERS`.
    tokens : int
        Length of the prompt.
    token : int
        The token that is followed, from 1; the last one if there are fewer.
    moment : float
        Share of the way of this token, per cent.
    """
    lines = {name: run(name, PLACES[strategy], TIERS[tiers], tokens) for name in NETWORKS}
    line, number = lines[network], min(token, tokens) - 1
    ways = {name: way(lines[name], number) for name in NETWORKS}
    own = [e for e in line.events if e.token == number]
    end = ways[network][-1][3]
    now = moment / 100 * end
    busy = [e for e in line.events if e.kind == "tile" and e.start <= now < e.end]
    ours = [e for e in busy if e.token == number]
    spent = {name: energy_until(each, now) for name, each in lines.items()}
    whole = {name: sum(each.energy.values()) for name, each in lines.items()}
    values = {
        "now": now,
        "token_end": end,
        "tiers_at_work": len(busy),
        "tiers_for_token": len(ours),
        "energy_mixture_now": spent[MIXTURE],
        "energy_dense_now": spent[DENSE],
        "latency_mixture": lines[MIXTURE].latency,
        "latency_dense": lines[DENSE].latency,
        "energy_mixture": whole[MIXTURE],
        "energy_dense": whole[DENSE],
    }
    sentence = (
        f"{now / MICRO:.1f} µs after the start, token {number + 1} {_doing(line, own, now)}; "
        f"{_count(len(busy))} at work. The {'mixture' if network == MIXTURE else 'dense network'} "
        f"has taken {spent[network] / MICRO:.0f} µJ so far. For the whole prompt the mixture takes "
        f"{lines[MIXTURE].latency / MICRO:.0f} µs and {whole[MIXTURE] / MICRO:.0f} µJ, the dense "
        f"network {lines[DENSE].latency / MICRO:.0f} µs and {whole[DENSE] / MICRO:.0f} µJ."
    )
    charts = (_stack(line, busy, number), _energies(lines, now), _ways(ways, now))
    scene = {
        "tiles": line.placement.tiles,
        "tiers": line.placement.tiers,
        "parts": [[p.tile, p.tier, _letters(line, p)] for p in line.placement.parts],
        "way": [list(step) for step in ways[network]],
        "end": end,
        **frames(line, number, end),
    }
    return Answer(values, charts, sentence, scene=scene)


def frames(line: Timeline, token: int, end: float) -> dict[str, Any]:
    """Return the stack at each moment that the slider knows, up to ``end`` (s).

    Parameters
    ----------
    line : Timeline
        The time line of a prompt.
    token : int
        The token that is followed, from 0.
    end : float
        When it is through, s.

    Returns
    -------
    dict
        For each moment ``energy`` taken so far, J; ``busy``, of each tier at work the number of its
        part and of its token; ``tokens``, for each one ``"w"`` waiting, ``"r"`` at work, ``"d"``
        done; ``doing``, which of the ``words`` say what the followed token does.
    """
    low, high, step = MOMENT
    t = np.arange(low, high + step / 2, step)[:, None] / 100 * end  # to the bit as for one moment
    starts, ends, energies = _events(line)
    done = np.clip((np.minimum(t, line.latency) - starts) / (ends - starts), 0.0, 1.0) @ energies
    done += line.constants.standing_power * line.placement.tiles * np.minimum(t, line.latency)[:, 0]
    active = (starts <= t) & (t < ends)
    whose = np.array([e.token for e in line.events])
    states = []
    for k in range(whose.max() + 1):
        through = t[:, 0] >= ends[whose == k].max()
        states.append(np.where(through, "d", np.where(active[:, whose == k].any(axis=1), "r", "w")))
    part_of = {part: k for k, part in enumerate(line.placement.parts)}
    own = [e for e in line.events if e.token == token]
    busy = [[line.events[k] for k in np.flatnonzero(row)] for row in active]
    doing = [_doing(line, own, float(now)) for now in t[:, 0]]
    words = list(dict.fromkeys(doing))
    return {
        "energy": list(numbers(done)),
        "busy": [
            [[part_of[e.part], e.token] for e in row if e.kind == "tile" and e.part] for row in busy
        ],
        "tokens": ["".join(column) for column in zip(*states, strict=True)],
        "doing": [words.index(one) for one in doing],
        "words": words,
    }


def _events(line: Timeline) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return start (s), end (s) and energy (J) of all events."""
    return (
        np.array([e.start for e in line.events]),
        np.array([e.end for e in line.events]),
        np.array([e.energy for e in line.events]),
    )


def _count(tiers: int) -> str:
    return f"{tiers} tier{' is' if tiers == 1 else 's are'}"


def _doing(line: Timeline, own: list[Event], now: float) -> str:
    """Return what a token does at a moment, in words; its own events are given."""
    at_work = [e for e in own if e.start <= now < e.end]
    if not at_work:
        waits = [e for e in own if e.ready <= now < e.start]
        if not waits:
            return "is done" if now >= max(e.end for e in own) else "waits for the keys of others"
        where, cause = STAGES[waits[0].stage], CAUSES[waits[0].cause]
        return f"waits in layer {waits[0].layer + 1}, step “{where}”, because {cause}"
    first = at_work[0]
    words = f"is in layer {first.layer + 1}, step “{STAGES[first.stage]}”"
    names = sorted(
        {e.part.matrix.expert + 1 for e in at_work if e.part and e.part.matrix.expert is not None}
    )
    if line.placement.network.experts > 1 and names:
        words += f", expert{'s' if len(names) > 1 else ''} {' and '.join(map(str, names))}"
    places = [
        f"tier {e.part.tier + 1} of tile {e.part.tile + 1}"
        for e in at_work
        if e.kind == "tile" and e.part
    ]
    if places:
        return f"{words}, on {places[0]}" + (f" and {len(places) - 1} more" if places[1:] else "")
    return f"{words}, in {'the attention unit' if first.kind == 'attention' else 'a digital unit'}"


def _letters(line: Timeline, part: PlacedPart) -> str:
    mixed, expert = line.placement.network.experts > 1, part.matrix.expert
    return SHORT[part.matrix.stage] + (str(expert + 1) if mixed and expert is not None else "")


def _stack(line: Timeline, busy: list[Event], token: int) -> Chart:
    stack = line.placement

    def boxes(events: list[Event], label: str) -> Boxes:
        parts = [e.part for e in events if e.part]
        texts = tuple(_letters(line, p) for p in parts)
        return Boxes(
            tuple(p.tile + 1.0 for p in parts),
            tuple(p.tier + 1.0 for p in parts),
            0.9,
            0.9,
            label,
            texts=texts,
        )

    held = Boxes(
        tuple(p.tile + 1.0 for p in stack.parts),
        tuple(p.tier + 1.0 for p in stack.parts),
        0.9,
        0.9,
        "holds weights and rests",
        filled=False,
    )
    return Chart(
        "The stack at this moment, from the side",
        "tile",
        "tier",
        (
            held,
            boxes([e for e in busy if e.token != token], "computes for another token"),
            boxes([e for e in busy if e.token == token], "computes for this token"),
        ),
        x_range=(0.4, stack.tiles + 0.6),
        y_range=(0.4, stack.tiers + 0.6),
        equal=True,
    )


def _ways(ways: dict[str, list[tuple[str, float, float, float]]], now: float) -> Chart:
    names = tuple(step[0] for step in ways[MIXTURE])
    place_of = {name: float(k) for k, name in enumerate(names)}
    marks: list[Line | Points | Rule] = []
    for network, steps in ways.items():
        x, y = [], []
        for name, ready, _, end in steps:
            x += [ready / MICRO, end / MICRO]
            y += [place_of[name]] * 2
        label = "mixture" if network == MIXTURE else "dense"
        marks.append(Line(numbers(x), numbers(y), label, dashed=network == DENSE))
    served = [(start / MICRO, place_of[name]) for name, _, start, _ in ways[MIXTURE]]
    marks.append(
        Points(numbers([s for s, _ in served]), numbers([r for _, r in served]), "served (mixture)")
    )
    marks.append(Rule(now / MICRO, "now", axis="x"))
    return Chart("The way of this token", "time (µs)", "", tuple(marks), y_names=names)


def _energies(lines: dict[str, Timeline], now: float) -> Chart:
    marks: list[Line | Rule] = []
    for network, line in lines.items():
        t = np.linspace(0.0, line.latency, MOMENTS)
        starts, ends, energies = _events(line)
        done = np.clip((t[:, None] - starts) / (ends - starts), 0.0, 1.0) @ energies
        done += line.constants.standing_power * line.placement.tiles * t
        label = "mixture" if network == MIXTURE else "dense"
        marks.append(
            Line(numbers(t / MICRO), numbers(done / MICRO), label, dashed=network == DENSE)
        )
    return Chart(
        "Energy so far, all tokens",
        "time (µs)",
        "energy (µJ)",
        (*marks, Rule(now / MICRO, "now", axis="x")),
    )


EXPERTS = Explorer(
    name="experts",
    title="A token on its way through the stack",
    controls=(
        Choice("network", "Network on the stack", tuple(NETWORKS), MIXTURE),
        Choice(
            "strategy",
            "Where the parts stand",
            tuple(PLACES),
            "dealt round",
            needs={"tiers": tuple(range(1, len(TIERS)))},
        ),
        Slider(
            "tiers",
            "Tiers of a tile",
            0,
            len(TIERS) - 1,
            1,
            TIERS.index(8),
            integer=True,
            words=(tuple(f"{n} × {CELLS // n} tiles" for n in TIERS),),
        ),
        Slider("tokens", "Tokens of the prompt", 1, 32, 1, 16, integer=True),
        Slider(
            "token",
            "Token to follow",
            1,
            32,
            1,
            5,
            integer=True,
            needs={"tokens": tuple(range(2, 33))},
        ),
        Slider("moment", "Moment on its way", *MOMENT, 43, "%"),
    ),
    compute=compute,
    stage="experts",
    source=inspect.getsource(sys.modules[schedule.__module__]),
)
"""One token of a prompt on a stack of tiers: where it is, what it waits for, and what it costs."""
