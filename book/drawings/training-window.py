"""Clipping and the conductance window: what the largest weight does to the size of all errors."""

import math

import style as s

WIDTH, HEIGHT = 440, 404
LEFT, SPAN = 24, 392  # px, of the window
ERROR = 0.045  # of the window, standard deviation of a device


def share(cut: float) -> float:
    """Return the error of a device over the spread of weights that are cut at `cut` of it."""
    return ERROR * cut


def bars(top: float, cut: float, title: str) -> list[str]:
    """Return a histogram of weights on the window; `cut` is the largest weight in sigmas."""
    floor, middle = top + 134, LEFT + SPAN / 2
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
        height = math.exp(-(z**2) / 2) + (0.02 if abs(z) > 2.5 else 0.0)
        if cut < 3 and (k in (-count, count - 1)):
            height += 0.12  # what was beyond the cut lies on it
        x, tall, wide = middle + half * k * step / cut, 76 * height, half * step / cut
        body.append(s.box(x, floor - tall, wide, tall, fill=s.OXIDE_FILL, colour=s.FAINT, stroke=1))
    sigma, error, told = half / cut, ERROR * half, middle + half / min(cut, 2.5) + 8
    body += [
        s.line((middle, top + 10), (middle, floor), colour=s.INK, width=1, dashed=True),
        s.arrow((middle, top + 18), (middle + sigma, top + 18), colour=s.BIT_LINE, both=True),
        s.label(told, top + 23, "σ of the weights", colour=s.BIT_LINE, halo=True),
        s.box(middle, top + 34, error, 8, fill=s.HEATER, colour=s.HEATER, stroke=0, radius=0),
        s.label(told, top + 43, f"error: {share(cut):.0%} of σ", colour=s.HEATER, halo=True),
    ]
    return body


def svg() -> str:
    body = [
        *bars(26, 8.0, "one weight of 8σ sets the scale"),
        s.line((LEFT, 200), (WIDTH - LEFT, 200), colour=s.FAINT, width=1),
        *bars(230, 2.5, "clipped at 2.5σ"),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
