"""What A* measures: the way from guessing to floating point, and the share that a chip keeps."""

import style as s

WIDTH, HEIGHT = 440, 236
LEFT, RIGHT, Y = 30, 410, 92


def place(share: float) -> float:
    return LEFT + (RIGHT - LEFT) * share


def svg() -> str:
    body = [
        s.line((LEFT, Y), (RIGHT, Y), width=3, colour=s.FAINT),
        s.line((LEFT, Y), (place(0.75), Y), width=5, colour=s.DIGITAL),
        s.line((place(0.75), Y), (RIGHT, Y), width=5, colour=s.HEATER),
    ]
    for share, above, below, colour in (
        (0.0, "guessing", "A* = 0", s.INK),
        (0.75, "on the chip", "A* = 75%", s.BIT_LINE),
        (1.0, "floating point", "100%", s.INK),
    ):
        anchor = "start" if share == 0 else "end" if share == 1 else "middle"
        x = place(share) + (-12 if share == 0 else 12 if share == 1 else 0)
        high = Y - 18 if share != 0.75 else Y - 44
        body += [
            s.dot(place(share), Y, 6, colour),
            s.label(x, high, above, anchor, colour=colour, bold=True),
            s.label(x, Y + 28, below, anchor, colour=colour),
        ]
    body += [
        s.line((place(0.75), Y - 38), (place(0.75), Y - 8), colour=s.BIT_LINE, width=1.2),
        s.arrow((LEFT, Y + 50), (place(0.75), Y + 50), colour=s.DIGITAL, both=True),
        s.label(
            (LEFT + place(0.75)) / 2, Y + 70, "what the chip keeps", "middle", colour=s.DIGITAL
        ),
        s.arrow((place(0.75), Y + 50), (RIGHT, Y + 50), colour=s.HEATER, both=True),
        s.label(RIGHT + 12, Y + 70, "what it lost", "end", colour=s.HEATER),
        s.label(LEFT - 12, Y + 104, "A* divides by the whole way, so that ten classes and"),
        s.label(LEFT - 12, Y + 124, "a thousand classes can stand in one table."),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
