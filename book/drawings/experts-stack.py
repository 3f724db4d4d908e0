"""A stack of tiles with tiers, one tier of each at work; and a flat chip of as many weights."""

import style as s

WIDTH, HEIGHT = 446, 396
TILES, TIERS = 3, 4
WIDE, SKEW, THICK, GAP = 88, 22, 15, 12
LEFT, TOP = 26, 64
AT_WORK = (1, 3, 0)  # tier of each tile, from the bottom


def tier(x: float, y: float, busy: bool) -> str:
    """Return a slab seen from above and in front."""
    corners = ((x, y), (x + SKEW, y - 12), (x + SKEW + WIDE, y - 12), (x + WIDE, y))
    colour, fill = (s.WORD_LINE, s.WORD_LINE_FILL) if busy else (s.FAINT, s.PAPER)
    width = 2.6 if busy else 1.2
    parts = [s.line(*corners, colour=colour, fill=fill, closed=True, width=width)]
    for k in range(1, 5):
        shift = WIDE * k / 5
        parts.append(s.line((x + shift, y), (x + shift + SKEW, y - 12), colour=colour, width=0.8))
    return "".join(parts)


def svg() -> str:
    """Return the drawing."""
    body = [s.label(LEFT, 20, "tiles side by side, tiers on top of each other", bold=True)]
    floor = TOP + TIERS * (THICK + GAP)
    for tile, at_work in enumerate(AT_WORK):
        x = LEFT + tile * (WIDE + SKEW + 26)
        for k in range(TIERS):
            y = floor - k * (THICK + GAP)
            body.append(tier(x, y, k == at_work))
        y = floor - at_work * (THICK + GAP)
        side = x + WIDE + SKEW + 4
        body.append(s.line((x + WIDE, y), (x + WIDE, floor + 22), colour=s.BIT_LINE, width=2.2))
        body.append(
            s.box(x, floor + 22, WIDE, 26, colour=s.BIT_LINE, fill=s.BIT_LINE_FILL, radius=3)
        )
        body.append(s.label(x + WIDE / 2, floor + 40, "converters", "middle", colour=s.BIT_LINE))
        body.append(s.label(side - 2, floor + 40, f"{tile + 1}", colour=s.FAINT))
    body += [
        s.label(
            LEFT,
            floor + 72,
            "The converters of a tile serve one tier at a time:",
            colour=s.BIT_LINE,
        ),
        s.label(LEFT, floor + 91, "the marked ones multiply, the others hold.", colour=s.INK),
        s.line((LEFT, floor + 106), (WIDTH - 20, floor + 106), colour=s.FAINT, width=1),
        s.label(LEFT, floor + 130, "the same weights on a flat chip", bold=True),
    ]
    small, y = 25, floor + 142
    for k in range(TILES * TIERS):
        x = LEFT + k * (small + 7)
        body.append(s.box(x, y, small, 18, colour=s.WORD_LINE, fill=s.WORD_LINE_FILL, stroke=1.8))
        body.append(s.box(x, y + 21, small, 9, colour=s.BIT_LINE, fill=s.BIT_LINE_FILL))
    body += [
        s.label(
            LEFT,
            y + 50,
            "converters for every matrix: all may multiply at once,",
            colour=s.BIT_LINE,
        ),
        s.label(LEFT, y + 69, "on four times the area", colour=s.BIT_LINE),
        s.arrow((WIDTH - 24, floor), (WIDTH - 24, TOP + 6), colour=s.INK),
        s.label(WIDTH - 30, TOP - 4, "tiers", "end", colour=s.INK),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
