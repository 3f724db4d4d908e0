"""The way of a signal through a core, with the seven places where it picks up an error."""

import style as s

WIDTH, HEIGHT = 440, 356
LEFT, TOP, STEP = 116, 70, 46  # of the array
ROWS, COLUMNS = 4, 4


STAYS = (2, 3, 4, 5)  # with the weights
BOTH = 4  # read noise: its slow part stays, its fast part is new with each vector


def _hollow(x: float, y: float, radius: float) -> str:
    return s.tag("circle", cx=x, cy=y, r=radius, fill=s.PAPER, stroke=s.INK, stroke_width=1.8)


def _disc(x: float, y: float, number: int) -> str:
    """Return the disc of a flaw: filled if it stays, hollow if every vector meets it anew."""
    if number in STAYS:
        ring = _hollow(x, y, 15) if number == BOTH else ""
        return ring + s.flag(x, y, number)
    return _hollow(x, y, 11) + s.label(x, y + 5, str(number), "middle", bold=True)


def svg() -> str:
    right, bottom = LEFT + (COLUMNS - 1) * STEP, TOP + (ROWS - 1) * STEP
    body = [s.label(20, 24, "digital inputs", colour=s.DIGITAL)]
    for k in range(ROWS):
        y = TOP + k * STEP
        body += [
            s.arrow((4, y), (28, y), colour=s.DIGITAL),
            s.box(30, y - 14, 46, 28, fill=s.WORD_LINE_FILL, colour=s.WORD_LINE, radius=4),
            s.label(53, y + 5, "DAC", "middle"),
            s.line((76, y), (right + 26, y), colour=s.WORD_LINE, width=2),
        ]
    for k in range(COLUMNS):
        x = LEFT + k * STEP
        body += [
            s.line((x, TOP - 16), (x, bottom + 36), colour=s.BIT_LINE, width=2),
            s.box(x - 19, bottom + 38, 38, 28, fill=s.BIT_LINE_FILL, colour=s.BIT_LINE, radius=4),
            s.label(x, bottom + 57, "ADC", "middle"),
            s.arrow((x, bottom + 66), (x, bottom + 90), colour=s.DIGITAL),
        ]
        for j in range(ROWS):
            body.append(s.dot(x, TOP + j * STEP, 6, s.CRYSTAL))
    body += [
        s.box(
            LEFT - 26,
            bottom + 92,
            right - LEFT + 52,
            28,
            fill=s.DIGITAL_FILL,
            colour=s.DIGITAL,
            radius=4,
        ),
        s.label((LEFT + right) / 2, bottom + 111, "digital scale", "middle"),
    ]
    notes = (
        (1, "inputs rounded", TOP - 46),
        (2, "programming", TOP - 8),
        (3, "drift", TOP + 30),
        (4, "read noise", TOP + 68),
        (5, "wires", TOP + 106),
        (6, "output noise", TOP + 144),
        (7, "ADC: rounds\nand saturates", TOP + 182),
    )
    places = {
        1: (53, TOP - 26),
        2: (LEFT, TOP),
        3: (LEFT + STEP, TOP + STEP),
        4: (LEFT + 2 * STEP, TOP + 2 * STEP),
        5: (LEFT + 3 * STEP, TOP + 2.5 * STEP),
        6: (LEFT, bottom + 23),
        7: (LEFT + 2 * STEP, bottom + 77),
    }
    for number, (x, y) in places.items():
        body.append(_disc(x, y, number))
    for number, words, y in notes:
        body += [_disc(312, y, number), s.label(332, y + 5, words)]
    body += [
        s.line((292, TOP - 60), (292, bottom + 118), colour=s.FAINT, width=1),
        s.dot(312, TOP + 224, 7, s.INK),
        s.label(332, TOP + 229, "stays"),
        _hollow(312, TOP + 246, 7),
        s.label(332, TOP + 251, "new each time"),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
