"""The loop of gradient-descent programming: products in, an error of every weight out, pulses."""

from style import (
    BIT_LINE,
    DIGITAL,
    DIGITAL_FILL,
    HEATER,
    METAL,
    METAL_FILL,
    PAPER,
    WORD_LINE,
    arrow,
    box,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 448, 330


def _array(x: float, y: float, side: float) -> str:
    parts = [box(x, y, side, side, fill=METAL_FILL, colour=METAL)]
    for k in range(1, 6):
        step = k * side / 6
        parts.append(line((x, y + step), (x + side, y + step), colour=WORD_LINE, width=1))
        parts.append(line((x + step, y), (x + step, y + side), colour=BIT_LINE, width=1))
    parts.append(box(x + 20, y + 32, side - 40, 30, fill=PAPER, colour=METAL, radius=4))
    parts.append(label(x + side / 2, y + 52, "Ŵ", anchor="middle", italic=True))
    return "".join(parts)


def _step(x: float, y: float, width: float, title: str, words: str) -> str:
    return (
        box(x, y, width, 50, fill=DIGITAL_FILL, colour=DIGITAL, radius=5)
        + label(x + width / 2, y + 20, title, anchor="middle", bold=True)
        + label(x + width / 2, y + 40, words, anchor="middle")
    )


def svg() -> str:
    """Return the drawing."""
    x, y, side = 62, 56, 96
    parts = [
        label(6, y + 34, "X", italic=True, colour=WORD_LINE, size=16),
        label(4, 20, "random vectors", colour=WORD_LINE),
        arrow((14, 28), (14, y + 18), colour=WORD_LINE),
        arrow((22, y + 28), (x - 2, y + 28), colour=WORD_LINE, width=2.4),
        _array(x, y, side),
        arrow((x + side, y + 48), (230, y + 48), colour=BIT_LINE, width=2.4),
        label(194, y + 40, "Ŷ", anchor="middle", italic=True, colour=BIT_LINE),
        _step(232, y + 22, 204, "1  error of the outputs", "R = Ŷ − X Wᵀ"),
        arrow((334, y + 72), (334, y + 106), colour=DIGITAL, width=2),
        _step(232, y + 108, 204, "2  error of each weight", "E = Rᵀ X (Xᵀ X)⁻¹"),
        arrow((334, y + 158), (334, y + 192), colour=DIGITAL, width=2),
        _step(232, y + 194, 204, "3  which are too far off?", "|E| > margin"),
        arrow(
            (232, y + 219),
            (x + side / 2, y + 219),
            (x + side / 2, y + side + 2),
            colour=HEATER,
            width=2.4,
        ),
        label(10, y + 244, "program these again,", colour=HEATER),
        label(10, y + 264, "keep all others", colour=HEATER),
    ]
    return svg_document(WIDTH, HEIGHT, *parts)
