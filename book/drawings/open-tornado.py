"""Gain in energy of the analog machine if one constant alone moves over its range."""

import math

import style as s

from aimc_course.studies.roadmap import H100, Bar, Roadmap, decoder_7b, tornado

WIDTH, LEFT, RIGHT, TOP, STEP, THICK = 400, 12.0, 386.0, 22.0, 50.0, 18.0
LOWEST, HIGHEST, TICKS = 0.5, 6.0, (0.5, 1, 2, 5)
QUESTION = Roadmap(decoder_7b(context=2048), rival=H100, batch=28)
LEAST = 1.08  # swings below are left out
STILL = "beside_idle_share"  # shown although it moves nothing
PAINT = {
    "beside_share": (s.DIGITAL, s.DIGITAL_FILL),
    "value_energy": (s.DIGITAL, s.DIGITAL_FILL),
    "standing_power": (s.HEATER, s.HEATER_FILL),
}
RIVAL = (s.METAL, s.METAL_FILL)
MEDIAN = float(QUESTION.middle().gain()[0])  # all constants at their medians


def across(gain: float) -> float:
    """Return the place of a gain, px."""
    share = math.log(gain / LOWEST) / math.log(HIGHEST / LOWEST)
    return LEFT + share * (RIGHT - LEFT)


def row(bar: Bar, y: float) -> list[str]:
    """Return a bar with its words above it and a gain at each end."""
    low, high = sorted((bar.at_low, bar.at_high))
    left, right = across(low), across(high)
    colour, fill = PAINT.get(bar.name, RIVAL)
    parts = [s.label(LEFT, y - 6, QUESTION.constants[bar.name].words)]
    for tick in TICKS:  # only beside bars, so that no line runs through words
        x, even = across(tick), tick == 1
        if right < x < right + 32:  # the number at the end of the bar is there
            continue
        ends = (x, y), (x, y + THICK)
        parts.append(s.line(*ends, colour=s.INK if even else s.FAINT, width=0.8, dashed=even))
    if bar.swing < LEAST:
        middle = 0.5 * (left + right)
        parts.append(s.line((middle, y), (middle, y + THICK), colour=s.HEATER, width=3))
    else:
        parts.append(s.box(left, y, right - left, THICK, colour=colour, fill=fill, radius=2))
        inside = left - 30 < across(1) < left + 2  # else it would lie on the line at 1
        anchor, x = ("start", left + 6) if inside else ("end", left - 5)
        parts.append(s.label(x, y + 14, f"{low:.1f}", anchor=anchor, halo=not inside))
        parts.append(s.line((across(MEDIAN), y), (across(MEDIAN), y + THICK), width=2.5))
    parts.append(s.label(right + 6, y + 14, f"{high:.1f}", halo=True))
    return parts


def svg() -> str:
    """Return the drawing."""
    bars = [bar for bar in tornado(QUESTION) if bar.swing > LEAST or bar.name == STILL]
    bottom = TOP + STEP * len(bars) - 14
    parts = []
    for tick in TICKS:
        parts.append(s.label(across(tick), bottom + 16, f"{tick:g}", anchor="middle"))
    parts.append(s.label(across(1), bottom + 34, "equal", anchor="middle", colour=s.METAL))
    parts.append(s.label(across(MEDIAN), bottom + 34, "all at medians", anchor="middle"))
    for k, bar in enumerate(bars):
        parts += row(bar, TOP + STEP * k)
    middle = 0.5 * (LEFT + RIGHT)
    parts.append(s.label(middle, bottom + 54, "gain in energy over an H100", anchor="middle"))
    return s.svg_document(WIDTH, bottom + 64, *parts)
