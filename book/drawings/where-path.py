"""The way of a signal through a core, with the seven places where it picks up an error."""

from style import (
    BIT_LINE,
    BIT_LINE_FILL,
    CRYSTAL,
    DIGITAL,
    DIGITAL_FILL,
    FAINT,
    HEATER,
    PAPER,
    WORD_LINE,
    WORD_LINE_FILL,
    arrow,
    box,
    dot,
    label,
    line,
    svg_document,
    tag,
)

WIDTH, HEIGHT = 440, 356
LEFT, TOP, STEP = 116, 70, 46  # of the array
ROWS, COLUMNS = 4, 4


def flag(x: float, y: float, number: int) -> str:
    """Return a numbered disc: here an error comes in."""
    return tag("circle", cx=x, cy=y, r=11, fill=HEATER) + label(
        x, y + 5, str(number), anchor="middle", colour=PAPER, bold=True
    )


def svg() -> str:
    right, bottom = LEFT + (COLUMNS - 1) * STEP, TOP + (ROWS - 1) * STEP
    body = [label(20, 24, "digital inputs", colour=DIGITAL)]
    for k in range(ROWS):
        y = TOP + k * STEP
        body += [
            arrow((4, y), (28, y), colour=DIGITAL),
            box(30, y - 14, 46, 28, fill=WORD_LINE_FILL, colour=WORD_LINE, radius=4),
            label(53, y + 5, "DAC", anchor="middle"),
            line((76, y), (right + 26, y), colour=WORD_LINE, width=2),
        ]
    for k in range(COLUMNS):
        x = LEFT + k * STEP
        body += [
            line((x, TOP - 16), (x, bottom + 36), colour=BIT_LINE, width=2),
            box(x - 19, bottom + 38, 38, 28, fill=BIT_LINE_FILL, colour=BIT_LINE, radius=4),
            label(x, bottom + 57, "ADC", anchor="middle"),
            arrow((x, bottom + 66), (x, bottom + 90), colour=DIGITAL),
        ]
        for j in range(ROWS):
            body.append(dot(x, TOP + j * STEP, 6, CRYSTAL))
    body += [
        box(
            LEFT - 26,
            bottom + 92,
            right - LEFT + 52,
            28,
            fill=DIGITAL_FILL,
            colour=DIGITAL,
            radius=4,
        ),
        label((LEFT + right) / 2, bottom + 111, "digital scale", anchor="middle"),
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
        body.append(flag(x, y, number))
    for number, words, y in notes:
        body += [flag(312, y, number), label(330, y + 5, words)]
    body.append(line((292, TOP - 60), (292, bottom + 118), colour=FAINT, width=1))
    return svg_document(WIDTH, HEIGHT, *body)
