"""An outer product from coincidences: random pulses on three rows and four columns."""

import style as s

WIDTH, HEIGHT = 440, 330
LEFT, TOP, CELL = 150, 128, 62
SLOTS = 8
ROWS = (0b11011011, 0b01000010, 0b00101000)
COLUMNS = (0b10010010, 0b01101110, 0b00000100, 0b11111101)
ROW_WORDS = ("δ_1 large", "δ_2 small", "δ_3 small")


def train(x: float, y: float, bits: int, colour: str, across: bool) -> str:
    """Return a train of pulses, along a row or up a column."""
    points = []
    length, height = 7.0, 14.0
    for k in range(SLOTS):
        high = height if bits >> (SLOTS - 1 - k) & 1 else 0.0
        for step in (0.0, 0.75, 0.75, 1.0):
            level = high if step in (0.0,) or (step == 0.75 and len(points) % 4 == 1) else 0.0
            points.append(
                (x + length * (k + step), y - level)
                if across
                else (x - level, y + length * (k + step))
            )
    return s.line(*points, colour=colour, width=1.5)


def svg() -> str:
    body = [
        s.label(LEFT - 6, 24, "trains on the columns: p grows with |x_j|", colour=s.WORD_LINE),
        s.label(8, TOP - 8, "trains on the rows", colour=s.BIT_LINE),
    ]
    for i, bits in enumerate(ROWS):
        y = TOP + CELL * i + 26
        body.append(train(8, y, bits, s.BIT_LINE, True))
        body.append(s.label(8, y + 18, ROW_WORDS[i], colour=s.BIT_LINE))
        body.append(s.arrow((70, y - 4), (LEFT - 8, y - 4), colour=s.BIT_LINE))
    for j, bits in enumerate(COLUMNS):
        x = LEFT + CELL * j + 30
        body.append(train(x, 38, bits, s.WORD_LINE, False))
        body.append(s.label(x + 8, 74, f"x_{j + 1}", colour=s.WORD_LINE))
        body.append(s.arrow((x - 5, 100), (x - 5, TOP - 4), colour=s.WORD_LINE))
    for i, row in enumerate(ROWS):
        for j, column in enumerate(COLUMNS):
            x, y = LEFT + CELL * j, TOP + CELL * i
            together = (row & column).bit_count()
            body.append(
                s.box(x, y, CELL - 8, CELL - 14, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL, radius=4)
            )
            body += [s.dot(x + 10 + 11 * k, y + 14, 4, s.CRYSTAL) for k in range(min(together, 4))]
            body += [
                s.dot(x + 10 + 11 * k, y + 26, 4, s.CRYSTAL) for k in range(max(together - 4, 0))
            ]
            body.append(s.label(x + CELL - 16, y + 42, str(together), "end", colour=s.INK))
    body.append(
        s.line((LEFT, HEIGHT - 22), (LEFT + 4 * CELL - 8, HEIGHT - 22), colour=s.FAINT, width=1)
    )
    body.append(s.label(LEFT, HEIGHT - 6, "a step wherever two pulses meet", colour=s.CRYSTAL))
    return s.svg_document(WIDTH, HEIGHT, *body)
