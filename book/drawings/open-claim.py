"""Anatomy of a claim: a fraction, and the questions that belong to each of its parts."""

from style import (
    BIT_LINE,
    DIGITAL,
    DIGITAL_FILL,
    FAINT,
    HEATER,
    INK,
    METAL,
    WORD_LINE,
    WORD_LINE_FILL,
    box,
    dot,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 446, 330


def mark(x: float, y: float, n: int, colour: str = HEATER) -> str:
    return dot(x, y, 11, colour) + label(
        x, y + 5, str(n), anchor="middle", colour="var(--pst-color-background, #ffffff)", bold=True
    )


def svg() -> str:
    """Return the drawing."""
    body = [
        label(20, 128, "“1000 ×", size=24, bold=True, colour=HEATER),
        label(20, 150, "better”", size=24, bold=True, colour=HEATER),
        label(128, 132, "=", size=24),
        box(156, 70, 270, 44, fill=DIGITAL_FILL, colour=DIGITAL, radius=6),
        label(291, 97, "energy of the rival", anchor="middle", colour=DIGITAL, bold=True),
        line((150, 125), (432, 125), colour=INK, width=2),
        box(156, 136, 270, 44, fill=WORD_LINE_FILL, colour=WORD_LINE, radius=6),
        label(291, 163, "energy of the new machine", anchor="middle", colour=WORD_LINE, bold=True),
        mark(168, 34, 1, DIGITAL),
        label(186, 39, "which machine, which year?", colour=DIGITAL),
        line((168, 46), (168, 68), colour=FAINT),
        mark(418, 52, 2, DIGITAL),
        label(402, 57, "how many bits, users?", anchor="end", colour=DIGITAL),
        mark(168, 204, 3, WORD_LINE),
        label(186, 209, "measured, simulated or hoped?", colour=WORD_LINE),
        line((168, 182), (168, 192), colour=FAINT),
        mark(168, 232, 4, WORD_LINE),
        label(186, 237, "what is counted, what stays outside?", colour=WORD_LINE),
        line((12, 256), (434, 256), colour=FAINT, width=1, dashed=True),
        mark(30, 282, 5, METAL),
        label(48, 287, "same workload?", colour=METAL),
        mark(190, 282, 6, METAL),
        label(208, 287, "same answers?", colour=METAL),
        mark(342, 282, 7, METAL),
        label(360, 287, "interval?", colour=METAL),
        label(30, 318, "questions for the whole fraction", colour=METAL),
        mark(54, 196, 8, BIT_LINE),
        label(12, 226, "does one", colour=BIT_LINE),
        label(12, 244, "division agree?", colour=BIT_LINE, halo=True),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
