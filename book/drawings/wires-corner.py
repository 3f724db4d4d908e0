"""Currents in the wires of an array, thicker where more flows, and the way of two devices."""

import style as s

WIDTH, HEIGHT = 446, 326
LEFT, TOP, STEP, LINES = 108, 52, 56, 4


def svg() -> str:
    """Return the drawing."""
    last = LINES - 1
    right, bottom = LEFT + last * STEP, TOP + last * STEP
    parts = []
    for k in range(LINES):
        y = TOP + k * STEP
        parts.append(s.box(30, y - 14, 44, 28, fill=s.WORD_LINE_FILL, colour=s.WORD_LINE, radius=4))
        parts.append(s.label(52, y + 5, f"V_{k + 1}", "middle"))
        for j in range(LINES):
            start = 74 if j == 0 else LEFT + (j - 1) * STEP
            parts.append(
                s.line(
                    (start, y), (LEFT + j * STEP, y), colour=s.WORD_LINE, width=1.5 * (LINES - j)
                )
            )
    for j in range(LINES):
        x = LEFT + j * STEP + 14
        parts.append(
            s.box(x - 22, bottom + 48, 44, 28, fill=s.BIT_LINE_FILL, colour=s.BIT_LINE, radius=4)
        )
        parts.append(s.label(x, bottom + 67, f"I_{j + 1}", "middle"))
        for k in range(LINES):
            y = TOP + k * STEP + 14
            end = bottom + 46 if k == last else y + STEP
            parts.append(s.line((x, y), (x, end), colour=s.BIT_LINE, width=1.5 * (k + 1)))
    for k in range(LINES):
        for j in range(LINES):
            x, y = LEFT + j * STEP, TOP + k * STEP
            fill, colour = s.CRYSTAL_FILL, s.CRYSTAL
            parts.append(s.line((x, y), (x + 14, y + 14), colour=colour, width=6))
            parts.append(s.line((x, y), (x + 14, y + 14), colour=fill, width=3))
    for x, y in ((right, TOP), (LEFT, bottom)):
        parts.append(
            s.tag("circle", cx=x + 7, cy=y + 7, r=17, fill="none", stroke=s.INK, stroke_width=2.4)
        )
    parts += [
        s.arrow((right + 58, TOP + 7), (right + 26, TOP + 7), colour=s.INK),
        s.label(right + 62, TOP + 2, "far corner:\nlongest way", colour=s.INK),
        s.arrow((right + 58, bottom + 7), (LEFT + 27, bottom + 7), colour=s.INK, width=1.2),
        s.label(right + 62, bottom + 2, "near corner:\nshortest way", colour=s.INK),
        s.label(30, 24, "driven left", colour=s.WORD_LINE, bold=True),
        s.label(LEFT - 8, HEIGHT - 6, "read at the bottom", colour=s.BIT_LINE, bold=True),
    ]
    return s.svg_document(WIDTH, HEIGHT, *parts)
