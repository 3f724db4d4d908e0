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
        s.arrow((LEFT, FLOOR), (LEFT, 34), colour=s.INK),
        s.label(8, 24, "size of a step (mean = 1)"),
        s.label(LEFT + 10, 88, "step up", colour=s.WORD_LINE, halo=True),
        s.label(334, 50, "step down", "end", colour=s.BIT_LINE, halo=True),
        s.line((middle, FLOOR - TALL * up(CENTRE)), (middle, 306), colour=s.INK, dashed=True),
        s.dot(middle, FLOOR - TALL * up(CENTRE), 5, s.INK),
        s.label(middle + 8, FLOOR - 12, "symmetry point", colour=s.INK, halo=True),
    ]
    for size in (1, 2):  # a mean step is half a unit of the curves
        height = FLOOR - TALL * size / 2
        body += [
            s.line((LEFT - 5, height), (LEFT, height), colour=s.INK),
            s.label(LEFT - 9, height + 5, f"{size}", "end"),
        ]
    for w, y in ((0.55, 226), (-0.7, 226)):
        rise, fall = 100 * up(w), 100 * down(w)
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
        s.label(place(0.55) + 40, 231, f"up, {2 * up(0.55):.1f}", colour=s.WORD_LINE),
        s.label(place(0.55) + 26, 252, f"down, {2 * down(0.55):.1f}", colour=s.BIT_LINE),
        s.label(place(-0.7) - 10, 231, f"{2 * up(-0.7):.1f}", "end", colour=s.WORD_LINE),
        s.label(place(-0.7) - 10, 247, f"{2 * down(-0.7):.1f}", "end", colour=s.BIT_LINE),
        s.label(RIGHT + 20, 274, "what is left", "end", colour=s.INK),
        s.line((LEFT, FLOOR), (LEFT, FLOOR + 5), colour=s.FAINT),
        s.label(LEFT, FLOOR + 20, "−1", "middle"),
        s.line((place(1), FLOOR), (place(1), FLOOR + 5), colour=s.FAINT),
        s.label(place(1) - 4, FLOOR + 20, "1", "middle"),
        s.label(middle, 324, "every pair of pulses pulls towards it", "middle", colour=s.INK),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
