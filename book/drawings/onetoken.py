"""One token of a language model: its path through the machine, and where energy and time go.

Three chapters open with it, each with its own part in colour. Prices are those of today's list.
"""

import math
from collections.abc import Callable

import style as s

from aimc_course.studies.language_models import energy
from aimc_course.studies.roadmap import (
    analog_machine,
    fetching_machine,
    low_end,
    other_end,
    seven_billion,
    today,
    token,
)

WIDTH, HEIGHT = 446, 548
CONTEXT = 2048
CORES, UNITS, CACHE, ATTENTION, WAITING, STANDING, WEIGHTS, TIME, CARD = range(9)
PAINT = {
    CORES: (s.CRYSTAL, s.CRYSTAL_FILL),
    UNITS: (s.DIGITAL, s.DIGITAL_FILL),
    CACHE: (s.DRAM, s.DRAM_FILL),
    ATTENTION: (s.DIGITAL, s.DIGITAL_FILL),
    WAITING: (s.HEATER, s.HEATER_FILL),
    STANDING: (s.HEATER, s.HEATER_FILL),
    WEIGHTS: (s.DRAM, s.DRAM_FILL),
    TIME: (s.METAL, s.METAL_FILL),
    CARD: (s.DIGITAL, s.DIGITAL_FILL),
}
ROWS = (
    (CORES, "reads of cores"),
    (UNITS, "digital units"),
    (CACHE, "keys and values"),
    (ATTENTION, "attention, an H100"),
    (STANDING, "cores that wait"),
    (WAITING, "idle attention"),
    (WEIGHTS, "if all weights came"),
    (CARD, "an H100 in all"),
)
Paint = Callable[[int], tuple[str, str]]
Words = Callable[[int], str]
LEFT, DECADE, STEP = 168.0, 36.0, 24.0  # px: 1 mJ, a factor of ten, a row
RIGHT = 440.0
GAP = 8.0  # px, between the parts of this machine and what others take
OTHER_MACHINES = (WEIGHTS, CARD)
ASSUMED = (ATTENTION, WAITING)
"""Rows whose power nobody has measured: an H100 stands in for a unit for attention."""


def energies() -> dict[int, tuple[float, float]]:
    """Return the lowest and the highest energy of each part, J."""
    shape, prices = seven_billion(), today()
    share, reached = prices["card_standing_share"], prices["memory_efficiency"]
    ends = [energy(shape, CONTEXT, price=price) for price in (0.0, 1.0)]
    soon = energy(shape, CONTEXT, prices=low_end().fix(memory_efficiency=reached.high))
    other = energy(shape, CONTEXT, prices=other_end().fix(memory_efficiency=reached.low))
    cards = (
        prices.middle(card_standing_share=share.low, memory_efficiency=reached.high),
        prices.middle(card_standing_share=share.high, memory_efficiency=reached.low),
    )
    work, without, waiting, rival = token(shape, CONTEXT), [], [], []
    for price, card in zip((0.0, 1.0), cards, strict=True):
        memory = float(prices["memory_energy"].at(price))
        card = {**card, "memory_energy": card["memory_energy"] * 0 + memory}
        parts = analog_machine(work, card).parts
        without.append(float(parts["keys and values"][0]) - ends[len(without)].fetching)
        waiting.append(float(parts["waiting units"][0]))
        rival.append(float(fetching_machine(work, card).energy[0]))
    return {
        CORES: (ends[0].cores, ends[1].cores),
        UNITS: (other.values, soon.values),
        CACHE: (ends[0].fetching, ends[1].fetching),
        ATTENTION: (without[0], without[1]),
        WAITING: (waiting[0], waiting[1]),
        STANDING: (soon.waiting, other.waiting),
        WEIGHTS: (ends[0].weights, ends[1].weights),
        CARD: (rival[0], rival[1]),
    }


def times() -> tuple[list[tuple[str, float]], tuple[float, float]]:
    """Return what the stages take in all, s, and how long keys and values take to arrive."""
    work, prices = token(seven_billion(), CONTEXT), today()
    c = {name: float(value[0]) for name, value in prices.middle().items()}
    reached = prices["memory_efficiency"]
    ends = [
        float(analog_machine(work, prices.middle(memory_efficiency=share)).interval[0])
        for share in (reached.high, reached.low)
    ]
    stages = [
        ("reads", c["reads_per_product"] * c["read_time"]),
        ("values leave", c["array_side"] / c["value_rate"]),
        ("sums hop", (work.width / c["array_side"] - 1) * c["hop_time"]),
        ("links", c["link_time"]),
    ]
    parts = [(name, work.stages * seconds) for name, seconds in stages]
    rest = sum(seconds for _, seconds in parts)
    return parts, (ends[0] - rest, ends[1] - rest)


def in_words(low: float, high: float) -> str:
    """Return an energy in mJ with two digits, as one number or as an interval."""
    mine = [1e3 * x for x in (low, high)]
    ends = [f"{x:.1f}" if x < 10 else f"{float(f'{x:.2g}'):,.0f}" for x in mine]
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def picture(*parts: int) -> str:
    """Return the drawing, with the given parts in colour and all others pale."""

    def paint(part: int) -> tuple[str, str]:
        return PAINT[part] if part in parts else (s.FAINT, s.OXIDE_FILL)

    def words(part: int) -> str:
        return PAINT[part][0] if part in parts else s.FAINT

    return s.svg_document(WIDTH, HEIGHT, *_path(paint, words), *_bill(paint, words), *_time(paint))


def _path(paint: Paint, words: Words) -> list[str]:
    (core, _), (unit, unit_fill) = paint(CORES), paint(UNITS)
    (wait, wait_fill), (cache, cache_fill) = paint(STANDING), paint(CACHE)
    (attend, attend_fill), (weights, weights_fill) = paint(ATTENTION), paint(WEIGHTS)
    body = [
        s.label(14, 20, "The path of a token", bold=True),
        s.arrow((412, 66), (412, 34), (22, 34), (22, 60)),
        s.label(412, 26, "32 blocks, one after another", "end"),
        s.arrow((10, 66), (28, 66)),
    ]
    for x, busy in ((32, True), (234, False), (263, False), (292, False)):
        colour, fill = paint(CORES) if busy else (wait, wait_fill)
        body.append(s.box(x, 46, 26, 40, fill=fill, colour=colour))
        for n in range(1, 4):
            body.append(s.line((x + 6.5 * n, 50), (x + 6.5 * n, 82), colour=colour, width=1))
            body.append(s.line((x + 4, 46 + 10 * n), (x + 22, 46 + 10 * n), colour=colour, width=1))
    for x in (76, 336):
        body += [
            s.box(x, 46, 52, 40, fill=unit_fill, colour=unit),
            s.label(x + 26, 64, "digital", "middle", colour=words(UNITS)),
            s.label(x + 26, 80, "units", "middle", colour=words(UNITS)),
        ]
    body += [
        s.label(45, 103, "one reads,", "middle", colour=words(CORES)),
        s.label(276, 103, "the others wait", "middle", colour=words(STANDING)),
        s.label(276, 120, "weights stay on cores", "middle", colour=words(CORES)),
        s.arrow((60, 66), (74, 66), colour=core),
        s.arrow((130, 66), (144, 66), colour=unit),
        s.box(146, 46, 70, 40, fill=attend_fill, colour=attend),
        s.label(181, 71, "attention", "middle", colour=words(ATTENTION)),
        s.arrow((218, 66), (232, 66), colour=attend),
        s.arrow((320, 66), (334, 66), colour=core),
        s.arrow((390, 66), (432, 66)),
        s.arrow((102, 90), (102, 128), colour=cache),
        s.arrow((181, 128), (181, 90), colour=cache, width=4, head=13),
        s.box(60, 132, 164, 44, fill=cache_fill, colour=cache),
        s.label(142, 150, "keys and values,", "middle", colour=words(CACHE)),
        s.label(142, 167, "of all tokens before", "middle", colour=words(CACHE)),
        s.box(264, 132, 164, 44, fill=weights_fill, colour=weights),
        s.label(346, 150, "elsewhere all weights", "middle", colour=words(WEIGHTS)),
        s.label(346, 167, "come from a memory", "middle", colour=words(WEIGHTS)),
    ]
    return body


def _bill(paint: Paint, words: Words) -> list[str]:
    top = 236.0
    body = [
        s.label(14, 206, "Its energy (mJ), for a single user", bold=True),
        s.label(RIGHT, 206, "dashed: assumed", "end"),
    ]
    bottom = top + STEP * len(ROWS) - 12 + GAP
    rule = top + STEP * len(ROWS) - STEP * 2.5 + 0.5 * GAP
    body.append(s.line((14, rule), (RIGHT, rule), width=1))
    for k in range(5):
        x = LEFT + DECADE * k
        body.append(s.line((x, top - 14), (x, bottom), colour=s.FAINT, width=0.8, dashed=True))
        label = f"{10**k}" if k < 3 else f"10{'³⁴'[k - 3]}"  # in digits they would touch
        body.append(s.label(x, bottom + 16, label, "middle"))
    found = energies()
    for k, (part, name) in enumerate(ROWS):
        y, (colour, fill) = top + STEP * k + GAP * (part in OTHER_MACHINES), paint(part)
        low, high = (LEFT + DECADE * math.log10(1e3 * x) for x in found[part])
        body += [
            s.label(LEFT - 12, y + 5, name, "end", colour=words(part), bold=words(part) != s.FAINT),
            _span(low - 1.5, y - 8, high - low + 3, part in ASSUMED, colour, fill),
            s.label(RIGHT, y + 5, in_words(*found[part]), "end", colour=words(part)),
        ]
    return body


def _span(x: float, y: float, width: float, assumed: bool, colour: str, fill: str) -> str:
    """Return the bar of a row, with a dashed edge if its energy is assumed."""
    if not assumed:
        return s.box(x, y, width, 16, fill=fill, colour=colour, radius=1.5)
    corners = (x, y), (x + width, y), (x + width, y + 16), (x, y + 16)
    return s.line(*corners, fill=fill, colour=colour, width=1.4, dashed=True, closed=True)


def _time(paint: Paint) -> list[str]:
    top, wide = 484.0, 418.0
    parts, fetched = times()
    stages = sum(seconds for _, seconds in parts)
    whole = stages + sum(fetched) / 2
    ends = [f"{float(f'{1e6 * (stages + x):.2g}'):.0f}" for x in fetched]
    body = [s.label(14, top - 14, f"Its time: {' to '.join(ends)} µs in 128 stages", bold=True)]
    shown = [(name, seconds, f"{1e6 * seconds:.0f}", TIME) for name, seconds in parts]
    arrive = " to ".join(f"{float(f'{1e6 * x:.2g}'):.0f}" for x in fetched)
    shown.append(("keys and values", sum(fetched) / 2, arrive, CACHE))
    x = 14.0
    for name, seconds, text, part in shown:
        step, (colour, fill) = wide * seconds / whole, paint(part)
        words = s.FAINT if colour == s.FAINT else s.INK
        body += [
            s.box(x, top, step, 24, fill=fill, colour=colour),
            s.label(x + step / 2, top + 17, text, "middle", colour=words),
            s.label(x + step / 2, top + 42, name, "middle", colour=words),
        ]
        x += step
    return body


def svg() -> str:
    """Return the drawing for the chapter on language models."""
    return picture(CORES, UNITS, CACHE, STANDING, WEIGHTS, CARD)
