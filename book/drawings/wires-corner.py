"""Currents in the wires of an array, thicker where more flows, and the way of two devices."""

from style import (
    BIT_LINE,
    BIT_LINE_FILL,
    CRYSTAL,
    CRYSTAL_FILL,
    HEATER,
    WORD_LINE,
    WORD_LINE_FILL,
    arrow,
    box,
    label,
    line,
    svg_document,
    tag,
)

WIDTH, HEIGHT = 446, 326
LEFT, TOP, STEP, LINES = 108, 52, 56, 4


def svg() -> str:
    """Return the drawing."""
    last = LINES - 1
    right, bottom = LEFT + last * STEP, TOP + last * STEP
    parts = []
    for k in range(LINES):
        y = TOP + k * STEP
        parts.append(box(30, y - 14, 44, 28, fill=WORD_LINE_FILL, colour=WORD_LINE, radius=4))
        parts.append(label(52, y + 5, f"V_{k + 1}", anchor="middle"))
        for j in range(LINES):
            start = 74 if j == 0 else LEFT + (j - 1) * STEP
            parts.append(
                line((start, y), (LEFT + j * STEP, y), colour=WORD_LINE, width=1.5 * (LINES - j))
            )
    for j in range(LINES):
        x = LEFT + j * STEP + 14
        parts.append(
            box(x - 22, bottom + 48, 44, 28, fill=BIT_LINE_FILL, colour=BIT_LINE, radius=4)
        )
        parts.append(label(x, bottom + 67, f"I_{j + 1}", anchor="middle"))
        for k in range(LINES):
            y = TOP + k * STEP + 14
            end = bottom + 46 if k == last else y + STEP
            parts.append(line((x, y), (x, end), colour=BIT_LINE, width=1.5 * (k + 1)))
    for k in range(LINES):
        for j in range(LINES):
            x, y = LEFT + j * STEP, TOP + k * STEP
            fill, colour = CRYSTAL_FILL, CRYSTAL
            parts.append(line((x, y), (x + 14, y + 14), colour=colour, width=6))
            parts.append(line((x, y), (x + 14, y + 14), colour=fill, width=3))
    for x, y in ((right, TOP), (LEFT, bottom)):
        parts.append(
            tag("circle", cx=x + 7, cy=y + 7, r=17, fill="none", stroke=HEATER, stroke_width=2.4)
        )
    parts += [
        arrow((right + 58, TOP + 7), (right + 26, TOP + 7), colour=HEATER),
        label(right + 62, TOP + 2, "far corner:\nlongest way", colour=HEATER),
        arrow((right + 58, bottom + 7), (LEFT + 27, bottom + 7), colour=HEATER, width=1.2),
        label(right + 62, bottom + 2, "near corner:\nshortest way", colour=HEATER),
        label(30, 24, "driven left", colour=WORD_LINE, bold=True),
        label(LEFT - 8, HEIGHT - 6, "read at the bottom", colour=BIT_LINE, bold=True),
    ]
    return svg_document(WIDTH, HEIGHT, *parts)
