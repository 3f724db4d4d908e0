"""A ReRAM cell in cross-section: with its filament whole, broken, and a day later."""

import style as s

WIDTH, HEIGHT = 440, 236
CELL, TOP, THICK, GAP = 116, 58, 22, 84
FULL = ((58, 8), (52, 20), (60, 32), (55, 44), (62, 56), (57, 68), (50, 76), (66, 78), (48, 70))
PARTLY = ((58, 42), (55, 52), (62, 60), (57, 70), (50, 76), (66, 78), (48, 68))
LATER = ((58, 30), (50, 46), (66, 54), (57, 66), (44, 76), (70, 78), (48, 62))


def svg() -> str:
    """Return the drawing."""
    body = []
    cells = (("conducts well", FULL), ("conducts less", PARTLY), ("a day later", LATER))
    for k, (words, dots) in enumerate(cells):
        x = 12 + 150 * k
        body += [
            s.label(x + CELL / 2, 32, words, "middle"),
            s.box(x, TOP, CELL, THICK, fill=s.METAL_FILL, colour=s.METAL),
            s.box(x, TOP + THICK, CELL, GAP, fill=s.OXIDE_FILL, colour=s.OXIDE),
            s.box(x, TOP + THICK + GAP, CELL, THICK, fill=s.METAL_FILL, colour=s.METAL),
            *(s.dot(x + u, TOP + THICK + v, 5.5, s.INK) for u, v in dots),
        ]
        if k:
            y = TOP + THICK + GAP / 2
            body.append(s.arrow((x - 30, y), (x - 6, y), colour=s.FAINT))
    body += [
        s.label(12, TOP + 2 * THICK + GAP + 24, "electrodes", colour=s.METAL),
        s.label(162, TOP + 2 * THICK + GAP + 24, "insulator", colour=s.OXIDE),
        s.label(312, TOP + 2 * THICK + GAP + 24, "filament", colour=s.INK),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
