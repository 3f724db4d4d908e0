"""A deep layer of ResNet-9, cut along its inputs into eight tiles for eight cores."""

import style as s

WIDTH, HEIGHT = 446, 348
OUTPUTS, INPUTS, PARTS, LINES = 224, 2016, 8, 256
LEFT, TOP, WIDE, TALL = 36, 48, 44, 264  # the matrix
CORE, STEP = 46, 55  # px, a core and from one to the next
ROWS = (TOP, TOP + 92)


def _core(number: int) -> list[str]:
    x, y = 226 + STEP * (number % 4), ROWS[number // 4]
    used = CORE * OUTPUTS / LINES, CORE * INPUTS / PARTS / LINES
    return [
        s.box(x, y, CORE, CORE, fill=s.PAPER),
        s.box(x, y, *used, fill=s.WORD_LINE_FILL, colour=s.WORD_LINE),
        s.label(x + used[0] / 2, y + 29, str(number + 1), "middle"),
        s.line((x + 20, y + CORE + 2), (x + 20, y + CORE + 18), colour=s.DIGITAL),
    ]


def svg() -> str:
    """Return the drawing."""
    parts = [
        s.label(8, 24, "224 outputs, 2,016 inputs", bold=True),
        s.label(226, 24, "eight cores of 256 × 256", bold=True),
        s.box(LEFT, TOP, WIDE, TALL, fill=s.WORD_LINE_FILL, colour=s.WORD_LINE, stroke=2),
        s.label(24, TOP + TALL / 2, "2,016 inputs", "middle", turn=-90),
        s.label(LEFT + WIDE / 2, TOP + TALL + 22, "224 outputs", "middle"),
        s.label(92, TOP + 18, "8 equal parts\nof 252 inputs"),
        s.label(94, TOP + 132, "one tile per core"),
        s.arrow((92, TOP + 144), (214, TOP + 144)),
    ]
    for k in range(1, PARTS):
        y = TOP + TALL * k / PARTS
        parts.append(s.line((LEFT, y), (LEFT + WIDE, y), colour=s.WORD_LINE, dashed=True))
    for number in range(PARTS):
        parts += _core(number)
    low = [y + CORE + 18 for y in ROWS]
    parts += [s.line((246, y), (440, y), colour=s.DIGITAL, width=2.2) for y in low]
    parts += [
        s.arrow((440, low[0]), (440, 258), colour=s.DIGITAL, width=2.2),
        s.box(226, 260, 216, 52, fill=s.DIGITAL_FILL, colour=s.DIGITAL, radius=6),
        s.label(334, 282, "digital sum of 8 partial\nresults, 224 numbers each", "middle"),
    ]
    return s.svg_document(WIDTH, HEIGHT, *parts)
