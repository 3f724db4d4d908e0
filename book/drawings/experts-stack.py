"""A stack of tiles with tiers, one tier of each at work; and a flat chip of as many weights."""

import style as s

WIDTH, HEIGHT = 446, 506
TILES, TIERS = 3, 4
WIDE, SKEW, THICK, GAP = 88, 22, 15, 12
LEFT, TOP = 26, 64
SIDE, EDGE, PITCH = 34, 12, 42  # px, seen from above: an array, its converters, a place
FLAT = LEFT + TILES * PITCH + 24
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


def place(x: float, y: float, tiers: int) -> list[str]:
    """Return a tile seen from above, with its converters in front; one tier is at work."""
    lower = [
        s.box(x + 3 * k, y - 3 * k, SIDE, SIDE, fill=s.PAPER, colour=s.FAINT, stroke=1.2)
        for k in range(tiers - 1, 0, -1)
    ]
    return [
        *lower,
        s.box(x, y, SIDE, SIDE, fill=s.WORD_LINE_FILL, colour=s.WORD_LINE, stroke=1.8),
        s.box(x, y + SIDE + 3, SIDE, EDGE, fill=s.BIT_LINE_FILL, colour=s.BIT_LINE),
    ]


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
        s.label(LEFT, floor + 72, "The converters of a tile serve one tier at a time:"),
        s.label(LEFT, floor + 91, "the marked ones multiply, the others hold."),
        s.arrow((WIDTH - 24, floor), (WIDTH - 24, TOP + 6), colour=s.INK),
        s.label(WIDTH - 30, TOP - 4, "tiers", "end", colour=s.INK),
        s.line((LEFT, floor + 106), (WIDTH - 20, floor + 106), colour=s.FAINT, width=1),
    ]
    top = floor + 176
    body += [
        s.label(LEFT, floor + 130, "the same weights from above, to one scale", bold=True),
        s.label(LEFT, floor + 154, "as a stack"),
        s.label(FLAT, floor + 154, "on a flat chip"),
    ]
    for k in range(TILES):
        body += place(LEFT + PITCH * k, top, TIERS)
    across = TILES * TIERS // 2
    for k in range(TILES * TIERS):
        body += place(FLAT + PITCH * (k % across), top + 60 * (k // across), 1)
    body += [
        s.label(LEFT, top + 80, f"{TILES} of {TILES * TIERS}"),
        s.label(LEFT, top + 99, "multiply"),
        s.label(FLAT, top + 132, "all may multiply at once,"),
        s.label(FLAT, top + 151, "on four times the area"),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
