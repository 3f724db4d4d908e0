"""The two parts of the error of a core as legs of a right triangle, for two ways of programming."""

from style import (
    CRYSTAL,
    CRYSTAL_FILL,
    FAINT,
    GLASS,
    HEATER,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 446, 172
UNIT = 13.4  # px for a per cent
# name, linear part, residual and total (%), where the corner lies
CASES = (("one device", 15.4, 3.9, 15.9, 18), ("two devices", 9.4, 3.1, 9.9, 268))
BASE = 112


def _triangle(name: str, linear: float, residual: float, total: float, left: float) -> str:
    right, top = left + UNIT * linear, BASE - UNIT * residual
    corner = 9
    return "".join(
        [
            label(left, 26, name, bold=True),
            line((left, BASE), (right, BASE), (right, top), fill=CRYSTAL_FILL, closed=True),
            line((left, BASE), (right, BASE), colour=CRYSTAL, width=3.4),
            line((right, BASE), (right, top), colour=GLASS, width=3.4),
            line((left, BASE), (right, top), colour=HEATER, width=3.4),
            line(
                (right - corner, BASE),
                (right - corner, BASE - corner),
                (right, BASE - corner),
                colour=FAINT,
                width=1.2,
            ),
            label((left + right) / 2, BASE + 20, f"{linear:.1f}%", anchor="middle", colour=CRYSTAL),
            label(right + 7, (BASE + top) / 2 + 10, f"{residual:.1f}%", colour=GLASS),
            label(
                (left + right) / 2 - 8,
                (BASE + top) / 2 - 8,
                f"{total:.1f}%",
                anchor="end",
                colour=HEATER,
                bold=True,
            ),
        ]
    )


def svg() -> str:
    """Return the drawing."""
    parts = [_triangle(*case) for case in CASES]
    for x, colour, words in (
        (18, CRYSTAL, "linear: wrong weights"),
        (196, GLASS, "residual: the rest"),
        (350, HEATER, "total"),
    ):
        parts.append(line((x, HEIGHT - 17), (x + 16, HEIGHT - 17), colour=colour, width=3.4))
        parts.append(label(x + 22, HEIGHT - 12, words))
    return svg_document(WIDTH, HEIGHT, *parts)
