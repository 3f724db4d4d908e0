"""The two rings of an attention head: a token overwrites the oldest key and the oldest value."""

from style import (
    BIT_LINE,
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    DIGITAL_FILL,
    HEATER,
    HEATER_FILL,
    WORD_LINE,
    arrow,
    box,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 404, 450
CELL, ROWS = 34, 4
TOKENS = (7, 8, 3, 4, 5, 6)  # what the columns hold; token 8 was written just now
NEW = 1
PULSES = (10, 30, 0, 22, 0, 4)  # widths of the pulses that the columns answer with
LEFT = 84


def grid(top: float, name: str) -> list[str]:
    parts = [
        label(
            LEFT + 6 * CELL + 10, top + (20 if top < 100 else -6), name, bold=True, colour=CRYSTAL
        )
    ]
    for j in range(6):
        fill = HEATER_FILL if j == NEW else CRYSTAL_FILL
        colour = HEATER if j == NEW else CRYSTAL
        parts += [
            box(LEFT + CELL * j, top + CELL * i, CELL, CELL, fill=fill, colour=colour, stroke=1.2)
            for i in range(ROWS)
        ]
    return parts


def pulse(x: float, y: float, width: float, colour: str) -> str:
    """Return a pulse that begins at x, 12 high."""
    if width == 0:
        return line((x, y), (x + 30, y), colour=colour, width=1.8)
    return line(
        *((x, y), (x, y - 12), (x + width, y - 12), (x + width, y), (x + 30, y)),
        colour=colour,
        width=1.8,
    )


def svg() -> str:
    keys, values = 60, 262
    body = [
        label(LEFT - 4, 24, "token", anchor="end"),
        *(
            label(
                LEFT + CELL * (j + 0.5),
                24,
                str(token),
                anchor="middle",
                bold=j == NEW,
                colour=HEATER if j == NEW else CRYSTAL,
            )
            for j, token in enumerate(TOKENS)
        ),
        arrow(
            (LEFT + CELL * (NEW + 0.5), 30), (LEFT + CELL * (NEW + 0.5), keys - 3), colour=HEATER
        ),
        arrow(
            (LEFT + CELL * (NEW + 0.5) + 8, 44),
            (LEFT + CELL * (NEW + 1.5), 44),
            colour=HEATER,
            width=1.2,
            head=6,
        ),
        label(LEFT + CELL * 2.5 + 6, 49, "next", size=13, colour=HEATER),
        *grid(keys, "keys"),
        *grid(values, "values"),
        label(8, keys - 4, "query", colour=WORD_LINE),
    ]
    for i, width in enumerate((26, 6, 14, 20)):
        y = keys + CELL * (i + 0.5) + 6
        body += [
            pulse(10, y, width, WORD_LINE),
            line((44, y), (LEFT - 2, y), colour=WORD_LINE, width=1.6),
        ]
    between = keys + CELL * ROWS
    body += [
        box(LEFT - 6, between + 10, 6 * CELL + 12, 24, radius=5, colour=BIT_LINE),
        label(LEFT + 3 * CELL, between + 27, "charge → pulse, φ(S)", anchor="middle"),
    ]
    for j, width in enumerate(PULSES):
        x = LEFT + CELL * j
        body += [
            line((x + CELL / 2, between), (x + CELL / 2, between + 10), colour=BIT_LINE),
            pulse(x + 2, between + 56, width, BIT_LINE),
        ]
    for i in range(ROWS):
        y = values + CELL * (i + 0.5)
        body.append(arrow((LEFT + 6 * CELL, y), (LEFT + 6 * CELL + 28, y), colour=BIT_LINE))
    right = LEFT + 6 * CELL + 28
    body += [
        box(right, values + 4, 80, CELL * ROWS - 8, fill=DIGITAL_FILL, colour=DIGITAL, radius=5),
        label(right + 40, values + 58, "count,", anchor="middle"),
        label(right + 40, values + 76, "then add", anchor="middle"),
        label(right + 40, values + 94, "sub-tiles", anchor="middle"),
        label(LEFT, values + CELL * ROWS + 22, "columns stay where they are:"),
        label(LEFT, values + CELL * ROWS + 40, "token 8 has replaced token 2"),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
