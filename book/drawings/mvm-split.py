"""The two parts of the error of a core as legs of a right triangle, for two ways of programming."""

import style as s

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
            s.label(left, 26, name, bold=True),
            s.line((left, BASE), (right, BASE), (right, top), fill=s.WORD_LINE_FILL, closed=True),
            s.line((left, BASE), (right, BASE), colour=s.WORD_LINE, width=3.4),
            s.line((right, BASE), (right, top), colour=s.METAL, width=3.4),
            s.line((left, BASE), (right, top), colour=s.INK, width=3.4),
            s.line(
                (right - corner, BASE),
                (right - corner, BASE - corner),
                (right, BASE - corner),
                colour=s.FAINT,
                width=1.2,
            ),
            s.label((left + right) / 2, BASE + 20, f"{linear:.1f}%", "middle", colour=s.WORD_LINE),
            s.label(right + 7, (BASE + top) / 2 + 10, f"{residual:.1f}%", colour=s.METAL),
            s.label(
                (left + right) / 2 - 8,
                (BASE + top) / 2 - 8,
                f"{total:.1f}%",
                "end",
                colour=s.INK,
                bold=True,
            ),
        ]
    )


def svg() -> str:
    """Return the drawing."""
    parts = [_triangle(*case) for case in CASES]
    for x, colour, words in (
        (18, s.WORD_LINE, "linear: wrong weights"),
        (196, s.METAL, "residual: the rest"),
        (350, s.INK, "total"),
    ):
        parts.append(s.line((x, HEIGHT - 17), (x + 16, HEIGHT - 17), colour=colour, width=3.4))
        parts.append(s.label(x + 22, HEIGHT - 12, words))
    return s.svg_document(WIDTH, HEIGHT, *parts)
