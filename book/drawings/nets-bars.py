"""The bars of an error budget: which flaw is switched on in which of them."""

import style as s

WIDTH = 454
LEFT, STEP, BOX, TOP, ROW = 136, 53, 46, 60, 42
COLUMNS = ("FP", "quant", "noise", "both", "one\nmoment", "chip")
ROWS = (
    ("8-bit numbers", (0, 1, 0, 1, 1, 1), s.DIGITAL_FILL, s.DIGITAL),
    ("wrong weights", (0, 0, 1, 1, 1, 1), s.WORD_LINE_FILL, s.WORD_LINE),
    ("read noise etc.", (0, 0, 0, 0, 1, 1), s.GLASS_FILL, s.GLASS),
    ("new in each read", (0, 0, 0, 0, 0, 1), s.GLASS_FILL, s.GLASS),
)


def svg() -> str:
    """Return the drawing."""
    parts = []
    for k, name in enumerate(COLUMNS):
        x = LEFT + k * STEP
        parts.append(
            s.label(x + BOX / 2, TOP - (30 if "\n" in name else 12), name, "middle", bold=True)
        )
    for j, (words, on, fill, colour) in enumerate(ROWS):
        y = TOP + j * ROW
        parts.append(s.label(LEFT - 10, y + 20, words, "end"))
        for k, present in enumerate(on):
            x = LEFT + k * STEP
            if present:
                parts.append(s.box(x, y, BOX, 30, fill=fill, colour=colour, radius=4))
                parts.append(
                    s.line(
                        (x + BOX / 2 - 8, y + 15),
                        (x + BOX / 2 - 2, y + 21),
                        (x + BOX / 2 + 9, y + 9),
                        colour=colour,
                        width=2.4,
                    )
                )
            else:
                parts.append(s.box(x, y, BOX, 30, colour=s.FAINT, stroke=1, radius=4))
    y = TOP + len(ROWS) * ROW + 14
    parts.append(s.label(12, y, "Empty: exact, as in software."))
    return s.svg_document(WIDTH, y + 14, *parts)
