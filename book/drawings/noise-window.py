"""Which fluctuators show in a record: those between its shortest read and its length.

The window begins at the fastest relaxation time of the process and is as wide as its variance.
"""

import math

import style as s

from aimc.devices import FlickerNoise, pcm_2019
from aimc.units import DAY, MICRO, MILLI, MINUTE, NANO

WIDTH, HEIGHT = 440, 316
LEFT, DECADE = 20, 25  # px, px per decade of relaxation time
FIRST, DECADES = 10 * NANO, 16  # relaxation time at the left end, s, and what follows
TIMES = {"1 µs": MICRO, "1 ms": MILLI, "1 s": 1.0, "1 min": MINUTE, "1 day": DAY}
NOISE = FlickerNoise(pcm_2019().t_read)


def place(tau: float) -> float:
    """Return how many decades from the left end a relaxation time (s) stands."""
    return math.log10(tau / FIRST)


def end(elapsed: float) -> float:
    """Return where the window ends this long after the pulse, s."""
    return place(NOISE.t_shortest * math.exp(NOISE.variance(elapsed)))


READ = place(NOISE.t_shortest)
RECORDS = ((0, "a minute after the pulse", end(MINUTE)), (1, "a day after the pulse", end(DAY)))


def svg() -> str:
    """Return the drawing."""
    body = []
    right = LEFT + DECADE * DECADES
    for row, words, last in RECORDS:
        top = 46 + 124 * row
        start, stop = LEFT + DECADE * READ, LEFT + DECADE * last
        body += [
            s.label(LEFT, top - 10, words, bold=True),
            s.box(LEFT, top, start - LEFT, 44, fill=s.OXIDE_FILL, colour=s.FAINT),
            s.box(start, top, stop - start, 44, fill=s.CRYSTAL_FILL, colour=s.WORD_LINE),
            s.box(stop, top, right - stop, 44, fill=s.OXIDE_FILL, colour=s.FAINT),
            s.label((start + stop) / 2, top + 27, "seen as noise", "middle", colour=s.WORD_LINE),
            s.label(right, top + 64, "too slow:\npart of G so far", "end"),
            s.label(LEFT, top + 64, "too fast:\naveraged in a read"),
        ]
        for k in range(DECADES + 1):
            x = LEFT + DECADE * k
            body.append(s.line((x, top + 44), (x, top + 38), colour=s.INK, width=1))
        if row:
            body.append(
                s.arrow(
                    (LEFT + DECADE * RECORDS[0][2], top - 5),
                    (stop, top - 5),
                    colour=s.HEATER,
                    width=2,
                )
            )
            body.append(s.label(stop + 4, top - 10, "opens", colour=s.HEATER))
    body += [
        s.arrow((LEFT, HEIGHT - 50), (right, HEIGHT - 50), colour=s.FAINT),
        s.label(LEFT, HEIGHT - 30, f"{FIRST / NANO:.0f} ns", "middle"),
        s.label(right, HEIGHT - 10, "relaxation time τ (log)", "end"),
    ]
    for words, tau in TIMES.items():
        x = LEFT + DECADE * place(tau)
        body += [
            s.line((x, HEIGHT - 54), (x, HEIGHT - 46), colour=s.INK, width=1),
            s.label(x, HEIGHT - 30, words, "middle"),
        ]
    return s.svg_document(WIDTH, HEIGHT, *body)
