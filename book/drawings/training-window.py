"""Clipping and the conductance window: what the largest weight does to the size of all errors."""

import math

from style import (
    BIT_LINE,
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    FAINT,
    HEATER,
    INK,
    arrow,
    box,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 440, 424
LEFT, SPAN = 24, 392  # px, of the window
ERROR = 0.045  # of the window, standard deviation of a device


def bars(top: float, cut: float, title: str) -> list[str]:
    """Return a histogram of weights on the window; `cut` is the largest weight in sigmas."""
    floor, middle = top + 112, LEFT + SPAN / 2
    body = [
        label(LEFT, top, title, bold=True),
        box(LEFT, floor, SPAN, 12, fill=CRYSTAL_FILL, colour=CRYSTAL),
        label(LEFT, floor + 30, "−G_{max}", colour=CRYSTAL),
        label(middle, floor + 30, "0", anchor="middle", colour=CRYSTAL),
        label(LEFT + SPAN, floor + 30, "G_{max}", anchor="end", colour=CRYSTAL),
    ]
    half, step = SPAN / 2, 0.25  # sigmas
    count = round(cut / step)
    for k in range(-count, count):
        s = (k + 0.5) * step
        share = math.exp(-(s**2) / 2) + (0.02 if abs(s) > 2.5 else 0.0)
        if cut < 3 and (k in (-count, count - 1)):
            share += 0.12  # what was beyond the cut lies on it
        x = middle + half * k * step / cut
        body.append(
            box(
                x,
                floor - 84 * share,
                half * step / cut,
                84 * share,
                fill="none",
                colour=INK,
                stroke=1,
            )
        )
    sigma = half / cut
    error = ERROR * half
    y = floor - 40
    body += [
        line((middle - error, y), (middle + error, y), colour=HEATER, width=5),
        arrow((middle, top + 14), (middle + sigma, top + 14), colour=BIT_LINE, both=True),
        label(middle + sigma + 6, top + 19, "σ of the weights", colour=BIT_LINE, halo=True),
    ]
    return body


def svg() -> str:
    long_tail = bars(26, 8.0, "one weight of 8σ sets the scale")
    clipped = bars(208, 2.5, "clipped at 2.5σ")
    body = [
        *long_tail,
        *clipped,
        line((LEFT, 392), (LEFT + 2 * ERROR * SPAN / 2, 392), colour=HEATER, width=5),
        label(LEFT + 28, 397, "error of a device, the same in both", colour=HEATER),
        line((LEFT, 378), (WIDTH - LEFT, 378), colour=FAINT, width=1),
        label(
            LEFT + SPAN,
            418,
            "it is 36% of σ above and 11% of σ below",
            anchor="end",
            colour=DIGITAL,
        ),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
