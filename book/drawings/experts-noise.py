"""Noise tolerance at equal perplexity: the course of a mixture against the level of a small net."""

from style import (
    CRYSTAL,
    DIGITAL,
    FAINT,
    GLASS,
    HEATER,
    INK,
    arrow,
    dot,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 446, 262
LEFT, RIGHT, FLOOR, TALL = 34, 426, 232, 190


def place(noise: float, level: float) -> tuple[float, float]:
    """Return where a point lies; both coordinates run from 0 to 1."""
    return LEFT + (RIGHT - LEFT) * noise, FLOOR - TALL * level


def course(noise: float) -> float:
    """Return the perplexity of the mixture."""
    return 0.12 + 0.9 * noise**2


def svg() -> str:
    """Return the drawing."""
    limit = 0.55
    meets = ((limit - 0.12) / 0.9) ** 0.5
    curve = [place(k / 40, course(k / 40)) for k in range(38)]
    at = place(meets, limit)
    body = [
        arrow((LEFT, FLOOR), (RIGHT + 10, FLOOR), colour=INK),
        arrow((LEFT, FLOOR), (LEFT, 22), colour=INK),
        label(LEFT + 8, 26, "perplexity"),
        label(RIGHT + 8, FLOOR + 20, "weight noise", anchor="end"),
        line(place(0, limit), place(1, limit), colour=DIGITAL, dashed=True, width=2),
        label(LEFT + 8, at[1] - 26, "dense network with as many", colour=DIGITAL, halo=True),
        label(LEFT + 8, at[1] - 8, "multiplications, without noise", colour=DIGITAL, halo=True),
        line(*curve, colour=CRYSTAL, width=2.6),
        label(RIGHT - 62, place(0, 0.84)[1], "mixture", anchor="end", colour=CRYSTAL, bold=True),
        line(at, (at[0], FLOOR), colour=HEATER, dashed=True, width=2),
        dot(*at, 5, HEATER),
        label(at[0] - 24, FLOOR + 20, "tolerated", anchor="middle", colour=HEATER, bold=True),
        arrow((LEFT + 40, place(0, 0.14)[1]), (LEFT + 40, at[1] + 4), colour=GLASS, both=True),
        label(LEFT + 50, at[1] + 20, "what more weights", colour=GLASS, halo=True),
        label(LEFT + 50, at[1] + 38, "have bought", colour=GLASS, halo=True),
        line((LEFT, FLOOR), (LEFT, FLOOR + 5), colour=FAINT),
        label(LEFT, FLOOR + 20, "0", anchor="middle"),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
