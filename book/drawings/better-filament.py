"""A ReRAM cell in cross-section: its filament in contact, with a gap, and the gap a day later."""

import style as s

WIDTH, HEIGHT = 440, 236
CELL, TOP, THICK, GAP = 116, 58, 22, 84
STEP = 11  # px, from atom to atom
WHOLE = (50, 54, 61, 57, 52, 58, 63, 56)  # px, places across, from the upper electrode down
SIDE = ((44, 7), (70, 7), (45, 6), (67, 5))  # the broad foot: place, and how many steps down
LATER = (None, None, None, 44, 65, 46, 50, 68)  # the same atoms as in the middle, moved


def _atoms(places: tuple[int | None, ...]) -> list[tuple[float, float]]:
    return [(u, 3.5 + STEP * k) for k, u in enumerate(places) if u is not None]


def svg() -> str:
    """Return the drawing."""
    foot = [(u, 3.5 + STEP * k) for u, k in SIDE]
    broken = [(u, v) for u, v in _atoms(WHOLE) if v > 3 * STEP] + foot
    later = [*_atoms(LATER), (38, 3.5 + 7 * STEP), (77, 3.5 + 7 * STEP), (39, 3.5 + 6 * STEP)]
    cells = (
        ("conducts well", _atoms(WHOLE) + foot, []),
        ("conducts less", broken, []),
        ("a day later", later, broken),
    )
    body = []
    for k, (words, dots, before) in enumerate(cells):
        x = 12 + 150 * k
        inner = TOP + THICK
        body += [
            s.label(x + CELL / 2, 32, words, "middle"),
            s.box(x, TOP, CELL, THICK, fill=s.METAL_FILL, colour=s.METAL),
            s.box(x, inner, CELL, GAP, fill=s.OXIDE_FILL, colour=s.OXIDE),
            s.box(x, inner + GAP, CELL, THICK, fill=s.METAL_FILL, colour=s.METAL),
            *(s.dot(x + u, inner + v, 5.5, s.OXIDE) for u, v in before),
            *(s.dot(x + u, inner + v, 5.5, s.INK) for u, v in dots),
        ]
        if k == 1:
            body += [
                s.arrow((x + 30, inner + 14), (x + 30, inner + 1), colour=s.INK),
                s.arrow((x + 30, inner + 14), (x + 30, inner + 3 * STEP), colour=s.INK),
                s.label(x + 38, inner + 22, "gap"),
            ]
        if k:
            y = TOP + THICK + GAP / 2
            body.append(s.arrow((x - 30, y), (x - 6, y), colour=s.FAINT))
    below = TOP + 2 * THICK + GAP + 24
    body += [
        s.label(12, below, "electrodes", colour=s.METAL),
        s.label(162, below, "insulator", colour=s.OXIDE),
        s.label(312, below, "filament", colour=s.INK),
        s.label(312, below + 20, "(pale: before)", colour=s.OXIDE),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
