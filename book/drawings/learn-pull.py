"""Why pulses that should cancel do not: steps up and down of one device, and its symmetry point."""

from collections.abc import Callable

from style import (
    BIT_LINE,
    DIGITAL,
    FAINT,
    HEATER,
    INK,
    WORD_LINE,
    arrow,
    dot,
    label,
    line,
    svg_document,
)

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
    return arrow((place(w), height), (place(w) + shift, height), colour=colour, width=2.2)


def svg() -> str:
    middle = place(CENTRE)
    body = [
        arrow((LEFT, FLOOR), (RIGHT + 12, FLOOR), colour=INK),
        label(RIGHT + 26, FLOOR + 5, "w", anchor="end", italic=True),
        line(
            *[(place(w / 20), FLOOR - TALL * up(w / 20)) for w in range(-20, 21)],
            colour=WORD_LINE,
            width=2.2,
        ),
        line(
            *[(place(w / 20), FLOOR - TALL * down(w / 20)) for w in range(-20, 21)],
            colour=BIT_LINE,
            width=2.2,
            dashed=True,
        ),
        label(LEFT, 84, "size of a step up", colour=WORD_LINE, halo=True),
        label(RIGHT - 4, 26, "size of a step down", anchor="end", colour=BIT_LINE, halo=True),
        line((middle, FLOOR - TALL * up(CENTRE)), (middle, 306), colour=DIGITAL, dashed=True),
        dot(middle, FLOOR - TALL * up(CENTRE), 5, DIGITAL),
        label(middle + 8, FLOOR - 12, "symmetry point", colour=DIGITAL, halo=True),
    ]
    for w, y in ((0.55, 226), (-0.85, 226)):
        rise, fall = 70 * up(w), 70 * down(w)
        body += [
            dot(place(w), y, 4, INK),
            step(w, y, rise, WORD_LINE),
            arrow(
                (place(w) + rise, y + 16),
                (place(w) + rise - fall, y + 16),
                colour=BIT_LINE,
                width=2.2,
            ),
            arrow((place(w), y + 40), (place(w) + rise - fall, y + 40), colour=HEATER, width=3),
        ]
    body += [
        label(place(0.55) + 40, 231, "up", colour=WORD_LINE),
        label(place(0.55) + 26, 252, "down", colour=BIT_LINE),
        label(RIGHT + 20, 274, "what is left", anchor="end", colour=HEATER),
        line((LEFT, FLOOR), (LEFT, FLOOR + 5), colour=FAINT),
        label(LEFT, FLOOR + 20, "−1", anchor="middle"),
        line((place(1), FLOOR), (place(1), FLOOR + 5), colour=FAINT),
        label(place(1) - 4, FLOOR + 20, "1", anchor="middle"),
        label(middle, 324, "every pair of pulses pulls towards it", anchor="middle", colour=HEATER),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
