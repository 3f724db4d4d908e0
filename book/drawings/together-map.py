"""From floating point to a chip that is a year old: what happens on the way, and where."""

import numpy as np
import style as s

from aimc.networks.hardware_aware import one_year

YEAR, FULL = one_year(), "aware, batch norm"


def right(time: str) -> str:
    """Return how much the full chain gets right at a time, in per cent (mean of the chips)."""
    return f"{np.mean(YEAR.accuracy(FULL, time)):.1f}%"


WIDTH, HEIGHT = 440, 520
X, W, H = 20, 236, 58
STATIONS = (
    (
        "train in floating point",
        f"right: {YEAR.way('direct')['floating_point']:.1f}%",
        s.DIGITAL,
        s.DIGITAL_FILL,
        "hours, once",
    ),
    (
        "train on with noise",
        f"right: {YEAR.software:.1f}%, A* = 100%",
        s.DIGITAL,
        s.DIGITAL_FILL,
        "hours, once",
    ),
    (
        "convert and calibrate",
        "tiles, input and output ranges",
        s.DIGITAL,
        s.DIGITAL_FILL,
        "seconds,\nonce a network",
    ),
    ("program", "pulses, reads, references", s.CRYSTAL, s.CRYSTAL_FILL, "tens of ms,\nonce a chip"),
    ("drift", "each device by its own exponent", s.GLASS, s.GLASS_FILL, "day and\nnight"),
    (
        "compensate",
        "reads or vectors, new factors",
        s.DIGITAL,
        s.DIGITAL_FILL,
        "moments,\nnow and then",
    ),
    (
        "evaluate",
        f"right: {right('1 s')} new, {right('1 y')} old",
        s.DIGITAL,
        s.DIGITAL_FILL,
        "on images that\nno training used",
    ),
)


def svg() -> str:
    body, y = [], 14
    for k, (name, what, colour, fill, price) in enumerate(STATIONS):
        body += [
            s.box(X, y, W, H, fill=fill, colour=colour, radius=8),
            s.label(X + 12, y + 24, f"{k + 1}  {name}", bold=True, colour=colour),
            s.label(X + 12, y + 45, what),
            s.label(WIDTH - 8, y + (24 if "\n" in price else 34), price, "end"),
        ]
        if k < len(STATIONS) - 1:
            body.append(s.arrow((X + W / 2, y + H), (X + W / 2, y + H + 14), head=7))
        y += H + 14
    top, bottom = 14 + 4 * (H + 14) + H / 2, 14 + 5 * (H + 14) + H / 2
    body += [
        s.line(
            (8, 14 + 3 * (H + 14) - 7),
            (WIDTH - 8, 14 + 3 * (H + 14) - 7),
            colour=s.FAINT,
            dashed=True,
            width=1.2,
        ),
        s.arrow(
            (X + W, bottom),
            (X + W + 22, bottom),
            (X + W + 22, top),
            (X + W + 2, top),
            colour=s.HEATER,
        ),
        s.label(X + W + 28, (top + bottom) / 2 + 5, "time goes on", colour=s.HEATER),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
