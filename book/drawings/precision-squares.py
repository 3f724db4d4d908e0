"""An error budget as squares: sides are errors, and areas add."""

import math

import style as s

WIDTH, HEIGHT = 450, 330
UNIT, FLOOR = 10.4, 116  # px for a per cent; the foot of the upper row
# What remains of each source after a day, two devices (%): the columns of the budget's table.
SOURCES = (
    ("programming", 7.61, s.WORD_LINE, s.WORD_LINE_FILL),
    ("mean drift", 7.74, s.WORD_LINE, s.WORD_LINE_FILL),
    ("read noise", 7.44, s.WORD_LINE, s.WORD_LINE_FILL),
    ("spread", 3.97, s.WORD_LINE, s.WORD_LINE_FILL),
    ("inputs", 0.39, s.BIT_LINE, s.BIT_LINE_FILL),
    ("outputs", 0.44, s.BIT_LINE, s.BIT_LINE_FILL),
)


def svg() -> str:
    """Return the drawing."""
    parts, x = [], 16.0
    for name, error, colour, fill in SOURCES:
        side = UNIT * error
        room = max(side, 52)
        left = x + (room - side) / 2
        parts += [
            s.box(left, FLOOR - side, side, side, fill=fill, colour=colour),
            s.label(x + room / 2, FLOOR + 20, name, "middle", colour=colour, bold=True),
            s.label(x + room / 2, FLOOR - side - 8, f"{error:.1f}%", "middle"),
        ]
        x += room + 7
    total = math.hypot(*(error for _, error, _, _ in SOURCES))
    side, left, top = UNIT * total, 178, HEIGHT - 12 - UNIT * total
    parts.append(s.arrow((120, 150), (120, 236), (left - 8, 236), width=2))
    parts.append(s.label(12, 226, "areas add", bold=True))
    done = 0.0
    for _, error, colour, fill in SOURCES:
        height = side * error**2 / total**2
        parts.append(s.box(left, top + done, side, height, fill=fill, colour=colour, stroke=1))
        done += height
    parts.append(s.box(left, top, side, side, stroke=2))
    parts.append(s.label(left + side + 12, top + side / 2 - 4, "all together", bold=True))
    parts.append(s.label(left + side + 12, top + side / 2 + 16, f"{total:.1f}%"))
    return s.svg_document(WIDTH, HEIGHT, *parts)
