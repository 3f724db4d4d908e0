"""Slices of a matrix as a stack of arrays: one input, one output each, weighed and added."""

from style import (
    BIT_LINE,
    BIT_LINE_FILL,
    DIGITAL,
    DIGITAL_FILL,
    FAINT,
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

WIDTH, HEIGHT = 448, 372
LEFT, SIDE, PITCH, STEP = 96, 70, 88, 12  # px: first array, its side, and how the stack goes on
NAMES = ("s_0", "s_1", "s_2", "s_3")
SHARES = (("base 1", (0.25, 0.25, 0.25, 0.25)), ("base 2", (1 / 15, 2 / 15, 4 / 15, 8 / 15)))


def _array(x: float, y: float, name: str) -> str:
    cell = SIDE / 5
    parts = [box(x, y, SIDE, SIDE, fill=METAL_FILL, colour=METAL)]
    for k in range(1, 5):
        parts.append(line((x, y + k * cell), (x + SIDE, y + k * cell), colour=WORD_LINE, width=1))
        parts.append(line((x + k * cell, y), (x + k * cell, y + SIDE), colour=BIT_LINE, width=1))
    parts.append(box(x + 17, y + 22, SIDE - 34, 26, fill=PAPER, colour=METAL, radius=4))
    parts.append(label(x + SIDE / 2, y + 40, name, anchor="middle", italic=True))
    return "".join(parts)


def _shares(x: float, y: float, words: str, shares: tuple[float, ...]) -> str:
    """Return bars of the significances, one below each array."""
    parts = [label(x - 14, y - 8, words, anchor="end")]
    for k, share in enumerate(shares):
        middle = x + SIDE / 2 + k * PITCH
        height = 96 * share
        parts.append(box(middle - 13, y - height, 26, height, fill=BIT_LINE_FILL, colour=BIT_LINE))
    parts.append(line((x, y), (x + 3 * PITCH + SIDE, y), colour=FAINT, width=1))
    return "".join(parts)


def svg() -> str:
    """Return the drawing."""
    top, adc, adder = 40, 136, 196
    parts = [label(10, top + 30, "the same", colour=WORD_LINE)]
    parts.append(label(10, top + 48, "input x", colour=WORD_LINE))
    parts.append(arrow((LEFT - 18, top + 36), (LEFT - 3, top + 36), colour=WORD_LINE, width=2.2))
    for k in range(4):
        x = LEFT + k * PITCH
        if k:
            parts.append(
                arrow((x - PITCH + SIDE, top + 36), (x - 2, top + 36), colour=WORD_LINE, width=2)
            )
        parts.append(_array(x, top, f"D_{k}"))
        parts.append(label(x + SIDE / 2, top - 12, f"slice {k}", anchor="middle"))
        middle = x + SIDE / 2
        parts.append(arrow((middle, top + SIDE), (middle, adc - 1), colour=BIT_LINE, width=2))
        parts.append(box(middle - 24, adc, 48, 24, fill=DIGITAL_FILL, colour=DIGITAL, radius=4))
        parts.append(label(middle, adc + 17, "ADC", anchor="middle"))
        parts.append(arrow((middle, adc + 24), (middle, adder - 1), colour=DIGITAL, width=2))
        parts.append(label(middle + 7, adc + 46, f"× {NAMES[k]}", colour=DIGITAL))
    width = 3 * PITCH + SIDE
    parts.append(box(LEFT, adder, width, 28, fill=DIGITAL_FILL, colour=DIGITAL, radius=4))
    parts.append(
        label(LEFT + width / 2, adder + 19, "y = Σ s_k D_k x, in digital", anchor="middle")
    )
    for k, (words, shares) in enumerate(SHARES):
        parts.append(_shares(LEFT, 276 + 66 * k, words, shares))
    parts.append(label(10, HEIGHT - 10, "what each slice counts", colour=BIT_LINE))
    return svg_document(WIDTH, HEIGHT, *parts)
