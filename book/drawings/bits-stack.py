"""Slices of a matrix as a stack of arrays: one input, one output each, weighed and added."""

import style as s

WIDTH, HEIGHT = 445, 372
LEFT, SIDE, PITCH, STEP = 96, 70, 88, 12  # px: first array, its side, and how the stack goes on
NAMES = ("s_0", "s_1", "s_2", "s_3")
SHARES = (("base 1", (0.25, 0.25, 0.25, 0.25)), ("base 2", (1 / 15, 2 / 15, 4 / 15, 8 / 15)))


def _array(x: float, y: float, name: str) -> str:
    cell = SIDE / 5
    parts = [s.box(x, y, SIDE, SIDE, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL)]
    for k in range(1, 5):
        parts.append(
            s.line((x, y + k * cell), (x + SIDE, y + k * cell), colour=s.WORD_LINE, width=1)
        )
        parts.append(
            s.line((x + k * cell, y), (x + k * cell, y + SIDE), colour=s.BIT_LINE, width=1)
        )
    parts.append(s.box(x + 17, y + 22, SIDE - 34, 26, fill=s.PAPER, colour=s.CRYSTAL, radius=4))
    parts.append(s.label(x + SIDE / 2, y + 40, name, "middle", italic=True))
    return "".join(parts)


def _shares(x: float, y: float, words: str, shares: tuple[float, ...]) -> str:
    """Return bars of the significances, one below each array."""
    parts = [s.label(x - 14, y - 8, words, "end")]
    for k, share in enumerate(shares):
        middle = x + SIDE / 2 + k * PITCH
        height = 96 * share
        parts.append(
            s.box(middle - 13, y - height, 26, height, fill=s.DIGITAL_FILL, colour=s.DIGITAL)
        )
    parts.append(s.line((x, y), (x + 3 * PITCH + SIDE, y), colour=s.FAINT, width=1))
    return "".join(parts)


def svg() -> str:
    """Return the drawing."""
    top, adc, adder = 40, 136, 196
    parts = [s.label(10, top + 30, "the same", colour=s.WORD_LINE)]
    parts.append(s.label(10, top + 48, "input x", colour=s.WORD_LINE))
    parts.append(
        s.arrow((LEFT - 18, top + 36), (LEFT - 3, top + 36), colour=s.WORD_LINE, width=2.2)
    )
    for k in range(4):
        x = LEFT + k * PITCH
        if k:
            parts.append(
                s.arrow(
                    (x - PITCH + SIDE, top + 36), (x - 2, top + 36), colour=s.WORD_LINE, width=2
                )
            )
        parts.append(_array(x, top, f"W_{k}"))
        parts.append(s.label(x + SIDE / 2, top - 12, f"slice {k}", "middle"))
        middle = x + SIDE / 2
        parts.append(s.arrow((middle, top + SIDE), (middle, adc - 1), colour=s.BIT_LINE, width=2))
        parts.append(
            s.box(middle - 24, adc, 48, 24, fill=s.BIT_LINE_FILL, colour=s.BIT_LINE, radius=4)
        )
        parts.append(s.label(middle, adc + 17, "ADC", "middle"))
        parts.append(s.arrow((middle, adc + 24), (middle, adder - 1), colour=s.DIGITAL, width=2))
        parts.append(s.label(middle + 7, adc + 46, f"× {NAMES[k]}", colour=s.DIGITAL))
    width = 3 * PITCH + SIDE
    parts.append(s.box(LEFT, adder, width, 28, fill=s.DIGITAL_FILL, colour=s.DIGITAL, radius=4))
    parts.append(s.label(LEFT + width / 2, adder + 19, "y = Σ s_k W_k x, in digital", "middle"))
    for k, (words, shares) in enumerate(SHARES):
        parts.append(_shares(LEFT, 276 + 66 * k, words, shares))
    parts.append(s.label(10, HEIGHT - 10, "what each slice counts", colour=s.DIGITAL))
    return s.svg_document(WIDTH, HEIGHT, *parts)
