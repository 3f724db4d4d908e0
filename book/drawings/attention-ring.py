"""The two rings of an attention head: a token overwrites the oldest key and the oldest value."""

import style as s

WIDTH, HEIGHT = 404, 450
CELL, ROWS = 34, 4
TOKENS = (7, 8, 3, 4, 5, 6)  # what the columns hold; token 8 was written just now
NEW = 1
PULSES = (10, 30, 0, 22, 0, 4)  # widths of the pulses that the columns answer with
LEFT = 84


def grid(top: float, name: str) -> list[str]:
    parts = [
        s.label(
            LEFT + 6 * CELL + 10, top + (20 if top < 100 else -6), name, bold=True, colour=s.CRYSTAL
        )
    ]
    for j in range(6):
        fill = s.METAL_FILL if j == NEW else s.CRYSTAL_FILL
        colour = s.INK if j == NEW else s.CRYSTAL
        parts += [
            s.box(LEFT + CELL * j, top + CELL * i, CELL, CELL, fill=fill, colour=colour, stroke=1.2)
            for i in range(ROWS)
        ]
    return parts


def pulse(x: float, y: float, width: float, colour: str) -> str:
    """Return a pulse that begins at x, 12 high."""
    if width == 0:
        return s.line((x, y), (x + 30, y), colour=colour, width=1.8)
    return s.line(
        *((x, y), (x, y - 12), (x + width, y - 12), (x + width, y), (x + 30, y)),
        colour=colour,
        width=1.8,
    )


def svg() -> str:
    keys, values = 60, 262
    body = [
        s.label(LEFT - 4, 24, "token", "end"),
        *(
            s.label(
                LEFT + CELL * (j + 0.5),
                24,
                str(token),
                "middle",
                bold=j == NEW,
                colour=s.INK if j == NEW else s.CRYSTAL,
            )
            for j, token in enumerate(TOKENS)
        ),
        s.arrow(
            (LEFT + CELL * (NEW + 0.5), 30), (LEFT + CELL * (NEW + 0.5), keys - 3), colour=s.INK
        ),
        s.arrow(
            (LEFT + CELL * (NEW + 0.5) + 8, 44),
            (LEFT + CELL * (NEW + 1.5), 44),
            colour=s.INK,
            width=1.2,
            head=6,
        ),
        s.label(LEFT + CELL * 2.5 + 6, 49, "next", size=13, colour=s.INK),
        *grid(keys, "keys"),
        *grid(values, "values"),
        s.label(8, keys - 4, "query", colour=s.WORD_LINE),
    ]
    for i, width in enumerate((26, 6, 14, 20)):
        y = keys + CELL * (i + 0.5) + 6
        body += [
            pulse(10, y, width, s.WORD_LINE),
            s.line((44, y), (LEFT - 2, y), colour=s.WORD_LINE, width=1.6),
        ]
    between = keys + CELL * ROWS
    body += [
        s.box(LEFT - 6, between + 10, 6 * CELL + 12, 24, radius=5, colour=s.BIT_LINE),
        s.label(LEFT + 3 * CELL, between + 27, "charge → pulse, hard(S)", "middle"),
    ]
    for j, width in enumerate(PULSES):
        x = LEFT + CELL * j
        body += [
            s.line((x + CELL / 2, between), (x + CELL / 2, between + 10), colour=s.BIT_LINE),
            pulse(x + 2, between + 56, width, s.BIT_LINE),
        ]
    for i in range(ROWS):
        y = values + CELL * (i + 0.5)
        body.append(s.arrow((LEFT + 6 * CELL, y), (LEFT + 6 * CELL + 28, y), colour=s.BIT_LINE))
    right = LEFT + 6 * CELL + 28
    body += [
        s.box(
            right, values + 4, 80, CELL * ROWS - 8, fill=s.DIGITAL_FILL, colour=s.DIGITAL, radius=5
        ),
        s.label(right + 40, values + 58, "count,", "middle"),
        s.label(right + 40, values + 76, "then add", "middle"),
        s.label(right + 40, values + 94, "sub-tiles", "middle"),
        s.label(LEFT, values + CELL * ROWS + 22, "columns stay where they are:"),
        s.label(LEFT, values + CELL * ROWS + 40, "token 8 has replaced token 2"),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
