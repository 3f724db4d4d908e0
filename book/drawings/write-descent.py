"""The loop of gradient-descent programming: products in, an error of every weight out, pulses."""

import style as s

WIDTH, HEIGHT = 445, 330


def _array(x: float, y: float, side: float) -> str:
    parts = [s.box(x, y, side, side, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL)]
    for k in range(1, 6):
        step = k * side / 6
        parts.append(s.line((x, y + step), (x + side, y + step), colour=s.WORD_LINE, width=1))
        parts.append(s.line((x + step, y), (x + step, y + side), colour=s.BIT_LINE, width=1))
    parts.append(s.box(x + 20, y + 32, side - 40, 30, fill=s.PAPER, colour=s.CRYSTAL, radius=4))
    parts.append(s.label(x + side / 2, y + 52, "Ŵ", "middle", italic=True))
    return "".join(parts)


def _step(x: float, y: float, width: float, title: str, words: str) -> str:
    return (
        s.box(x, y, width, 50, fill=s.DIGITAL_FILL, colour=s.DIGITAL, radius=5)
        + s.label(x + width / 2, y + 20, title, "middle", bold=True)
        + s.label(x + width / 2, y + 40, words, "middle")
    )


def svg() -> str:
    """Return the drawing."""
    x, y, side = 62, 56, 96
    parts = [
        s.label(6, y + 34, "X", italic=True, colour=s.WORD_LINE, size=16),
        s.label(4, 20, "random vectors", colour=s.WORD_LINE),
        s.arrow((14, 28), (14, y + 18), colour=s.WORD_LINE),
        s.arrow((22, y + 28), (x - 2, y + 28), colour=s.WORD_LINE, width=2.4),
        _array(x, y, side),
        s.arrow((x + side, y + 48), (230, y + 48), colour=s.BIT_LINE, width=2.4),
        s.label(194, y + 40, "Ŷ", "middle", italic=True, colour=s.BIT_LINE),
        _step(232, y + 22, 204, "1  error of the outputs", "R = Ŷ − X Wᵀ"),
        s.arrow((334, y + 72), (334, y + 106), colour=s.DIGITAL, width=2),
        _step(232, y + 108, 204, "2  error of each weight", "E = Rᵀ X (Xᵀ X)⁻¹"),
        s.arrow((334, y + 158), (334, y + 192), colour=s.DIGITAL, width=2),
        _step(232, y + 194, 204, "3  which are too far off?", "|E| > margin"),
        s.arrow(
            (232, y + 219),
            (x + side / 2, y + 219),
            (x + side / 2, y + side + 2),
            colour=s.HEATER,
            width=2.4,
        ),
        s.label(10, y + 244, "program these again,", colour=s.HEATER),
        s.label(10, y + 264, "keep all others", colour=s.HEATER),
    ]
    return s.svg_document(WIDTH, HEIGHT, *parts)
