"""Why pulses that should cancel do not: steps up and down of one device, and its symmetry point."""

from collections.abc import Callable

import style as s

WIDTH, HEIGHT = 440, 330
LEFT, RIGHT, FLOOR, TALL = 30, 410, 190, 130
CENTRE = -0.3


def place(w: float) -> float:
    return LEFT + (RIGHT - LEFT) * (w + 1) / 2


def up(w: float) -> float:
    return (1 + CENTRE) * (1 - w) / 2


def down(w: float) -> float:
    return (1 - CENTRE) * (1 + w) / 2


def curve(size: Callable[[float], float]) -> list[tuple[float, float]]:
    return [(place(w / 20), FLOOR - TALL * size(w / 20)) for w in range(-20, 21)]


def step(w: float, height: float, shift: float, colour: str) -> str:
    return s.arrow((place(w), height), (place(w) + shift, height), colour=colour, width=2.2)


def svg() -> str:
    middle = place(CENTRE)
    body = [
        s.arrow((LEFT, FLOOR), (RIGHT + 12, FLOOR), colour=s.INK),
        s.label(RIGHT + 26, FLOOR + 5, "w", "end", italic=True),
        s.line(
            *[(place(w / 20), FLOOR - TALL * up(w / 20)) for w in range(-20, 21)],
            colour=s.WORD_LINE,
            width=2.2,
        ),
        s.line(
            *[(place(w / 20), FLOOR - TALL * down(w / 20)) for w in range(-20, 21)],
            colour=s.BIT_LINE,
            width=2.2,
            dashed=True,
        ),
        s.label(LEFT, 84, "size of a step up", colour=s.WORD_LINE, halo=True),
        s.label(334, 38, "size of a step down", "end", colour=s.BIT_LINE, halo=True),
        s.line((middle, FLOOR - TALL * up(CENTRE)), (middle, 306), colour=s.INK, dashed=True),
        s.dot(middle, FLOOR - TALL * up(CENTRE), 5, s.INK),
        s.label(middle + 8, FLOOR - 12, "symmetry point", colour=s.INK, halo=True),
    ]
    for w, y in ((0.55, 226), (-0.85, 226)):
        rise, fall = 70 * up(w), 70 * down(w)
        body += [
            s.dot(place(w), y, 4, s.INK),
            step(w, y, rise, s.WORD_LINE),
            s.arrow(
                (place(w) + rise, y + 16),
                (place(w) + rise - fall, y + 16),
                colour=s.BIT_LINE,
                width=2.2,
            ),
            s.arrow((place(w), y + 40), (place(w) + rise - fall, y + 40), colour=s.INK, width=3),
        ]
    body += [
        s.label(place(0.55) + 40, 231, "up", colour=s.WORD_LINE),
        s.label(place(0.55) + 26, 252, "down", colour=s.BIT_LINE),
        s.label(RIGHT + 20, 274, "what is left", "end", colour=s.INK),
        s.line((LEFT, FLOOR), (LEFT, FLOOR + 5), colour=s.FAINT),
        s.label(LEFT, FLOOR + 20, "−1", "middle"),
        s.line((place(1), FLOOR), (place(1), FLOOR + 5), colour=s.FAINT),
        s.label(place(1) - 4, FLOOR + 20, "1", "middle"),
        s.label(middle, 324, "every pair of pulses pulls towards it", "middle", colour=s.INK),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
