"""Gain in energy of the analog machine if one constant alone moves over its range."""

import math

import style as s

from aimc_course.studies.roadmap import H100, Bar, Roadmap, decoder_7b, tornado

WIDTH, LEFT, RIGHT, TOP, STEP, THICK = 400, 12.0, 386.0, 44.0, 50.0, 18.0
LOWEST, HIGHEST, TICKS = 0.5, 6.0, (0.5, 1, 2, 5)
QUESTION = Roadmap(decoder_7b(context=2048), rival=H100, batch=28)
LEAST = 1.08  # swings below are left out
PAINT = {
    "beside_share": (s.DIGITAL, s.DIGITAL_FILL),
    "value_energy": (s.DIGITAL, s.DIGITAL_FILL),
    "standing_power": (s.HEATER, s.HEATER_FILL),
}
RIVAL = (s.METAL, s.METAL_FILL)


def across(gain: float) -> float:
    """Return the place of a gain, px."""
    share = math.log(gain / LOWEST) / math.log(HIGHEST / LOWEST)
    return LEFT + share * (RIGHT - LEFT)


def row(bar: Bar, y: float) -> list[str]:
    """Return a bar with its words above it and a gain at each end."""
    low, high = sorted((bar.at_low, bar.at_high))
    left, right = across(low), across(high)
    colour, fill = PAINT.get(bar.name, RIVAL)
    return [
        s.label(LEFT, y - 6, QUESTION.constants[bar.name].words, halo=True),
        s.box(left, y, right - left, THICK, colour=colour, fill=fill, radius=2),
        s.label(left - 5, y + 14, f"{low:.1f}", anchor="end", halo=True),
        s.label(right + 5, y + 14, f"{high:.1f}", halo=True),
    ]


def svg() -> str:
    """Return the drawing."""
    bars = [bar for bar in tornado(QUESTION) if bar.swing > LEAST]
    bottom = TOP + STEP * len(bars) - 14
    parts = []
    for tick in TICKS:
        x, even = across(tick), tick == 1
        parts.append(
            s.line((x, 14), (x, bottom), colour=s.INK if even else s.FAINT, width=0.8, dashed=even)
        )
        parts.append(s.label(x, bottom + 16, f"{tick:g}", anchor="middle"))
    parts.append(s.label(across(1) + 6, 18, "both equal", colour=s.METAL, halo=True))
    for k, bar in enumerate(bars):
        parts += row(bar, TOP + STEP * k)
    middle = 0.5 * (LEFT + RIGHT)
    parts.append(s.label(middle, bottom + 36, "gain in energy over an H100", anchor="middle"))
    return s.svg_document(WIDTH, bottom + 46, *parts)
