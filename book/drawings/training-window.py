"""Clipping and the conductance window: what the largest weight does to the size of all errors."""

import math

import style as s

WIDTH, HEIGHT = 440, 424
LEFT, SPAN = 24, 392  # px, of the window
ERROR = 0.045  # of the window, standard deviation of a device


def bars(top: float, cut: float, title: str) -> list[str]:
    """Return a histogram of weights on the window; `cut` is the largest weight in sigmas."""
    floor, middle = top + 112, LEFT + SPAN / 2
    body = [
        s.label(LEFT, top, title, bold=True),
        s.box(LEFT, floor, SPAN, 12, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL),
        s.label(LEFT, floor + 30, "−G_{max}", colour=s.CRYSTAL),
        s.label(middle, floor + 30, "0", "middle", colour=s.CRYSTAL),
        s.label(LEFT + SPAN, floor + 30, "G_{max}", "end", colour=s.CRYSTAL),
    ]
    half, step = SPAN / 2, 0.25  # sigmas
    count = round(cut / step)
    for k in range(-count, count):
        z = (k + 0.5) * step
        share = math.exp(-(z**2) / 2) + (0.02 if abs(z) > 2.5 else 0.0)
        if cut < 3 and (k in (-count, count - 1)):
            share += 0.12  # what was beyond the cut lies on it
        x = middle + half * k * step / cut
        body.append(
            s.box(
                x,
                floor - 84 * share,
                half * step / cut,
                84 * share,
                fill="none",
                colour=s.INK,
                stroke=1,
            )
        )
    sigma = half / cut
    error = ERROR * half
    y = floor - 40
    body += [
        s.box(middle, y - 2.5, error, 5, fill=s.HEATER, colour=s.HEATER, stroke=0),
        s.arrow((middle, top + 14), (middle + sigma, top + 14), colour=s.BIT_LINE, both=True),
        s.label(middle + sigma + 6, top + 19, "σ of the weights", colour=s.BIT_LINE, halo=True),
    ]
    return body


def svg() -> str:
    long_tail = bars(26, 8.0, "one weight of 8σ sets the scale")
    clipped = bars(208, 2.5, "clipped at 2.5σ")
    body = [
        *long_tail,
        *clipped,
        s.box(LEFT, 389.5, ERROR * SPAN / 2, 5, fill=s.HEATER, colour=s.HEATER, stroke=0),
        s.label(LEFT + 16, 397, "error of a device, the same in both", colour=s.HEATER),
        s.line((LEFT, 378), (WIDTH - LEFT, 378), colour=s.FAINT, width=1),
        s.label(
            LEFT + SPAN, 418, "it is 36% of σ above and 11% of σ below", "end", colour=s.DIGITAL
        ),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
