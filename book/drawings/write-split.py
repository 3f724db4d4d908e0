"""Two pairs of different significance, and which of them holds a small and a large weight."""

import style as s

WIDTH, HEIGHT = 445, 302
FLOOR, FULL = 176.0, 84.0  # px
CASES = (  # name, share of the less and of the more significant device, by the plain split
    ("small weight", (0.3, 0.3), (0.9, 0.0)),
    ("large weight", (0.8, 0.8), (0.9, 0.75)),
)


def _pair(x: float, shares: tuple[float, float]) -> str:
    """Return two devices with what they hold."""
    parts = []
    for j, share in enumerate(shares):
        u = x + 38 * j
        parts.append(s.box(u, FLOOR - FULL, 28, FULL, colour=s.FAINT, stroke=1.1))
        if share:
            top, height = FLOOR - share * FULL, share * FULL
            parts.append(s.box(u, top, 28, height, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL))
        parts.append(s.label(u + 14, FLOOR + 20, "× F" if j else "× 1", "middle"))
    return "".join(parts)


def svg() -> str:
    """Return the drawing."""
    parts = []
    for k, (name, plain, best) in enumerate(CASES):
        left = 10 + 222 * k
        parts += [
            s.label(left + 100, 22, name, "middle", bold=True),
            s.label(left + 34, 78, "equal", "middle"),
            s.label(left + 156, 78, "optimised", "middle"),
            _pair(left, plain),
            s.arrow((left + 80, 136), (left + 112, 136), colour=s.DIGITAL, width=2),
            _pair(left + 122, best),
        ]
    parts += [
        s.line((222, 58), (222, 204), colour=s.FAINT, width=1),
        s.box(90, 216, 268, 30, fill=s.DIGITAL_FILL, colour=s.DIGITAL, radius=5),
        s.label(224, 236, "w ~ G_1 + F G_2, added in digital", "middle"),
        s.label(224, 270, "an error of the first device counts once,", "middle"),
        s.label(224, 290, "one of the second counts F times", "middle"),
        s.label(8, 46, "share of full scale that each device holds", colour=s.FAINT),
    ]
    return s.svg_document(WIDTH, HEIGHT, *parts)
