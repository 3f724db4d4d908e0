"""Two pairs of different significance, and which of them holds a small and a large weight."""

from style import (
    BIT_LINE,
    BIT_LINE_FILL,
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    DIGITAL_FILL,
    FAINT,
    arrow,
    box,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 448, 302
FLOOR, FULL = 176.0, 84.0  # px
CASES = (  # name, share of the less and of the more significant device, by the plain split
    ("small weight", (0.3, 0.3), (0.9, 0.0)),
    ("large weight", (0.8, 0.8), (0.9, 0.75)),
)


def _pair(x: float, shares: tuple[float, float]) -> str:
    """Return two devices with what they hold."""
    parts = []
    colours = ((CRYSTAL_FILL, CRYSTAL), (BIT_LINE_FILL, BIT_LINE))
    for j, (share, (fill, colour)) in enumerate(zip(shares, colours, strict=True)):
        u = x + 38 * j
        parts.append(box(u, FLOOR - FULL, 28, FULL, colour=FAINT, stroke=1.1))
        if share:
            parts.append(box(u, FLOOR - share * FULL, 28, share * FULL, fill=fill, colour=colour))
        parts.append(label(u + 14, FLOOR + 20, "× F" if j else "× 1", anchor="middle"))
    return "".join(parts)


def svg() -> str:
    """Return the drawing."""
    parts = []
    for k, (name, plain, best) in enumerate(CASES):
        left = 10 + 222 * k
        parts += [
            label(left + 100, 22, name, anchor="middle", bold=True),
            label(left + 34, 78, "equal", anchor="middle"),
            label(left + 156, 78, "optimised", anchor="middle"),
            _pair(left, plain),
            arrow((left + 80, 136), (left + 112, 136), colour=DIGITAL, width=2),
            _pair(left + 122, best),
        ]
    parts += [
        line((222, 58), (222, 204), colour=FAINT, width=1),
        box(90, 216, 268, 30, fill=DIGITAL_FILL, colour=DIGITAL, radius=5),
        label(224, 236, "w ~ G_1 + F G_2, added in digital", anchor="middle"),
        label(
            224, 270, "an error of the first device counts once,", anchor="middle", colour=CRYSTAL
        ),
        label(224, 290, "one of the second counts F times", anchor="middle", colour=BIT_LINE),
        label(8, 46, "share of full scale that each device holds", colour=FAINT),
    ]
    return svg_document(WIDTH, HEIGHT, *parts)
