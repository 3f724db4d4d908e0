"""Noise tolerance at equal perplexity: the course of a mixture against the level of a small net."""

import style as s

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
        s.arrow((LEFT, FLOOR), (RIGHT + 10, FLOOR), colour=s.INK),
        s.arrow((LEFT, FLOOR), (LEFT, 22), colour=s.INK),
        s.label(LEFT + 8, 26, "perplexity"),
        s.label(RIGHT + 8, FLOOR + 20, "weight noise", "end"),
        s.line(place(0, limit), place(1, limit), colour=s.METAL, dashed=True, width=2),
        s.label(LEFT + 8, at[1] - 26, "dense network with as many", colour=s.METAL, halo=True),
        s.label(LEFT + 8, at[1] - 8, "multiplications, without noise", colour=s.METAL, halo=True),
        s.line(*curve, colour=s.CRYSTAL, width=2.6),
        s.label(RIGHT - 62, place(0, 0.84)[1], "mixture", "end", colour=s.CRYSTAL, bold=True),
        s.line(at, (at[0], FLOOR), dashed=True, width=2),
        s.dot(*at, 5),
        s.label(at[0] - 24, FLOOR + 20, "tolerated", "middle", bold=True),
        s.arrow((LEFT + 40, place(0, 0.14)[1]), (LEFT + 40, at[1] + 4), both=True),
        s.label(LEFT + 50, at[1] + 20, "the lead that more", halo=True),
        s.label(LEFT + 50, at[1] + 38, "weights have bought", halo=True),
        s.line((LEFT, FLOOR), (LEFT, FLOOR + 5), colour=s.FAINT),
        s.label(LEFT, FLOOR + 20, "0", "middle"),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
