"""Why a comparison runs over the same chips: ten chips in two ways, and their differences."""

import numpy as np
import style as s

from aimc.networks.hardware_aware import one_year

WIDTH, HEIGHT = 440, 306
FLOOR, STEP = 196, 18  # px: the ground, and the distance of chips
NEAR, END = 13, 386  # px: their distance on the right, and the end of that panel
SCALE = 7.0  # px per point of accuracy
LOWEST = 68.0  # per cent, at the ground of the left panel


def ways() -> tuple[np.ndarray, np.ndarray]:
    """Return accuracies (%) of ten chips after a year: a scale for each core, for each output."""
    year = one_year()
    return year.accuracy("naive", "1 y"), year.accuracy("direct", "1 y")


def svg() -> str:
    by_core, by_output = ways()
    gained = by_output - by_core
    body = [
        s.line((28, FLOOR), (216, FLOOR)),
        s.label(14, 24, "accuracy (%), chip by chip", bold=True),
        s.label(244, 24, "difference (points)", bold=True),
        s.line((246, FLOOR), (END, FLOOR)),
        s.label(240, FLOOR + 5, "0", "middle"),
        s.label(240, FLOOR - SCALE * 5 + 5, "5", "middle"),
        s.line((247, FLOOR - SCALE * 5), (253, FLOOR - SCALE * 5)),
    ]
    for per_cent in (70, 80):
        y = FLOOR - SCALE * (per_cent - LOWEST)
        body += [s.line((28, y), (34, y)), s.label(24, y + 5, f"{per_cent}", "end")]
    for k, (low, high) in enumerate(zip(by_core, by_output, strict=True)):
        x = 44 + STEP * k
        bottom, top = (FLOOR - SCALE * (v - LOWEST) for v in (low, high))
        body += [
            s.line((x, bottom), (x, top), colour=s.FAINT),
            s.box(x - 4, bottom - 4, 8, 8, fill=s.BIT_LINE, colour=s.BIT_LINE),
            s.dot(x, top, 4.5, s.DIGITAL),
            s.dot(258 + NEAR * k, FLOOR - SCALE * gained[k], 4.5, s.INK),
        ]
    mean = FLOOR - SCALE * gained.mean()
    body += [
        s.line((250, mean), (END, mean), colour=s.HEATER, dashed=True),
        s.label(END + 5, mean - 4, "mean", colour=s.HEATER),
        s.label(END + 5, mean + 13, f"{gained.mean():.1f}", colour=s.HEATER),
        s.label(124, FLOOR + 22, "ten chips", "middle"),
        s.label(316, FLOOR + 22, "the same ten", "middle"),
    ]
    rows = (  # mark, words, scatter
        (s.dot(20, FLOOR + 49, 4.5, s.DIGITAL), "a scale for each output", s.DIGITAL, by_output),
        (
            s.box(16, FLOOR + 67, 8, 8, fill=s.BIT_LINE, colour=s.BIT_LINE),
            "a scale for each core",
            s.BIT_LINE,
            by_core,
        ),
        (s.dot(20, FLOOR + 93, 4.5, s.INK), "their difference", s.INK, gained),
    )
    for k, (mark, words, colour, found) in enumerate(rows):
        told = f"{words}: scatter {found.std(ddof=1):.1f} points"
        body += [mark, s.label(34, FLOOR + 54 + 22 * k, told, colour=colour)]
    return s.svg_document(WIDTH, HEIGHT, *body)
