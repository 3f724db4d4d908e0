"""What a team decides, and which of accuracy, energy and area each decision moves."""

import style as s

WIDTH, HEIGHT = 440, 430
X, W, H, GAP = 4, 214, 62, 12
DECISIONS = (
    ("devices", "which, and how many a weight", s.GLASS, s.GLASS_FILL, (0, 1, 2)),
    ("array", "rows and columns of a core", s.WORD_LINE, s.WORD_LINE_FILL, (0, 1, 2)),
    ("converters", "bits, full scale, read mode", s.BIT_LINE, s.BIT_LINE_FILL, (0, 1)),
    ("recovery", "training, programming, drift", s.DIGITAL, s.DIGITAL_FILL, (0,)),
    ("mapping", "cores, copies of layers", s.METAL, s.METAL_FILL, (1, 2)),
)
WORTH = (
    ("accuracy", "on hidden chips,\nafter a day"),
    ("energy", "per image, with\nmode and scope"),
    ("area", "all cores"),
)
BARELY = {("array", 0)}  # through wires, and because each core converts its own part of a sum
RIGHT, HIGH = 310, 88


def svg() -> str:
    body, ends = [], [52 + k * 126 for k in range(3)]
    for k, (name, what, colour, fill, moves) in enumerate(DECISIONS):
        y = 8 + k * (H + GAP)
        body += [
            s.box(X, y, W, H, fill=fill, colour=colour, radius=8),
            s.label(X + 10, y + 25, name, bold=True, colour=colour),
            s.label(X + 10, y + 46, what),
        ]
        for place in moves:
            start = (X + W + 2, y + H / 2 + 8 * (place - 1))
            middle = ends[place] + 6 * (k - 2)
            width, head = (0.7, 5) if (name, place) in BARELY else (1.5, 7)
            body.append(s.arrow(start, (RIGHT - 4, middle), colour=colour, width=width, head=head))
    for y, (name, what) in zip(ends, WORTH, strict=True):
        body += [
            s.box(RIGHT, y - HIGH / 2, WIDTH - RIGHT - 4, HIGH, colour=s.INK, radius=8),
            s.label(RIGHT + 10, y - 16, name, bold=True),
            s.label(RIGHT + 10, y + 6, what),
        ]
    body += [
        s.label(X, HEIGHT - 28, "refused: too few cores, or beyond the limits of"),
        s.label(X, HEIGHT - 10, "area, power, or time between images"),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
