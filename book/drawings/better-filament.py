"""A ReRAM cell in cross-section: with its filament whole, broken, and a day later."""

from style import (
    FAINT,
    INK,
    METAL,
    METAL_FILL,
    OXIDE,
    OXIDE_FILL,
    arrow,
    box,
    dot,
    label,
    svg_document,
)

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
            label(x + CELL / 2, 32, words, anchor="middle"),
            box(x, TOP, CELL, THICK, fill=METAL_FILL, colour=METAL),
            box(x, TOP + THICK, CELL, GAP, fill=OXIDE_FILL, colour=OXIDE),
            box(x, TOP + THICK + GAP, CELL, THICK, fill=METAL_FILL, colour=METAL),
            *(dot(x + u, TOP + THICK + v, 5.5, INK) for u, v in dots),
        ]
        if k:
            y = TOP + THICK + GAP / 2
            body.append(arrow((x - 30, y), (x - 6, y), colour=FAINT))
    body += [
        label(12, TOP + 2 * THICK + GAP + 24, "electrodes", colour=METAL),
        label(162, TOP + 2 * THICK + GAP + 24, "insulator", colour=OXIDE),
        label(312, TOP + 2 * THICK + GAP + 24, "filament", colour=INK),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
