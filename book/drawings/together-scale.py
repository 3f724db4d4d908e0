"""What A* measures: the way from guessing to floating point, and the share that a chip keeps."""

from style import BIT_LINE, DIGITAL, FAINT, HEATER, INK, arrow, dot, label, line, svg_document

WIDTH, HEIGHT = 440, 236
LEFT, RIGHT, Y = 30, 410, 92


def place(share: float) -> float:
    return LEFT + (RIGHT - LEFT) * share


def svg() -> str:
    body = [
        line((LEFT, Y), (RIGHT, Y), width=3, colour=FAINT),
        line((LEFT, Y), (place(0.75), Y), width=5, colour=DIGITAL),
        line((place(0.75), Y), (RIGHT, Y), width=5, colour=HEATER),
    ]
    for share, above, below, colour in (
        (0.0, "guessing", "A* = 0", INK),
        (0.75, "on the chip", "A* = 75%", BIT_LINE),
        (1.0, "floating point", "100%", INK),
    ):
        anchor = "start" if share == 0 else "end" if share == 1 else "middle"
        x = place(share) + (-12 if share == 0 else 12 if share == 1 else 0)
        high = Y - 18 if share != 0.75 else Y - 44
        body += [
            dot(place(share), Y, 6, colour),
            label(x, high, above, anchor=anchor, colour=colour, bold=True),
            label(x, Y + 28, below, anchor=anchor, colour=colour),
        ]
    body += [
        line((place(0.75), Y - 38), (place(0.75), Y - 8), colour=BIT_LINE, width=1.2),
        arrow((LEFT, Y + 50), (place(0.75), Y + 50), colour=DIGITAL, both=True),
        label(
            (LEFT + place(0.75)) / 2, Y + 70, "what the chip keeps", anchor="middle", colour=DIGITAL
        ),
        arrow((place(0.75), Y + 50), (RIGHT, Y + 50), colour=HEATER, both=True),
        label(RIGHT + 12, Y + 70, "what it lost", anchor="end", colour=HEATER),
        label(LEFT - 12, Y + 104, "A* divides by the whole way, so that ten classes and"),
        label(LEFT - 12, Y + 124, "a thousand classes can stand in one table."),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
