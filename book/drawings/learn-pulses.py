"""An outer product from coincidences: random pulses on three rows and four columns."""

from style import (
    BIT_LINE,
    CRYSTAL,
    CRYSTAL_FILL,
    FAINT,
    INK,
    WORD_LINE,
    arrow,
    box,
    dot,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 440, 330
LEFT, TOP, CELL = 150, 128, 62
SLOTS = 8
ROWS = (0b11011011, 0b01000010, 0b00101000)
COLUMNS = (0b10010010, 0b01101110, 0b00000100, 0b11111101)
ROW_WORDS = ("d_1 large", "d_2 small", "d_3 small")


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
    return line(*points, colour=colour, width=1.5)


def svg() -> str:
    body = [
        label(LEFT - 6, 24, "trains on the columns: p grows with |x_j|", colour=WORD_LINE),
        label(8, TOP - 8, "trains on the rows", colour=BIT_LINE),
    ]
    for i, bits in enumerate(ROWS):
        y = TOP + CELL * i + 26
        body.append(train(8, y, bits, BIT_LINE, True))
        body.append(label(8, y + 18, ROW_WORDS[i], colour=BIT_LINE))
        body.append(arrow((70, y - 4), (LEFT - 8, y - 4), colour=BIT_LINE))
    for j, bits in enumerate(COLUMNS):
        x = LEFT + CELL * j + 30
        body.append(train(x, 38, bits, WORD_LINE, False))
        body.append(label(x + 8, 74, f"x_{j + 1}", colour=WORD_LINE))
        body.append(arrow((x - 5, 100), (x - 5, TOP - 4), colour=WORD_LINE))
    for i, row in enumerate(ROWS):
        for j, column in enumerate(COLUMNS):
            x, y = LEFT + CELL * j, TOP + CELL * i
            together = (row & column).bit_count()
            body.append(box(x, y, CELL - 8, CELL - 14, fill=CRYSTAL_FILL, colour=CRYSTAL, radius=4))
            body += [dot(x + 10 + 11 * k, y + 14, 4, CRYSTAL) for k in range(min(together, 4))]
            body += [dot(x + 10 + 11 * k, y + 26, 4, CRYSTAL) for k in range(max(together - 4, 0))]
            body.append(label(x + CELL - 16, y + 42, str(together), anchor="end", colour=INK))
    body.append(
        line((LEFT, HEIGHT - 22), (LEFT + 4 * CELL - 8, HEIGHT - 22), colour=FAINT, width=1)
    )
    body.append(label(LEFT, HEIGHT - 6, "a step wherever two pulses meet", colour=CRYSTAL))
    return svg_document(WIDTH, HEIGHT, *body)
