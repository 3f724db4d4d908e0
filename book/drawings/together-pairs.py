"""Why a comparison runs over the same chips: ten chips in two ways, and their differences."""

import numpy as np
from style import BIT_LINE, DIGITAL, FAINT, HEATER, INK, arrow, box, dot, label, line, svg_document

from aimc.networks.hardware_aware import one_year

WIDTH, HEIGHT = 440, 300
FLOOR, STEP = 196, 18  # px: the ground, and the distance of chips
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
        line((14, FLOOR), (206, FLOOR)),
        label(14, 24, "accuracy, chip by chip", bold=True),
        label(244, 24, "difference in pairs", bold=True),
        line((246, FLOOR), (WIDTH - 8, FLOOR)),
        label(234, FLOOR + 5, "0", anchor="middle"),
    ]
    for k, (low, high) in enumerate(zip(by_core, by_output, strict=True)):
        x = 28 + STEP * k
        bottom, top = (FLOOR - SCALE * (v - LOWEST) for v in (low, high))
        body += [
            line((x, bottom), (x, top), colour=FAINT),
            box(x - 4, bottom - 4, 8, 8, fill=BIT_LINE, colour=BIT_LINE),
            dot(x, top, 4.5, DIGITAL),
            dot(258 + STEP * k, FLOOR - SCALE * gained[k], 4.5, INK),
        ]
    mean = FLOOR - SCALE * gained.mean()
    body += [
        line((250, mean), (WIDTH - 10, mean), colour=HEATER, dashed=True),
        label(WIDTH - 8, 60, f"mean {gained.mean():.1f} points", anchor="end", colour=HEATER),
        label(110, FLOOR + 22, "ten chips", anchor="middle"),
        label(339, FLOOR + 22, "the same ten", anchor="middle"),
        arrow((212, 120), (240, 120)),
        dot(20, FLOOR + 54, 4.5, DIGITAL),
        label(34, FLOOR + 59, "a scale for each output", colour=DIGITAL),
        box(226, FLOOR + 50, 8, 8, fill=BIT_LINE, colour=BIT_LINE),
        label(242, FLOOR + 59, "one for each core", colour=BIT_LINE),
        label(
            14,
            FLOOR + 90,
            f"scatter {by_core.std(ddof=1):.1f} and {by_output.std(ddof=1):.1f} points;"
            f" of the difference {gained.std(ddof=1):.1f}",
        ),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
